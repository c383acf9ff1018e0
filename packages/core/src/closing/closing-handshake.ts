/** Tracks the closing handshake of one connection (RFC 6455 §7.1), using the transition table in `states`. */
import type { EndEvent } from "../events.ts";
import type { Role } from "../vocabulary/terms.ts";
import type { ClosePayload } from "./close-payload.ts";
import {
  type ClosingState,
  closingTransitions,
  nextClosingState,
  type TransportAction,
  transportAction,
} from "./states.ts";
import { statusCodes } from "./status-code.ts";

/** Changes state as Close frames are queued, taken and received, and when the transport ends. */
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

  /** Whether the application has requested the close. No more messages can be sent after that. */
  get isRequested(): boolean {
    return this.#requested;
  }

  /** Whether the connection can still be failed: not after the peer's Close frame, a failure or the end of the transport. */
  get canFail(): boolean {
    return closingTransitions[this.#state].fail !== undefined;
  }

  get transportAction(): TransportAction {
    return this.#aborted ? "abort" : transportAction(this.#state, this.#role);
  }

  /** The application requests the close. Returns true when this starts the handshake and our Close frame must be queued. */
  request(): boolean {
    this.#requested = true;
    if (this.#state !== "open") return false;
    this.#state = nextClosingState(this.#state, "send-close");
    return true;
  }

  /** Our Close frame has been taken. May be called repeatedly. */
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

  /** We fail the connection without a Close frame, because the peer would not read it. The transport must be aborted. */
  drop(): void {
    this.#state = nextClosingState(this.#state, "drop");
    this.#aborted = true;
  }

  /** A deadline has passed: the transport must be aborted. */
  abort(): void {
    this.#aborted = true;
  }

  /** The transport ended. */
  end(): EndEvent {
    // RFC 6455 §7.1.4: clean when both Close frames were exchanged. Ours may still be queued, because only the peer's half
    // of the transport has ended. If the transport is being aborted, ours will not be sent any more.
    const clean = this.#state === "closed" || (this.#state === "close-received" && !this.#aborted);
    this.#state = nextClosingState(this.#state, "end");
    const received = this.#received;
    // RFC 6455 §7.1.5: the code of the peer's Close frame; 1005 when the frame had none; 1006 without a Close frame.
    if (received === undefined) return { type: "end", clean, statusCode: statusCodes.abnormalClosure, reason: "" };
    const { statusCode = statusCodes.noStatusReceived, reason } = received;
    return { type: "end", clean, statusCode, reason };
  }
}
