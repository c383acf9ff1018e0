/**
 * The closing handshake of one connection, and failing it (RFC 6455 §5.5.1, §7.1): what is sent when the application closes,
 * when the peer's Close frame arrives and when the peer breaks a rule. The states and their transitions are in `states`.
 */
import { utf8Bytes } from "../bytes/text-encode.ts";
import { UsageError } from "../checks/usage-error.ts";
import type { EndEvent } from "../events.ts";
import { type ClosePayload, closePayload, parseClosePayload, replyPayload } from "../frame/close-payload.ts";
import type { OutputScheduler } from "../sending/output-scheduler.ts";
import type { NativeFunctions } from "../vocabulary/native-functions.ts";
import { statusCodes } from "../vocabulary/status-code.ts";
import type { Role } from "../vocabulary/terms.ts";
import type { ConnectionViolationCode, Violation } from "../vocabulary/violation.ts";
import {
  type ClosingState,
  closingTransitions,
  nextClosingState,
  type TransportAction,
  transportAction,
} from "./states.ts";

/** Options of a `ClosingHandshake`. */
export interface ClosingHandshakeOptions {
  readonly role: Role;
  readonly native: NativeFunctions;
  /** Whether the reply has the reason of the peer's Close frame too. */
  readonly echoReason: boolean;
}

/** Changes state as Close frames are queued, taken and received, and when the transport ends; queues our Close frame. */
export class ClosingHandshake {
  readonly #output: OutputScheduler;
  /** Referenced, not copied, because many connections share one options object. */
  readonly #options: ClosingHandshakeOptions;
  #state: ClosingState = "open";
  #received: ClosePayload | undefined;
  #requested = false;
  #aborted = false;

  constructor(output: OutputScheduler, options: ClosingHandshakeOptions) {
    this.#output = output;
    this.#options = options;
  }

  get state(): ClosingState {
    return this.#state;
  }

  /** Whether the connection can still be failed: not after the peer's Close frame, a failure or the end of the transport. */
  get canFail(): boolean {
    return closingTransitions[this.#state].fail !== undefined;
  }

  get transportAction(): TransportAction {
    return this.#aborted ? "abort" : transportAction(this.#state, this.#options.role);
  }

  /**
   * Throws unless messages and control frames can still be queued. After the peer's Close frame or violation they can, until
   * our Close frame is taken: they may be replies to messages that came before it.
   *
   * @throws UsageError `endpoint/ended`, `send/after-close`
   */
  checkCanSend(): void {
    if (this.#state === "open") return;
    if (this.#state === "ended") throw new UsageError("endpoint/ended");
    if (this.#requested || this.#output.closeTaken) throw new UsageError("send/after-close");
  }

  /**
   * The application requests the close, with the payload of the Close frame. Does nothing if a Close frame is already queued
   * or sent. `afterMessages` is as in `CloseOptions`.
   */
  request(payload: Uint8Array, afterMessages: boolean): void {
    this.#requested = true;
    if (this.#state !== "open") return;
    this.#state = nextClosingState(this.#state, "send-close");
    if (afterMessages) this.#output.sendClose(payload);
    else this.#output.hastenClose(payload);
  }

  /** Our Close frame has been taken. May be called repeatedly. */
  taken(): void {
    this.#state = closingTransitions[this.#state]["close-taken"] ?? this.#state;
  }

  /**
   * The peer's Close frame arrived: queues the reply (RFC 6455 §5.5.1). Returns the parsed payload, or a violation, which
   * changes nothing. Everything received after a Close frame must be discarded (§1.4).
   */
  receive(payload: Uint8Array): ClosePayload | ConnectionViolationCode {
    const received = parseClosePayload(payload, this.#options.native);
    if (typeof received === "string") return received;
    // RFC 6455 §5.5.1: one Close frame each. If ours is queued already, it serves as the response.
    const reason = this.#options.echoReason ? payload.subarray(2) : undefined;
    if (this.#state === "open") this.#output.hastenClose(replyPayload(received.statusCode, reason));
    else if (this.#state === "closing") this.#output.hastenClose(undefined);
    this.#output.pingPong.dropReplies();
    this.#received = received;
    this.#state = nextClosingState(this.#state, "receive-close");
    return received;
  }

  /** We fail the connection because of `violation`: queues a Close frame with its code (RFC 6455 §7.1.7). */
  fail(violation: Violation): void {
    if (!this.#output.closeTaken) {
      // Every violation that a connection can find has a status code in the table.
      const payload = closePayload(violation.statusCode!, utf8Bytes(violation.code, this.#options.native));
      this.#output.hastenClose(payload);
    }
    this.#state = nextClosingState(this.#state, "fail");
  }

  /** The application fails the connection: drops all pending output and queues a Close frame with `payload` instead. */
  giveUp(payload: Uint8Array): void {
    if (!this.#output.closeTaken) this.#output.dropFor(payload);
    this.#state = nextClosingState(this.#state, "fail");
  }

  /**
   * We fail the connection without a Close frame, and the transport must be aborted. RFC 6455 §7.1.7: the frame may be
   * omitted if the peer is unlikely to receive it. This peer reads nothing at all.
   */
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
