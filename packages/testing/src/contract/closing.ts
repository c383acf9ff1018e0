/** The closing handshake, and connections that end without one (RFC 6455 §7). */
import { encodeFrame, opcodes } from "@hybi/core/frame";
import type { OpeningHandler, Server, WebSocket } from "@hybi/websocket";
import type { TestedAdapter } from "./adapter.ts";
import type { Runner } from "./runner.ts";
import { closed, deferred, handwrittenRequest, next, passTime, withServer, withSockets } from "./world.ts";

export function closingContract(adapter: TestedAdapter, { describe, it, expect }: Runner): void {
  describe("a connection", () => {
    it("is closed by the client, with a status code and a reason", async () => {
      await withSockets(adapter, async (client, accepted) => {
        const ends = Promise.all([next(client, "close"), next(accepted, "close")]);
        client.close(4001, "enough 😀");
        expect((await ends).map(closed)).toEqual([
          // The peer echoes only the status code.
          [4001, "", true],
          [4001, "enough 😀", true],
        ]);
      });
    });

    it("is closed by a program with the codes that a page may not use, such as 1001 (RFC 6455 §7.4.1)", async () => {
      for (const code of [1001, 1003, 1008, 1011, 1013]) {
        const take = async (client: WebSocket, accepted: WebSocket): Promise<void> => {
          const end = next(accepted, "close");
          client.close(code, "why");
          expect(closed(await end)).toEqual([code, "why", true]);
        };
        await withSockets(adapter, take, { runtime: { closer: "program" } });
      }
    });

    it("is closed by the server after all data it has sent", async () => {
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

    it("can be closed by both ends at once", async () => {
      await withSockets(adapter, async (client, accepted) => {
        const ends = Promise.all([next(client, "close"), next(accepted, "close")]);
        client.close(4001);
        accepted.close(4002);
        expect((await ends).map(({ wasClean }) => wasClean)).toEqual([true, true]);
      });
    });

    it("reports 1005 at both ends when closed without a status code (RFC 6455 §7.1.5)", async () => {
      await withSockets(adapter, async (client, accepted) => {
        const ends = Promise.all([next(client, "close"), next(accepted, "close")]);
        client.close();
        expect((await ends).map(closed)).toEqual([
          [1005, "", true],
          [1005, "", true],
        ]);
      });
    });

    it("reports 1006 at both ends when cut (RFC 6455 §7.1.5)", async () => {
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

    it("fires close in a separate task, never inside close() or terminate() [R21]", async () => {
      const ways: ((socket: WebSocket) => void)[] = [
        (socket) => socket.terminate(),
        (socket) => {
          socket.close(1000);
          socket.terminate();
        },
        (socket) => socket.close(1000),
      ];
      for (const end of ways) {
        for (const ender of [0, 1]) {
          await withSockets(adapter, async (client, accepted) => {
            const socket = [client, accepted][ender]!;
            let isInside = true;
            const inside: string[] = [];
            socket.addEventListener("error", () => isInside && inside.push("error"));
            socket.addEventListener("close", () => isInside && inside.push("close"));
            const ended = next(socket, "close");
            end(socket);
            isInside = false;
            await ended;
            expect(inside).toEqual([]);
          });
        }
      }
    });

    it("whose peer closes and stops reading is not clean, has the peer's code, and keeps its unsent data [R18] [R19]", async () => {
      const accepted = deferred<WebSocket>();
      const handler: OpeningHandler = (opening) => accepted.resolve(opening.accept());
      const test = async ({ port, url }: Server): Promise<void> => {
        const raw = await adapter.openRaw(port);
        raw.write(handwrittenRequest);
        const socket = await accepted.promise;
        raw.pause();
        const count = 48;
        for (let index = 0; index < count; index++) socket.send(new Uint8Array(1 << 20));
        await passTime(adapter, url);
        raw.write(encodeFrame({ opcode: opcodes.close, payload: Uint8Array.of(0x0f, 0xa0), maskingKey: 1 }));
        expect(closed(await next(socket, "close"))).toEqual([4000, "", false]);
        expect(socket.bufferedAmount > 1 << 20 && socket.bufferedAmount <= count << 20).toBe(true);
        raw.drop();
      };
      await withServer(adapter, handler, test, { deadlines: { closing: 100 } });
    });

    it("whose peer ends its half together with its Close frame is clean, and sends a Close frame back [R18]", async () => {
      const accepted = deferred<WebSocket>();
      const handler: OpeningHandler = (opening) => accepted.resolve(opening.accept());
      await withServer(adapter, handler, async ({ port }) => {
        const raw = await adapter.openRaw(port);
        raw.write(handwrittenRequest);
        const socket = await accepted.promise;
        socket.send(new Uint8Array(300_000));
        const ended = next(socket, "close");
        raw.write(encodeFrame({ opcode: opcodes.close, payload: Uint8Array.of(0x0f, 0xa0), maskingKey: 1 }));
        raw.end();
        expect(closed(await ended)).toEqual([4000, "", true]);
        expect([...(await raw.received).subarray(-4)]).toEqual([0x88, 2, 0x0f, 0xa0]);
      });
    });

    it("that ends without a Close frame fires error before close, however the transport ends [R20]", async () => {
      for (const end of ["end", "drop"] as const) {
        const accepted = deferred<WebSocket>();
        const handler: OpeningHandler = (opening) => accepted.resolve(opening.accept());
        await withServer(adapter, handler, async ({ port }) => {
          const raw = await adapter.openRaw(port);
          raw.write(handwrittenRequest);
          const socket = await accepted.promise;
          const events: string[] = [];
          socket.addEventListener("error", () => events.push("error"));
          const ended = next(socket, "close");
          raw[end]();
          expect(closed(await ended)).toEqual([1006, "", false]);
          expect(events).toEqual(["error"]);
        });
      }
    });

    it("is closed with 1001 when the server closes, and the server's close() resolves once all connections are gone", async () => {
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
    it("that is closed accepts no more connections", async () => {
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
