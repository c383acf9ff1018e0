/** The way into a pump: whether the transport reads, and with it whether the peer's deadlines run. */
import type { Connection, Endpoint } from "@hybi/core";
import type { PumpTimer } from "./pump-timer.ts";
import type { Transport } from "./transport.ts";

export class PumpReader {
  /** Whether nothing is to be read. What a turn pauses and resumes again never reaches the transport. */
  pauseWanted = false;

  readonly #endpoint: Endpoint | Connection;
  readonly #transport: Transport;
  readonly #timer: PumpTimer;
  #paused = false;

  constructor(endpoint: Endpoint | Connection, transport: Transport, timer: PumpTimer) {
    this.#endpoint = endpoint;
    this.#transport = transport;
    this.#timer = timer;
  }

  /** Brings the transport to what is wanted, at the end of a turn. */
  apply(): void {
    const paused = this.pauseWanted && mayCauseEvents(this.#endpoint);
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
}

/** Once nothing received is read any more, bytes come only to be dropped, and the peer's end is what is waited for. */
function mayCauseEvents({ state }: Endpoint | Connection): boolean {
  return state === "opening" || state === "open" || state === "closing" || state === "close-sent";
}
