/** The input side of a pump: decides whether the transport reads, and with it whether the peer's deadlines run. */
import type { Endpoint } from "@hybi/core";
import type { Transport } from "../transport/transport.ts";
import type { PumpTimer } from "./deadline-timer.ts";

/** Bit of each reason. */
const reasons = {
  application: 1,
  /** A request is waiting for the handler's decision. */
  opening: 2,
  /** Enough messages are waiting for a loop. */
  loop: 4,
  /** Enough messages are waiting for the reader of a stream. */
  stream: 8,
  /** Received bytes are waiting for the connection's round. */
  backlog: 16,
  /** Memory is short, and this connection holds much of it. */
  memory: 32,
} as const;

const ownReasons = reasons.backlog;
/** Pauses that only the pump, or the memory budget, ends. */
const keptReasons = reasons.backlog | reasons.memory;

/** Why reading is paused. Reasons are independent: reading resumes only when none is left. */
export type PauseReason = keyof typeof reasons;

/** The reasons for which reading is paused, and what follows from them. */
export class PumpReader {
  /** Bits of the current reasons. A pause that ends within the same turn never reaches the transport. */
  #reasons = 0;

  readonly #endpoint: Endpoint;
  readonly #transport: Transport;
  readonly #timer: PumpTimer;
  #paused = false;

  constructor(endpoint: Endpoint, transport: Transport, timer: PumpTimer) {
    this.#endpoint = endpoint;
    this.#transport = transport;
    this.#timer = timer;
  }

  /** Whether reading is paused for any reason other than the backlog. */
  get isPausedByOthers(): boolean {
    return (this.#reasons & ~ownReasons) !== 0;
  }

  /**
   * Whether input may cause events. Once it is ignored, the transport must read on: bytes are discarded, and the pump is
   * waiting for the peer's end.
   */
  get takesInput(): boolean {
    const { state } = this.#endpoint;
    return state === "opening" || state === "open" || state === "closing" || state === "close-sent";
  }

  /** Pauses for `reason`. Returns whether that is new. */
  pause(reason: PauseReason): boolean {
    return this.#change(this.#reasons | reasons[reason]);
  }

  /**
   * Ends the pause for `reason`, or for every reason except the backlog and the memory budget. Returns whether anything
   * changed.
   */
  resume(reason: PauseReason | "any"): boolean {
    return this.#change(reason === "any" ? this.#reasons & keptReasons : this.#reasons & ~reasons[reason]);
  }

  /** Applies the wanted state to the transport and the timer, at the end of a turn. */
  apply(): void {
    const paused = this.#reasons !== 0 && this.takesInput;
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
