/** The environment in which bad clients run: a server, a well-behaved client, and virtual time. */
import type { Server, WebSocket } from "@hybi/websocket";
import { VirtualClock } from "../simulation/clock.ts";
import type { ListenSettings, TestedAdapter } from "./adapter.ts";
import { echo } from "./world.ts";

/** Round trips within which an expected event must have happened; far more than are needed. */
const mostRoundTrips = 20_000;

/** Milliseconds by which virtual time advances per step, so that an endpoint asked in the meantime can respond. */
const step = 500;

export interface Neighbourhood {
  readonly server: Server;
  /** The well-behaved client. */
  readonly good: WebSocket;
  /** The other sockets that the server has accepted, in order. */
  readonly bad: readonly WebSocket[];
  /** Makes round trips with the good client, until `isOver()` returns true if it is given. */
  goOn(isOver?: () => boolean): Promise<void>;
  /** Advances the server's time while the good client keeps making round trips. */
  pass(milliseconds: number): Promise<void>;
}

/** Runs `test`. Afterwards a new client must be served, and no application error may have been reported. */
export async function withNeighbours(
  adapter: TestedAdapter,
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
  const server = await adapter.listen(
    (opening) => {
      accepted.push(echo(opening));
    },
    { host: "127.0.0.1", ...settings, runtime: { clock }, onError },
  );
  try {
    const good = await adapter.connect(server.url);
    good.binaryType = "arraybuffer";
    const bad = (): readonly WebSocket[] => accepted.slice(1);
    const goOn = (isOver = (): boolean => true): Promise<void> =>
      roundTrips(good, () => {
        // Runs the timers that are already due.
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

/**
 * Makes at least two round trips: the reply to whatever the server sent in the first has arrived by the end of the
 * second.
 */
async function roundTrips(socket: WebSocket, isOver: () => boolean = () => true): Promise<void> {
  for (let count = 0; count < mostRoundTrips; count++) {
    const text = `round trip ${count}`;
    const answer = await new Promise<unknown>((resolve, reject) => {
      socket.onmessage = ({ data }) => resolve(data);
      socket.onclose = ({ code }) => reject(new Error(`the well-behaved client was closed with ${code}`));
      socket.send(text);
    });
    if (answer !== text) throw new Error(`the echo differs from what was sent: ${String(answer)}`);
    if (count > 0 && isOver()) return;
  }
  throw new Error("the expected event did not happen in time");
}
