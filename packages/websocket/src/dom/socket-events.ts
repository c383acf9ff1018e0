/** The events of a WebSocket that some runtimes lack, or that carry more than the platform's. */
import type { MessageKind } from "@hybi/core";
import { type Failure, failureText } from "../failure/failure.ts";
import { Event } from "./platform-classes.ts";
import {
  defineInterface,
  orDefault,
  requireArguments,
  toDictionary,
  toDomString,
  toUnsignedShort,
  toUsvString,
} from "./web-idl.ts";

/** A message event as created by the platform. Declared here because some runtimes' types lack it. */
export interface SocketMessageEvent<Data> extends Event {
  readonly data: Data;
  /** The origin of the URL of a client's socket; empty for an accepted socket. */
  readonly origin: string;
  /** An extension: whether the message is text, which its data does not say if `textType` is "bytes". */
  readonly kind: MessageKind;
}

/** Initial values of a `CloseEvent`. */
export interface CloseEventInit {
  bubbles?: boolean;
  cancelable?: boolean;
  composed?: boolean;
  wasClean?: boolean;
  code?: number;
  reason?: string;
}

/** The connection is closed (WHATWG WebSockets §4). Equivalent to the platform's class, which Node 20 lacks. */
export class CloseEvent extends Event {
  readonly #wasClean: boolean;
  readonly #code: number;
  readonly #reason: string;

  constructor(type: string, init: CloseEventInit | null = {}) {
    // biome-ignore lint/complexity/noArguments: Web IDL distinguishes a missing argument from undefined.
    requireArguments(arguments, 1, "CloseEvent");
    const text = toDomString(type);
    const { bubbles, cancelable, composed, ...own } = closeEventInit(init);
    super(text, { bubbles, cancelable, composed });
    this.#wasClean = own.wasClean;
    this.#code = own.code;
    this.#reason = own.reason;
  }

  /** Whether both Close frames have been exchanged (RFC 6455 §7.1.4). */
  get wasClean(): boolean {
    return this.#wasClean;
  }

  /** The peer's status code; 1005 if its Close frame had none, 1006 without a Close frame (RFC 6455 §7.1.5). */
  get code(): number {
    return this.#code;
  }

  get reason(): string {
    return this.#reason;
  }
}

defineInterface(CloseEvent, "CloseEvent", ["wasClean", "code", "reason"]);

/** Web IDL §3.2.17: dictionary members are read in order of their names, inherited members first. */
function closeEventInit(given: CloseEventInit | null): Required<CloseEventInit> {
  const init = toDictionary(given, "The second argument");
  return {
    bubbles: Boolean(init.bubbles),
    cancelable: Boolean(init.cancelable),
    composed: Boolean(init.composed),
    code: orDefault(init.code, toUnsignedShort, 0),
    reason: orDefault(init.reason, toUsvString, ""),
    wasClean: Boolean(init.wasClean),
  };
}

/** The connection failed; `close` follows. The platform fires a plain Event; this one carries the reason. */
export class FailureEvent extends Event {
  readonly #failure: Failure;

  /** Without `failure`, as an application may create it, it says only that this side gave up. */
  constructor(type: string, failure?: Failure) {
    super(type);
    // Not a default, which would change `length` of the interface object.
    this.#failure = failure ?? { kind: "given-up" };
  }

  get failure(): Failure {
    return this.#failure;
  }

  /** The failure in one sentence, for logs. */
  get message(): string {
    return failureText(this.#failure);
  }
}

defineInterface(FailureEvent, "FailureEvent", ["failure", "message"]);

/** A Ping or Pong of the peer has arrived. An extension of the interface. */
export class ControlEvent extends Event {
  readonly #payload: Uint8Array<ArrayBuffer>;

  constructor(type: "ping" | "pong", payload: Uint8Array) {
    super(type);
    this.#payload = payload as Uint8Array<ArrayBuffer>;
  }

  /** At most 125 bytes. */
  get payload(): Uint8Array<ArrayBuffer> {
    return this.#payload;
  }
}

defineInterface(ControlEvent, "ControlEvent", ["payload"]);
