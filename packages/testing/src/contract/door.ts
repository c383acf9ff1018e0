/** Admission limits: the number of connections, and of connections per address that have not sent a request yet. */
import type { Server, WebSocket } from "@hybi/websocket";
import type { ListenSettings, RawConnection, TestedAdapter } from "./adapter.ts";
import type { Runner } from "./runner.ts";
import { deferred, echo, handwrittenRequest, messages, rejection, withServer } from "./world.ts";

const endless = Number.POSITIVE_INFINITY;
const deadlines = { opening: endless, closing: endless, ping: endless };

/** Resolves when the server has exactly that many connections. */
async function until(server: Server, connections: number): Promise<void> {
  while (server.connections !== connections) await new Promise((resolve) => setTimeout(resolve));
}

export function doorContract(adapter: TestedAdapter, { describe, it, expect }: Runner): void {
  const { cert, key, trusting } = adapter.tls;
  const cannotDrop = adapter.lacks?.includes("tls/drop-in-handshake") === true;
  const ways: [name: string, settings: ListenSettings, transport: object][] = [["over TCP", {}, {}]];
  if (!cannotDrop) ways.push(["over TLS", { tls: { cert, key } }, trusting]);

  const statusOf = (received: Uint8Array): string => String.fromCharCode(...received.subarray(9, 12));
  const openRaws = (server: Server, count: number): Promise<RawConnection[]> =>
    Promise.all(Array.from({ length: count }, () => adapter.openRaw(server.port)));

  for (const [name, settings, transport] of ways) {
    const isSecure = settings.tls !== undefined;
    const limits = [
      ["maxConnections", { maxConnections: 4 }, "503"],
      ["openingsPerAddress", { openingsPerAddress: 3 }, "429"],
    ] as const;
    for (const [option, limit, status] of limits) {
      it(`silent clients ${name} are admitted up to ${option}, further ones are turned away at once, and places become free again [A10]`, async () => {
        const test = async (server: Server): Promise<void> => {
          // One open connection, the only kind for which the two limits differ.
          const open: WebSocket = await adapter.connect(server.url, { transportOptions: transport });
          const silent = await openRaws(server, 3);
          await until(server, 4);
          for (const raw of await openRaws(server, 20)) {
            const received = await raw.received;
            expect(isSecure ? received.length : statusOf(received)).toBe(isSecure ? 0 : status);
          }
          expect(server.connections).toBe(4);
          const { failure } = await rejection(adapter.connect(server.url, { transportOptions: transport }));
          const answered = failure?.kind === "rejected" ? String(failure.response.status) : "nothing";
          expect(answered).toBe(isSecure ? "nothing" : status);

          silent[0]?.drop();
          await until(server, 3);
          const next: WebSocket = await adapter.connect(server.url, { transportOptions: transport });
          for (const socket of [open, next]) {
            const answer = messages(socket, 1);
            socket.send("still here");
            expect(await answer).toEqual(["still here"]);
          }
        };
        await withServer(adapter, echo, test, { ...settings, ...limit, deadlines });
      });
    }

    it(`a server ${name} that is closed does not wait for silent clients [A10]`, async () => {
      const failures: unknown[] = [];
      const onFailure = (failure: unknown): void => void failures.push(failure);
      const test = async (server: Server): Promise<void> => {
        const silent = await openRaws(server, 20);
        // The first byte of a TLS handshake, or of an HTTP method.
        for (const raw of silent.slice(10)) raw.write(Uint8Array.of(isSecure ? 0x16 : 0x47));
        await until(server, 20);
        await server.close({ timeout: endless });
        expect(server.connections).toBe(0);
        await Promise.all(silent.map((raw) => raw.received));
        expect(failures).toEqual([]);
      };
      await withServer(adapter, echo, test, { ...settings, deadlines, onFailure });
    });
  }

  describe("openings from one address", () => {
    it("are not counted by default for a local address, which may be that of a proxy [A10]", async () => {
      const test = async (server: Server): Promise<void> => {
        await openRaws(server, 200);
        await until(server, 200);
        const socket = await adapter.connect(server.url);
        socket.terminate();
      };
      await withServer(adapter, echo, test, { deadlines });
    });

    it("are counted while the handler runs, but not once a proxy reports the client's address [A10]", async () => {
      const asked: (() => void)[] = [];
      const answered = deferred<void>();
      const test = async (server: Server): Promise<void> => {
        const text = String.fromCharCode(...handwrittenRequest).slice(0, -2);
        const forwarded = new TextEncoder().encode(`${text}X-Forwarded-For: 192.0.2.1\r\n\r\n`);
        for (const request of [forwarded, forwarded, forwarded, handwrittenRequest]) {
          const arrival = deferred<void>();
          asked.push(() => arrival.resolve());
          const raw = await adapter.openRaw(server.port);
          raw.write(request);
          await arrival.promise;
        }
        const refused = await adapter.openRaw(server.port);
        expect(statusOf(await refused.received)).toBe("429");
        answered.resolve();
      };
      const handler: Parameters<TestedAdapter["listen"]>[0] = async (opening) => {
        asked.pop()?.();
        await answered.promise;
        opening.accept();
      };
      await withServer(adapter, handler, test, { openingsPerAddress: 1, deadlines });
    });
  });
}
