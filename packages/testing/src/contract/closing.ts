/** The closing handshake, and what happens without one (RFC 6455 §7). */
import type { Adapter } from "./adapter.ts";
import type { Runner } from "./runner.ts";
import { closed, next, withServer, withSockets } from "./world.ts";

export function closingContract(adapter: Adapter, { describe, it, expect }: Runner): void {
  describe("a connection", () => {
    it("is closed by the client, with a status code and a reason", async () => {
      await withSockets(adapter, async (client, accepted) => {
        const ends = Promise.all([next(client, "close"), next(accepted, "close")]);
        client.close(4001, "enough 😀");
        expect((await ends).map(closed)).toEqual([
          // The peer answers with the status code only.
          [4001, "", true],
          [4001, "enough 😀", true],
        ]);
      });
    });

    it("is closed by the server, after everything that it has sent", async () => {
      await withSockets(adapter, async (client, accepted) => {
        const ends = Promise.all([next(client, "message"), next(client, "close"), next(accepted, "close")]);
        accepted.send("x".repeat(300_000));
        accepted.close(3000, "done");
        const [message, ...events] = await ends;
        expect((message.data as string).length).toBe(300_000);
        expect(events.map(closed)).toEqual([
          [3000, "done", true],
          [3000, "", true],
        ]);
      });
    });

    it("is closed by both at once", async () => {
      await withSockets(adapter, async (client, accepted) => {
        const ends = Promise.all([next(client, "close"), next(accepted, "close")]);
        client.close(4001);
        accepted.close(4002);
        expect((await ends).map(({ wasClean }) => wasClean)).toEqual([true, true]);
      });
    });

    it("is closed without a status code: both are told 1005 (RFC 6455 §7.1.5)", async () => {
      await withSockets(adapter, async (client, accepted) => {
        const ends = Promise.all([next(client, "close"), next(accepted, "close")]);
        client.close();
        expect((await ends).map(closed)).toEqual([
          [1005, "", true],
          [1005, "", true],
        ]);
      });
    });

    it("is cut: both are told 1006 (RFC 6455 §7.1.5)", async () => {
      for (const cutter of [0, 1]) {
        await withSockets(adapter, async (client, accepted) => {
          const ends = Promise.all([next(client, "close"), next(accepted, "close")]);
          [client, accepted][cutter]!.terminate();
          expect((await ends).map(closed)).toEqual([
            [1006, "", false],
            [1006, "", false],
          ]);
        });
      }
    });

    it("is closed with 1001 when the server goes, and the server is told when all are gone", async () => {
      await withSockets(adapter, async (client, accepted, server) => {
        const ends = Promise.all([next(client, "close"), next(accepted, "close")]);
        await server.close({ reason: "restart" });
        expect((await ends).map(closed)).toEqual([
          [1001, "restart", true],
          [1001, "", true],
        ]);
      });
    });
  });

  describe("a server", () => {
    it("that is closed takes no more connections", async () => {
      let port = 0;
      await withServer(
        adapter,
        () => {},
        async (server) => {
          port = server.port;
        },
      );
      const attempt = await adapter.connect(`ws://127.0.0.1:${port}/`).catch((error: unknown) => error);
      expect(attempt instanceof Error).toBe(true);
    });
  });
}
