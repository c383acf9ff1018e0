/** Where the closing handshake of one connection stands (RFC 6455 §7.1), by the table in `states`. */
import type { EndEvent } from "../events.ts";
import type { Role } from "../role.ts";
import type { ClosePayload } from "./close-payload.ts";
import {
  type ClosingState,
  closingTransitions,
  nextClosingState,
  type TransportInstruction,
  transportInstruction,
} from "./states.ts";
import { statusCodes } from "./status-code.ts";

/** Moves from state to state as Close frames pass and the transport ends. */
export class ClosingHandshake {
  readonly #role: Role;
  #state: ClosingState = "open";
  #received: ClosePayload | undefined;
  #requested = false;
  #aborted = false;

  constructor(role: Role) {
    this.#role = role;
  }

  get state(): ClosingState {
    return this.#state;
  }

  /** Whether the application has asked for the connection to be closed: then it sends no more messages. */
  get isRequested(): boolean {
    return this.#requested;
  }

  /** Whether the connection can still be failed: the peer's Close frame, a failure and the end of the transport are final. */
  get canFail(): boolean {
    return closingTransitions[this.#state].fail !== undefined;
  }

  get transport(): TransportInstruction {
    return this.#aborted ? "abort" : transportInstruction(this.#state, this.#role);
  }

  /** The application asks for it. Answers whether that starts it: our Close frame is to be queued. */
  request(): boolean {
    this.#requested = true;
    if (this.#state !== "open") return false;
    this.#state = nextClosingState(this.#state, "send-close");
    return true;
  }

  /** Our Close frame was taken, now or before. */
  taken(): void {
    this.#state = closingTransitions[this.#state]["close-taken"] ?? this.#state;
  }

  /** The peer's Close frame arrived. */
  receive(close: ClosePayload): void {
    this.#received = close;
    this.#state = nextClosingState(this.#state, "receive-close");
  }

  /** We fail the connection. */
  fail(): void {
    this.#state = nextClosingState(this.#state, "fail");
  }

  /** We fail the connection, and nobody would read why: no Close frame is sent, and the transport is to be dropped. */
  drop(): void {
    this.#state = nextClosingState(this.#state, "drop");
    this.#aborted = true;
  }

  /** A deadline has passed: the transport is to be dropped. */
  abort(): void {
    this.#aborted = true;
  }

  /** The transport ended. */
  end(): EndEvent {
    // RFC 6455 §7.1.4: clean when both Close frames have passed. Ours may still be on its way out: what ended is the
    // peer's half of the transport. Unless the transport is to be dropped: then it will not leave any more.
    const clean = this.#state === "closed" || (this.#state === "close-received" && !this.#aborted);
    this.#state = nextClosingState(this.#state, "end");
    const received = this.#received;
    // RFC 6455 §7.1.5: the code is that of the peer's Close frame, 1005 where it had none, 1006 without a Close frame.
    if (received === undefined) return { type: "end", clean, statusCode: statusCodes.abnormalClosure, reason: "" };
    const { statusCode = statusCodes.noStatusReceived, reason } = received;
    return { type: "end", clean, statusCode, reason };
  }
}
