/** A server, a client of it that behaves, and time that is a number: what bad clients are let loose on. */
import type { WebSocket } from "@hybi/websocket";
import { VirtualClock } from "../simulation/clock.ts";
import type { Adapter, AdapterServer, ListenSettings } from "./adapter.ts";
import { echo } from "./world.ts";

/** Round trips in which something that must happen has happened: many more than it takes. */
const mostRoundTrips = 20_000;

/** Milliseconds by which time passes at once, so that whoever is asked meanwhile can answer. */
const step = 500;

export interface Neighbourhood {
  readonly server: AdapterServer;
  /** The client that behaves. */
  readonly good: WebSocket;
  /** What the server has accepted besides it, in order. */
  readonly bad: readonly WebSocket[];
  /** Round trips of the good client, until `isOver` if it is given. */
  goOn(isOver?: () => boolean): Promise<void>;
  /** Lets time pass at the server, and the good client go on. */
  pass(milliseconds: number): Promise<void>;
}

/** Runs `test`; after it a new client must be served, and nothing may have been reported as an error of the application's. */
export async function withNeighbours(
  adapter: Adapter,
  settings: ListenSettings,
  test: (world: Neighbourhood) => Promise<void>,
): Promise<void> {
  const time = new VirtualClock();
  const clock = {
    now: () => time.now,
    setTimeout: (task: () => void, milliseconds: number) => time.schedule(time.now + milliseconds, task),
    clearTimeout: (cancel: unknown) => (cancel as () => void)(),
  };
  const errors: unknown[] = [];
  const accepted: WebSocket[] = [];
  const onError = (error: unknown): void => void errors.push(error);
  const server = await adapter.listen({ host: "127.0.0.1", ...settings, clock, onError }, (opening) => {
    accepted.push(echo(opening));
  });
  try {
    const good = await adapter.connect(server.url);
    good.binaryType = "arraybuffer";
    const bad = (): readonly WebSocket[] => accepted.slice(1);
    const goOn = (isOver = (): boolean => true): Promise<void> =>
      roundTrips(good, () => {
        // What is due now is done now.
        time.advance(0);
        return isOver();
      });
    await test({
      server,
      good,
      get bad() {
        return bad();
      },
      goOn,
      async pass(milliseconds) {
        for (let left = milliseconds; left > 0; left -= step) {
          time.advance(Math.min(left, step));
          await goOn();
        }
      },
    });
    await roundTrips(await adapter.connect(server.url));
    if (errors.length > 0) throw errors[0];
  } finally {
    const closed = server.close({ timeout: 0 });
    time.advance(0);
    await closed;
  }
}

/** At least two: what the server sent with the first has been answered when the second is over. */
async function roundTrips(socket: WebSocket, isOver: () => boolean = () => true): Promise<void> {
  for (let count = 0; count < mostRoundTrips; count++) {
    const text = `round trip ${count}`;
    const answer = await new Promise<unknown>((resolve, reject) => {
      socket.onmessage = ({ data }) => resolve(data);
      socket.onclose = ({ code }) => reject(new Error(`the client that behaves was closed with ${code}`));
      socket.send(text);
    });
    if (answer !== text) throw new Error(`not what was sent: ${String(answer)}`);
    if (count > 0 && isOver()) return;
  }
  throw new Error("what had to happen has not happened");
}
