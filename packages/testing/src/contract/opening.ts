/** The opening handshake (RFC 6455 §4). */
import { firstFieldValue, type OpeningRequest } from "@hybi/core/opening";
import { parseCookies } from "@hybi/core/policy";
import type { Server, WebSocket } from "@hybi/websocket";
import type { TestedAdapter } from "./adapter.ts";
import type { Runner } from "./runner.ts";
import { messages, rejection, rejectionStatus, withServer } from "./world.ts";

export function openingContract(adapter: TestedAdapter, { describe, it, expect }: Runner): void {
  describe("a server", () => {
    it("reports its address, and the addresses of its clients", async () => {
      let from: string | undefined;
      let secure: boolean | undefined;
      let accepted: WebSocket | undefined;
      await withServer(
        adapter,
        (opening) => {
          from = opening.info.remoteAddress;
          secure = opening.info.secure;
          accepted = opening.accept();
        },
        async ({ url, port }) => {
          expect(url).toBe(`ws://127.0.0.1:${port}/`);
          const client = await adapter.connect(url);
          expect([client.remoteAddress, accepted?.remoteAddress]).toEqual(["127.0.0.1", "127.0.0.1"]);
          expect(from).toBe("127.0.0.1");
          expect(secure).toBe(false);
        },
      );
    });

    it("accepts pages of its own host, and rejects others with a 403 that says how to allow them [H13]", async () => {
      const test = async ({ url, port }: Server): Promise<void> => {
        await adapter.connect(url, { origin: `https://127.0.0.1:${port}` });
        await adapter.connect(url);
        for (const origin of ["https://evil.example", `http://localhost:${port}`, "http://127.0.0.1", "null"]) {
          const error = await rejection(adapter.connect(url, { origin }));
          expect(rejectionStatus(error)).toBe(403);
          const { failure } = error;
          expect(failure?.kind === "rejected" && String.fromCharCode(...failure.body).includes("`origins`")).toBe(true);
        }
      };
      await withServer(adapter, (opening) => void opening.accept(), test);
      const anybody = async ({ url }: Server): Promise<void> => {
        await adapter.connect(url, { origin: "https://evil.example" });
      };
      await withServer(adapter, (opening) => void opening.accept(), anybody, { origins: "any" });
    });

    it("selects one of the subprotocols that the client offers", async () => {
      const handler: Parameters<TestedAdapter["listen"]>[0] = (opening) =>
        opening.accept({ subprotocol: opening.request.subprotocols.find((name) => name === "b") });
      await withServer(adapter, handler, async ({ url }) => {
        const socket = await adapter.connect(url, { protocols: ["a", "b"] });
        expect(socket.protocol).toBe("b");
        const { failure } = await rejection(adapter.connect(url, { protocols: ["c"] }));
        expect(failure?.kind === "violation" && failure.violation.code).toBe("opening/subprotocol-missing");
      });
    });

    it("receives the path, fields and cookies that the client sends", async () => {
      let request: OpeningRequest | undefined;
      await withServer(
        adapter,
        (opening) => {
          request = opening.request;
          opening.accept();
        },
        async ({ url }) => {
          const cookies = [["session", "abc"] as const];
          await adapter.connect(`${url}room/1?x=y`, { fields: [["X-Custom", "a value"]], cookies });
          expect(request?.resourceName).toBe("/room/1?x=y");
          expect(firstFieldValue(request!.fields, "x-custom")).toBe("a value");
          expect(parseCookies(request!.fields)).toEqual(cookies);
        },
      );
    });

    it("rejects with a status and a body that are passed to the client", async () => {
      const body = `who are you? ${"x".repeat(10_000)}`;
      await withServer(
        adapter,
        (opening) => opening.reject({ status: 401, fields: [["WWW-Authenticate", "Basic"]], body }),
        async ({ url }) => {
          const error = await rejection(adapter.connect(url));
          expect(error.name).toBe("OpeningError");
          expect(rejectionStatus(error)).toBe(401);
          const { failure } = error;
          expect(failure?.kind === "rejected" && new TextDecoder().decode(failure.body) === body).toBe(true);
        },
      );
    });
  });

  describe("a client", () => {
    it("receives messages that arrive together with the response", async () => {
      const count = 10;
      await withServer(
        adapter,
        (opening) => {
          const socket = opening.accept();
          for (let index = 0; index < count; index++) socket.send(`${index}`);
        },
        async ({ url }) => {
          const socket = await adapter.connect(url);
          expect((await messages(socket, count)).join("")).toBe("0123456789");
        },
      );
    });

    it("is told when nobody is there, or when it gives up", async () => {
      await withServer(
        adapter,
        () => new Promise(() => {}),
        async ({ url, port }) => {
          const controller = new AbortController();
          const attempt = rejection(adapter.connect(url, { signal: controller.signal }));
          controller.abort(new Error("enough"));
          expect((await attempt).message).toBe("enough");
          const wrong = await rejection(adapter.connect(`wss://127.0.0.1:${port}/`));
          expect(wrong.name).toBe("OpeningError");
          expect(wrong.message.length > 0).toBe(true);
        },
      );
    });

    it("reports why there is no connection when no server listens or a file is not a socket [R22]", async () => {
      const server = await adapter.listen(() => {}, { host: "127.0.0.1" });
      await server.close();
      const targets: [url: string, transport: object][] = [
        [server.url, {}],
        [server.url.replace("ws:", "wss:"), {}],
      ];
      if (adapter.unixSocket !== undefined) targets.push(["ws://localhost/", { path: adapter.unixSocket }]);
      for (const [url, transport] of targets) {
        const { name, message, cause } = await rejection(adapter.connect(url, { transportOptions: transport }));
        expect(name).toBe("OpeningError");
        expect(/refused|reset|ENOENT|no such file/i.test(message) ? "" : message).toBe("");
        expect(cause === undefined).toBe(false);
      }
    });
  });
}
