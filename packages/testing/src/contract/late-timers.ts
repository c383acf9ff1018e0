/**
 * Timers that fire late because the program was busy or suspended: data that arrived in time is read before a deadline
 * is enforced.
 */
import type { IncomingOpening, OpeningHandler, WebSocket } from "@hybi/websocket";
import type { ListenSettings, TestedAdapter } from "./adapter.ts";
import { type Elsewhere, type ElsewhereScript, withElsewhere } from "./elsewhere.ts";
import type { Runner } from "./runner.ts";
import { closed, deferred, echo, handwrittenRequest, next, rejection, rejectionStatus, withServer } from "./world.ts";

/**
 * Milliseconds of the deadline under test. The program blocks for at least as long, so the deadline has passed when it
 * resumes.
 */
const span = 400;
const busy = 500;

const endless = Number.POSITIVE_INFINITY;
const patient = { opening: endless, closing: endless, ping: endless };

/** A client's text message, with a masking key of zeros. */
const message = Uint8Array.of(0x81, 0x82, 0, 0, 0, 0, 0x68, 0x69);

/** Waits, for a limited number of turns of the event loop, until `condition()` holds. */
async function until(condition: () => boolean): Promise<void> {
  for (let turn = 0; turn < 10_000 && !condition(); turn++) await new Promise((resolve) => setTimeout(resolve));
}

export function lateTimerContract(adapter: TestedAdapter, { describe, it, expect }: Runner): void {
  /** Runs a test with a server and the socket it has accepted for a peer in another thread. */
  const withAccepted = (
    settings: ListenSettings,
    script: Omit<ElsewhereScript, "port" | "early">,
    test: (socket: WebSocket, peer: Elsewhere, close: (timeout: number) => Promise<void>) => Promise<void>,
  ): Promise<void> => {
    const accepted = deferred<WebSocket>();
    const handler: OpeningHandler = (opening) => accepted.resolve(echo(opening));
    return withServer(
      adapter,
      handler,
      ({ port, close }) =>
        withElsewhere(
          { ...script, port, secure: settings.tls !== undefined, early: handwrittenRequest },
          async (peer) => test(await accepted.promise, peer, (timeout) => close({ timeout })),
        ),
      settings,
    );
  };

  describe("after the program was blocked for longer than a deadline", () => {
    it("a peer whose Pong arrived in the meantime is kept, also over TLS [R17]", async () => {
      const deadlines = { ...patient, ping: 50, pong: span };
      const { cert, key } = adapter.tls;
      for (const settings of [{ deadlines }, { deadlines, tls: { cert, key } }]) {
        await withAccepted(settings, { when: "ping" }, async (socket, peer) => {
          const end = next(socket, "close").then(closed);
          const pong = next(socket, "pong").then(() => "Pong");
          await peer.ready;
          peer.doNothing(busy);
          expect(await Promise.race([pong, end])).toBe("Pong");
          expect(socket.readyState).toBe(1);
          socket.terminate();
        });
      }
    });

    it("a peer that sent no Pong is dropped [R17]", async () => {
      const deadlines = { ...patient, ping: 50, pong: span, closing: 50 };
      // The peer's data is not a Pong, and was sent before the deadline.
      await withAccepted({ deadlines }, { when: "at once" }, async (socket, peer) => {
        let failure = "";
        socket.addEventListener("error", ({ failure: reported }) => {
          failure = reported.kind === "too-late" ? reported.violation.code : reported.kind;
        });
        const end = next(socket, "close");
        await peer.ready;
        await until(() => socket.statistics.pingsTaken > 0);
        peer.doNothing(busy);
        expect(closed(await end)).toEqual([1006, "", false]);
        expect(failure).toBe("deadline/pong");
      });
    });

    it("a peer whose message arrived in the meantime is not idle [R17]", async () => {
      const deadlines = { ...patient, idle: span };
      await withAccepted({ deadlines }, { when: "data", late: message }, async (socket, peer) => {
        const came = next(socket, "message").then(({ data }) => data);
        const end = next(socket, "close").then(closed);
        await peer.ready;
        peer.doNothing(busy);
        expect(await Promise.race([came, end])).toBe("hi");
        for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setTimeout(resolve, 1));
        socket.terminate();
        // The reason of the Close frame that the server would have sent.
        expect((await peer.closed).includes("idle")).toBe(false);
      });
    });

    it("a peer that read the queued data in the meantime is not dropped [R17]", async () => {
      const deadlines = { ...patient, stalled: span };
      const much = 16 << 20;
      await withAccepted({ deadlines }, { when: "unread", late: 1 << 20 }, async (socket, peer) => {
        let failure = "none";
        socket.addEventListener("error", ({ message: why }) => {
          failure = why;
        });
        await peer.ready;
        socket.send(new Uint8Array(much));
        // Send until the kernel accepts no more.
        for (let before = -1; before !== socket.bufferedAmount; ) {
          before = socket.bufferedAmount;
          for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setTimeout(resolve, 1));
        }
        expect(socket.bufferedAmount > 0).toBe(true);
        peer.doNothing(busy);
        while (socket.bufferedAmount > 0 && socket.readyState === 1)
          await new Promise((resolve) => setTimeout(resolve));
        expect([failure, socket.readyState]).toEqual(["none", 1]);
        socket.terminate();
      });
    });

    it("a closing handshake completed in the meantime is clean, for a socket and for a server [R17]", async () => {
      for (const closer of ["socket", "server"]) {
        const deadlines = closer === "socket" ? { ...patient, closing: span } : patient;
        await withAccepted({ deadlines }, { when: "close" }, async (socket, peer, close) => {
          const end = next(socket, "close").then(closed);
          let over: Promise<void> | undefined;
          if (closer === "socket") socket.close(4001);
          else over = close(span);
          await peer.ready;
          peer.doNothing(busy);
          expect(await end).toEqual([closer === "socket" ? 4001 : 1001, "", true]);
          await over;
        });
      }
    });

    it("a request that arrived in the meantime is handled, and its handler has its full time [R17]", async () => {
      const handlers: [string, (opening: IncomingOpening) => unknown][] = [
        ["at once", (opening) => opening.accept().close(4002)],
        [
          "later",
          async (opening) => {
            for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setTimeout(resolve, 1));
            opening.accept().close(4002);
          },
        ],
      ];
      for (const [how, handler] of handlers) {
        const settings = { deadlines: { opening: span, closing: span } };
        const test = async (port: number, connections: () => number): Promise<void> =>
          withElsewhere({ when: "at once", late: handwrittenRequest, port }, async (peer) => {
            await peer.ready;
            await until(() => connections() > 0);
            peer.doNothing(busy);
            expect([how, (await peer.closed).slice(0, 12)]).toEqual([how, "HTTP/1.1 101"]);
          });
        await withServer(adapter, handler, (server) => test(server.port, () => server.connections), settings);
      }
    });

    it("a client that has sent no request is rejected with 408 [R17]", async () => {
      const test = async (port: number, connections: () => number): Promise<void> =>
        withElsewhere({ when: "at once", port }, async (peer) => {
          await peer.ready;
          await until(() => connections() > 0);
          peer.doNothing(busy);
          expect((await peer.closed).slice(0, 12)).toBe("HTTP/1.1 408");
        });
      const settings = { deadlines: { opening: span, closing: span } };
      await withServer(adapter, echo, (server) => test(server.port, () => server.connections), settings);
    });

    it("a client accepts the response that arrived in the meantime [R17]", async () => {
      const answer = new TextEncoder().encode("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
      await withElsewhere({ when: "data", late: answer }, async (peer) => {
        const attempt = adapter.connect(`ws://127.0.0.1:${peer.port}/`, { deadlines: { opening: span } });
        const outcome = rejection(attempt);
        await peer.ready;
        peer.doNothing(busy);
        expect(rejectionStatus(await outcome)).toBe(403);
      });
    });
  });
}
