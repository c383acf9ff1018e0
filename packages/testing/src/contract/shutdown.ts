/** Server shutdown: whatever the clients do, every caller that waits for it is notified. */
import type { OpeningHandler, Server } from "@hybi/websocket";
import type { ListenSettings, TestedAdapter } from "./adapter.ts";
import type { Runner } from "./runner.ts";
import { closed, deferred, echo, handwrittenRequest, messages, next, rejection, withServer } from "./world.ts";

/** A timeout that never fires, so nothing ends by itself. */
const endless = Number.POSITIVE_INFINITY;
const deadlines = { opening: endless, closing: endless, ping: endless };

export function shutdownContract(adapter: TestedAdapter, { describe, it, expect }: Runner): void {
  const { cert, key, trusting } = adapter.tls;
  const ways: [name: string, settings: ListenSettings, transport: object][] = [
    ["over TCP", {}, {}],
    ["over TLS", { tls: { cert, key } }, trusting],
  ];
  const { unixSocket } = adapter;
  if (unixSocket !== undefined) ways.push(["over a Unix socket", { path: unixSocket }, { path: unixSocket }]);

  for (const [name, settings, transport] of ways) {
    describe(`a server ${name} that is closed several times`, () => {
      it("resolves every close() when all connections have ended, and later calls at once [R04]", async () => {
        const test = async (server: Server): Promise<void> => {
          const client = await adapter.connect(server.url, { transportOptions: transport });
          const told: string[] = [];
          const first = server.close({ timeout: endless }).then(() => told.push("first"));
          const second = server.close().then(() => told.push("second"));
          await Promise.all([first, second]);
          expect(client.readyState >= 2).toBe(true);
          await server.close({ timeout: 0 });
          expect(told.sort()).toEqual(["first", "second"]);
        };
        await withServer(adapter, echo, test, { ...settings, deadlines });
      });

      it("drops clients that do not close within the shortest requested timeout [R04]", async () => {
        const test = async (server: Server): Promise<void> => {
          const client = await adapter.connect(server.url, { transportOptions: transport, deadlines });
          client.pause();
          const first = server.close({ timeout: endless });
          await Promise.all([first, server.close({ timeout: 1 }), server.close({ timeout: 2 ** 40 })]);
          expect(server.connections).toBe(0);
          client.terminate();
        };
        await withServer(adapter, echo, test, { ...settings, deadlines });
      });
    });
  }

  for (const [name, settings, transport] of ways) {
    describe(`a server ${name}`, () => {
      it("that stops accepting keeps its connections, and another may listen in its place", async () => {
        const test = async (server: Server): Promise<void> => {
          const client = await adapter.connect(server.url, { transportOptions: transport });
          await server.stopAccepting();
          if (settings.path === undefined) {
            const { port } = server;
            const second = await adapter.listen(echo, { host: "127.0.0.1", ...settings, port });
            const late = await adapter.connect(server.url, { transportOptions: transport });
            expect([server.connections, second.connections]).toEqual([1, 1]);
            late.terminate();
            await second.close({ timeout: 0 });
          }
          const answered = messages(client, 1);
          client.send("still here");
          expect(await answered).toEqual(["still here"]);
          await server.close();
          expect(client.readyState >= 2).toBe(true);
        };
        await withServer(adapter, echo, test, settings);
      });

      it("that is drained closes its connections with 1012, and accepts no more", async () => {
        const test = async (server: Server): Promise<void> => {
          const transportOptions = transport;
          const clients = [
            await adapter.connect(server.url, { transportOptions }),
            await adapter.connect(server.url, { transportOptions }),
          ];
          const ends = Promise.all(clients.map((client) => next(client, "close")));
          await server.drain({ perSecond: 1_000, reason: "restart" });
          expect((await ends).map(closed)).toEqual([
            [1012, "restart", true],
            [1012, "restart", true],
          ]);
          const late = await rejection(adapter.connect(server.url, { transportOptions }));
          expect(late.failure !== undefined).toBe(true);
        };
        await withServer(adapter, echo, test, settings);
      });
    });
  }

  describe("a server that is closed", () => {
    it("does not wait for openings without a request, with half a request, or without a response yet, and reports no failure [R04]", async () => {
      const failures: unknown[] = [];
      const onFailure = (failure: unknown): void => void failures.push(failure);
      const asked = deferred<void>();
      const handler: OpeningHandler = () => {
        asked.resolve();
        return new Promise(() => {});
      };
      const test = async (server: Server): Promise<void> => {
        const silent = await adapter.openRaw(server.port);
        const half = await adapter.openRaw(server.port);
        half.write(handwrittenRequest.subarray(0, 40));
        const whole = await adapter.openRaw(server.port);
        whole.write(handwrittenRequest);
        await asked.promise;
        await Promise.all([server.close({ timeout: 2 ** 31 }), server.close({ timeout: 2 ** 31 }), whole.received]);
        await Promise.all([silent.received, half.received]);
        expect(failures).toEqual([]);
      };
      await withServer(adapter, handler, test, { deadlines, onFailure });
    });

    if (adapter.lacks?.includes("tls/drop-in-handshake") !== true) {
      it("does not wait for TLS handshakes, and reports no failure when one ends [R04]", async () => {
        const failures: unknown[] = [];
        const onFailure = (failure: unknown): void => void failures.push(failure);
        const test = async (server: Server): Promise<void> => {
          const client = await adapter.connect(server.url, { transportOptions: trusting });
          const silent = await adapter.openRaw(server.port);
          // The first is accepted by now, because a later one has been served.
          const second = await adapter.connect(server.url, { transportOptions: trusting });
          await Promise.all([server.close(), server.close(), silent.received]);
          expect([client.readyState >= 2, second.readyState >= 2]).toEqual([true, true]);
          expect(failures).toEqual([]);
        };
        await withServer(adapter, echo, test, { tls: { cert, key }, deadlines, onFailure });
      });
    }

    it("rejects an invalid timeout, and keeps running [R14]", async () => {
      await withServer(adapter, echo, async (server) => {
        for (const timeout of [-1, Number.NaN, "5" as unknown as number]) {
          expect((await rejection(server.close({ timeout }))).code).toBe("option/range");
        }
        const client = await adapter.connect(server.url);
        client.terminate();
      });
    });
  });
}
