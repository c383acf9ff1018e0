/** The way into a pump: whether the transport reads, and with it whether the peer's deadlines run. */
import type { Connection, Endpoint } from "@hybi/core";
import type { PumpTimer } from "./pump-timer.ts";
import type { Transport } from "./transport.ts";

/** The bit of each reason. */
const reasons = {
  application: 1,
  /** A request awaits its answer. */
  opening: 2,
  /** Enough waits for a loop over messages. */
  loop: 4,
  /** Enough waits for the reader of a stream. */
  stream: 8,
  /** What has arrived waits for its turn. */
  backlog: 16,
  /** Memory is short, and this connection holds much of it. */
  memory: 32,
} as const;

const ownReasons = reasons.backlog;

/** Who pauses reading. Each has a pause of its own, and reading goes on only when nobody pauses. */
export type PauseReason = keyof typeof reasons;

export class PumpReader {
  /** The bits of those who pause. What a turn pauses and resumes again never reaches the transport. */
  #reasons = 0;

  readonly #endpoint: Endpoint | Connection;
  readonly #transport: Transport;
  readonly #timer: PumpTimer;
  #paused = false;

  constructor(endpoint: Endpoint | Connection, transport: Transport, timer: PumpTimer) {
    this.#endpoint = endpoint;
    this.#transport = transport;
    this.#timer = timer;
  }

  /** Whether somebody pauses, besides what waits itself. */
  get isPausedByOthers(): boolean {
    return (this.#reasons & ~ownReasons) !== 0;
  }

  /** Pauses for `reason`. Returns whether that is new. */
  pause(reason: PauseReason): boolean {
    return this.#change(this.#reasons | reasons[reason]);
  }

  /** Ends the pause for `reason`, or every pause of others. Returns whether there was one. */
  resume(reason: PauseReason | "any"): boolean {
    return this.#change(reason === "any" ? this.#reasons & ownReasons : this.#reasons & ~reasons[reason]);
  }

  /** Brings the transport to what is wanted, at the end of a turn. */
  apply(): void {
    const paused = this.#reasons !== 0 && mayCauseEvents(this.#endpoint);
    if (paused === this.#paused) return;
    this.#paused = paused;
    if (paused) {
      this.#timer.pause();
      this.#transport.pause();
    } else {
      this.#timer.resume();
      this.#transport.resume();
    }
  }

  #change(bits: number): boolean {
    const isNew = bits !== this.#reasons;
    this.#reasons = bits;
    return isNew;
  }
}

/** Once nothing received is read any more, bytes come only to be dropped, and the peer's end is what is waited for. */
export function mayCauseEvents({ state }: Endpoint | Connection): boolean {
  return state === "opening" || state === "open" || state === "closing" || state === "close-sent";
}
