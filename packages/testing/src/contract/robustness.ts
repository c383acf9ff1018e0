/** Peers that are not WebSocket endpoints, or are faulty ones. */
import { prepareText } from "@hybi/core";
import type { OpeningHandler, Server } from "@hybi/websocket";
import type { RawConnection, TestedAdapter } from "./adapter.ts";
import type { Runner } from "./runner.ts";
import { closed, deferred, echo, handwrittenRequest, messages, next, withServer } from "./world.ts";

const decode = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

const deadlines = { opening: 30, closing: 30 };

export function robustnessContract(adapter: TestedAdapter, { describe, it, expect }: Runner): void {
  describe("a server", () => {
    it("rejects garbage with 400, even from a client that has closed its half, and keeps running", async () => {
      await withServer(adapter, echo, async ({ port, url }) => {
        const raw = await adapter.openRaw(port);
        raw.write(new TextEncoder().encode("\u0000garbage\r\n\r\n"));
        raw.end();
        expect(decode(await raw.received).slice(0, 12)).toBe("HTTP/1.1 400");
        const socket = await adapter.connect(url);
        const answer = messages(socket, 1);
        socket.send("still there?");
        expect(await answer).toEqual(["still there?"]);
      });
    });

    it("closes with 1002 when garbage follows the handshake", async () => {
      const ends: unknown[] = [];
      const handler = (opening: Parameters<typeof echo>[0]): void => {
        const socket = opening.accept();
        void next(socket, "close").then((event) => ends.push(closed(event)[0]));
      };
      await withServer(adapter, handler, async ({ port }) => {
        const raw = await adapter.openRaw(port);
        raw.write(handwrittenRequest);
        raw.write(new Uint8Array(64).fill(0xff));
        raw.end();
        const answer = await raw.received;
        expect(decode(answer).slice(0, 12)).toBe("HTTP/1.1 101");
        const close = answer.subarray(decode(answer).indexOf("\r\n\r\n") + 4);
        expect([close[0], close[2]! * 256 + close[3]!]).toEqual([0x88, 1002]);
        expect(ends).toEqual([1006]);
      });
    });

    it("does not throw when a handler accepts a client that has left or already got a response [R01]", async () => {
      const ways: [how: string, (raw: RawConnection, server: Server) => Promise<unknown>, states: number[]][] = [
        // Whether a paused transport reports that its peer has left depends on the runtime: the socket may be open briefly.
        ["dropped", async (raw) => raw.drop(), [1, 2]],
        ["half closed", async (raw) => raw.end(), [1, 2]],
        ["answered with 408", (raw) => raw.received, [2]],
        ["answered with 503", (raw, server) => Promise.all([server.close(), raw.received]), [2]],
      ];
      for (const [how, leave, states] of ways) {
        const asked = deferred<void>();
        const left = deferred<void>();
        const ends: Promise<unknown>[] = [];
        const errors: unknown[] = [];
        const handler: OpeningHandler = async (opening) => {
          asked.resolve();
          await left.promise;
          const socket = opening.accept();
          ends.push(next(socket, "close").then(closed));
          expect([how, states.includes(socket.readyState)]).toEqual([how, true]);
          socket.send("text");
          socket.send(new Uint8Array(3));
          socket.ping();
          socket.pong();
          socket.sendPrepared(prepareText("prepared"));
          for await (const _ of socket);
        };
        const settings = {
          onError: (error: unknown) => errors.push(error),
          deadlines: how.includes("408") ? deadlines : {},
        };
        await withServer(
          adapter,
          handler,
          async (server) => {
            const raw = await adapter.openRaw(server.port);
            raw.write(handwrittenRequest);
            await asked.promise;
            await leave(raw, server);
            left.resolve();
            await left.promise;
            while (ends.length === 0) await new Promise((resolve) => setTimeout(resolve));
            expect(await Promise.all(ends)).toEqual([[1006, "", false]]);
            expect(errors).toEqual([]);
          },
          settings,
        );
      }
    });

    it("notices that a client is gone while reading is paused by a pause, a busy loop, or a stream that is not read [A06]", async () => {
      for (const how of ["paused", "busy loop", "unread stream"]) {
        const resting = deferred<{ readonly end: Promise<unknown> }>();
        const handler: OpeningHandler = async (opening) => {
          if (how === "unread stream") {
            const stream = opening.acceptStream();
            resting.resolve({ end: stream.closed.catch((error: unknown) => error) });
            return;
          }
          const socket = opening.accept();
          const end = next(socket, "close").then(closed);
          if (how === "paused") socket.pause();
          else void socket[Symbol.asyncIterator]().next();
          resting.resolve({ end });
        };
        await withServer(
          adapter,
          handler,
          async (server) => {
            const raw = await adapter.openRaw(server.port);
            raw.write(handwrittenRequest);
            const { end } = await resting.promise;
            // More than is buffered for a loop or a reader, so reading pauses.
            const messages = new Uint8Array(8 * 40_000);
            for (let at = 0; at < messages.length; at += 8) messages.set([0x81, 0x82, 0, 0, 0, 0, 0x68, 0x69], at);
            raw.write(messages);
            await new Promise((resolve) => setTimeout(resolve));
            raw.drop();
            await end;
            while (server.connections > 0) await new Promise((resolve) => setTimeout(resolve));
            expect([how, server.connections]).toEqual([how, 0]);
          },
          { deadlines: { ping: 20, pong: Number.POSITIVE_INFINITY, resting: Number.POSITIVE_INFINITY } },
        );
      }
    });

    it("accepts a request and frames that arrive byte by byte, and those that arrive all at once", async () => {
      await withServer(adapter, echo, async ({ port }) => {
        const text = Uint8Array.of(0x81, 0x82, 0, 0, 0, 0, 0x68, 0x69);
        const close = Uint8Array.of(0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8);
        const all = Uint8Array.of(...handwrittenRequest, ...text, ...close);
        for (const step of [1, all.length]) {
          const raw = await adapter.openRaw(port);
          for (let at = 0; at < all.length; at += step) raw.write(all.slice(at, at + step));
          const answer = decode(await raw.received);
          expect(answer.slice(answer.indexOf("\r\n\r\n") + 4)).toBe("\x81\x02hi\x88\x02\x03\xe8");
        }
      });
    });

    it("rejects a client that sends nothing with 408, and drops it", async () => {
      const test = async ({ port }: Server): Promise<void> => {
        const raw = await adapter.openRaw(port);
        expect(decode(await raw.received).slice(0, 12)).toBe("HTTP/1.1 408");
      };
      await withServer(adapter, echo, test, { deadlines });
    });

    if (adapter.lacks?.includes("tls/drop-in-handshake") !== true) {
      it("drops a client that sends nothing during the TLS handshake", async () => {
        const { cert, key } = adapter.tls;
        const test = async ({ port }: Server): Promise<void> => {
          const raw = await adapter.openRaw(port);
          expect((await raw.received).length).toBe(0);
        };
        await withServer(adapter, echo, test, { deadlines, tls: { cert, key } });
      });
    }

    it("reports what a handler throws, and rejects with 500", async () => {
      const errors: unknown[] = [];
      const handler = (): void => {
        throw new Error("oops");
      };
      await withServer(
        adapter,
        handler,
        async ({ port }) => {
          const raw = await adapter.openRaw(port);
          raw.write(handwrittenRequest);
          expect(decode(await raw.received).slice(0, 12)).toBe("HTTP/1.1 500");
          expect(errors.map(String)).toEqual(["Error: oops"]);
        },
        { onError: (error) => errors.push(error) },
      );
    });
  });
}
