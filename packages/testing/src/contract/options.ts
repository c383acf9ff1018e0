/** The adapter validates options when they are passed, before it opens anything. */
import type { ListenSettings, TestedAdapter } from "./adapter.ts";
import type { Runner } from "./runner.ts";
import { echo, rejection, withServer } from "./world.ts";

export function optionContract(adapter: TestedAdapter, { describe, it, expect }: Runner): void {
  /** Checks the name and code of the error, and that its message says what is wrong. */
  const expectFault = async (promise: Promise<unknown>, code: string, says: RegExp): Promise<void> => {
    const { name, code: found, message } = await rejection(promise);
    expect([name, found, says.test(message) ? "" : message]).toEqual(["UsageError", code, ""]);
  };

  describe("options", () => {
    it("of connect are checked at the call, including those of its transport [R25]", async () => {
      let asked = 0;
      await withServer(
        adapter,
        (opening) => {
          asked++;
          echo(opening);
        },
        async ({ url }) => {
          const wrong: [options: object, code: string, says: RegExp][] = [
            [{ headers: {} }, "option/unknown", /Did you mean fields\?/],
            [{ deadlines: { opening: -1 } }, "option/range", /deadlines\.opening/],
            [{ fields: {} }, "option/type", /fields must be a list/],
            [{ signal: {} }, "option/type", /signal must be an AbortSignal/],
            [{ clock: {} }, "option/unknown", /Did you mean runtime: { clock: … }\?/],
            [{ tls: {} }, "option/unknown", /Did you mean transportOptions: { tls: … }\?/],
            [{ ca: "" }, "option/unknown", /Did you mean transportOptions: { tls: … }\?/],
            [{ transportOptions: { paht: "/tmp/x" } }, "option/unknown", /Did you mean transportOptions\.path\?/],
            [{ transportOptions: { ca: "" } }, "option/unknown", /Did you mean transportOptions\.tls\?/],
            [{ transportOptions: { path: 5 } }, "option/type", /transportOptions\.path must be a string/],
            [{ transportOptions: { tls: "x" } }, "option/type", /transportOptions\.tls (takes|must be) an object/],
            [{ transportOptions: "x" }, "option/type", /transportOptions takes an object/],
          ];
          for (const [options, code, says] of wrong) await expectFault(adapter.connect(url, options), code, says);
          const nothing = {
            transportOptions: undefined,
            runtime: { clock: undefined, random: undefined, connect: undefined },
            host: undefined,
          };
          const socket = await adapter.connect(url, nothing);
          socket.terminate();
          const within = await adapter.connect(url, { transportOptions: { tls: undefined, path: undefined } });
          within.terminate();
          expect(asked).toBe(2);
        },
      );
    });

    it("of listen are checked at the call [R25]", async () => {
      const wrong: [options: object, code: string, says: RegExp][] = [
        [{ hostname: "127.0.0.1" }, "option/unknown", /Did you mean host\?/],
        [{ port: -1 }, "option/range", /port must be an integer from 0 to 65535/],
        [{ path: 5 }, "option/type", /path must be a string/],
        [{ port: 0, path: "/chat" }, "option/range", /`path` is a Unix socket .*opening\.request/],
        [{ tls: {} }, "option/type", /tls takes a cert and its key/],
        [{ tls: { cert: "x" } }, "option/type", /tls takes a cert and its key/],
        [{ origins: "https://example.com" }, "option/type", /origins must be a list of strings/],
        [{ tls: "x" }, "option/type", /tls (takes|must be) an object/],
        [{ deadlines: { closing: Number.NaN } }, "option/range", /deadlines\.closing/],
        [{ limits: { mesage: 1 } }, "option/unknown", /Did you mean limits\.message\?/],
      ];
      const listen = (handler: unknown, options: object): Promise<unknown> =>
        adapter.listen(handler as typeof echo, options as ListenSettings);
      for (const [options, code, says] of wrong)
        await expectFault(listen(echo, { host: "127.0.0.1", ...options }), code, says);
      await expectFault(listen(null, { host: "127.0.0.1" }), "option/type", /The handler must be a function/);
      await expectFault(listen(echo, null as never), "option/type", /listen takes an object of options/);
    });
  });
}
