/** Reconnecting clients (RFC 6455 §7.2.3), tested with the failures that actually occur in a runtime. */
import {
  type EndedEvent,
  type OpenSocket,
  type Outcome,
  reconnect,
  type SocketLike,
  type WaitingEvent,
} from "@hybi/websocket";
import type { TestedAdapter } from "./adapter.ts";
import type { Runner } from "./runner.ts";
import { echo, rejectionStatus, withServer } from "./world.ts";

/** The outcome of a client's first attempt; the client is then closed. */
function firstOutcome(open: OpenSocket<SocketLike>): Promise<{ what: string; outcome: Outcome; delay?: number }> {
  return new Promise((resolve) => {
    // A mistake, such as an invalid URL, would be an uncaught exception without it.
    const client = reconnect(open, { onError: () => {} });
    client.addEventListener("waiting", (event) => {
      const { outcome, delay } = event as WaitingEvent;
      resolve({ what: "waiting", outcome, delay });
      client.close();
    });
    client.addEventListener("ended", (event) => {
      const { outcome, why } = event as EndedEvent;
      resolve({ what: why, outcome });
    });
  });
}

/** The platform's WebSocket, if it has one. */
const PlatformSocket = (globalThis as { WebSocket?: new (url: string) => SocketLike }).WebSocket;

export function reconnectingContract(adapter: TestedAdapter, { describe, it, expect }: Runner): void {
  describe("a reconnecting client", () => {
    it("keeps retrying while no server listens, and reports the reason [R23]", async () => {
      const server = await adapter.listen(() => {}, { host: "127.0.0.1" });
      await server.close();
      const { what, outcome } = await firstOutcome(() => adapter.connect(server.url));
      expect([what, outcome.code, outcome.failure?.kind]).toEqual(["waiting", 1006, "transport"]);
    });

    it("waits as long as the server asks, and stops at a response that a retry cannot change [R23]", async () => {
      const answers = new Map([["/later", { status: 503, fields: [["Retry-After", "120"] as const] }]]);
      await withServer(
        adapter,
        (opening) => opening.reject(answers.get(opening.request.resourceName) ?? { status: 404 }),
        async ({ url }) => {
          const later = await firstOutcome(() => adapter.connect(`${url}later`));
          expect([later.what, later.delay, rejectionStatus(later.outcome)]).toEqual(["waiting", 120_000, 503]);
          const never = await firstOutcome(() => adapter.connect(url));
          expect([never.what, rejectionStatus(never.outcome)]).toEqual(["final", 404]);
        },
      );
    });

    it("stops at a certificate that is untrusted or for another host, and reports the reason [R23]", async () => {
      const { cert, key, trusting: transport } = adapter.tls;
      await withServer(
        adapter,
        echo,
        async ({ url, port }) => {
          const untrusted = await firstOutcome(() => adapter.connect(url));
          const somebodyElse = await firstOutcome(() =>
            adapter.connect(`wss://localhost:${port}/`, { transportOptions: transport }),
          );
          for (const { what, outcome } of [untrusted, somebodyElse]) {
            const isError = outcome.failure?.kind === "transport" && outcome.failure.error instanceof Error;
            expect([what, isError]).toEqual(["final", true]);
          }
        },
        { tls: { cert, key } },
      );
    });

    it("stops at an invalid URL, and at a server that does not speak TLS [R23]", async () => {
      await withServer(adapter, echo, async ({ port }) => {
        for (const url of ["no url", `wss://127.0.0.1:${port}/`]) {
          const { what } = await firstOutcome(() => adapter.connect(url));
          expect(what).toBe("final");
        }
      });
    });

    it("also works with the platform's WebSocket, if there is one [R23]", async () => {
      if (PlatformSocket === undefined) return;
      const server = await adapter.listen(echo, { host: "127.0.0.1" });
      const client = reconnect(() => new PlatformSocket(server.url));
      const message = new Promise((resolve) =>
        client.addEventListener("message", (event) => resolve((event as MessageEvent).data)),
      );
      client.send("hello");
      expect(await message).toBe("hello");
      const ended = new Promise((resolve) =>
        client.addEventListener("ended", (event) => resolve((event as EndedEvent).outcome.code)),
      );
      client.close(3000);
      expect(await ended).toBe(3000);
      await server.close();
      const { what, outcome } = await firstOutcome(() => new PlatformSocket(server.url));
      expect([what, outcome.code]).toEqual(["waiting", 1006]);
    });
  });
}
