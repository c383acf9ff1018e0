/** The events of a WebSocket. Those that not every runtime has, or that say more than the platform's, are here. */
import type { ResponseHead, Violation } from "@hybi/core";
import { errorText } from "./error-text.ts";
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

/** A message event, as the platform makes it; described here because not every runtime's types have it. */
export interface SocketMessageEvent<Data> extends Event {
  readonly data: Data;
  /** Of the URL of a client's socket; empty for an accepted one. */
  readonly origin: string;
}

/** What a `CloseEvent` is made of. */
export interface CloseEventInit {
  bubbles?: boolean;
  cancelable?: boolean;
  composed?: boolean;
  wasClean?: boolean;
  code?: number;
  reason?: string;
}

/** The connection is closed (WHATWG WebSockets §4). The same as the platform's, which Node 20 does not have. */
export class CloseEvent extends Event {
  readonly #wasClean: boolean;
  readonly #code: number;
  readonly #reason: string;

  constructor(type: string, init: CloseEventInit | null = {}) {
    // biome-ignore lint/complexity/noArguments: Web IDL tells a missing argument from one that is undefined.
    requireArguments(arguments, 1, "CloseEvent");
    const text = toDomString(type);
    const { bubbles, cancelable, composed, ...own } = closeEventInit(init);
    super(text, { bubbles, cancelable, composed });
    this.#wasClean = own.wasClean;
    this.#code = own.code;
    this.#reason = own.reason;
  }

  /** Whether both Close frames have passed (RFC 6455 §7.1.4). */
  get wasClean(): boolean {
    return this.#wasClean;
  }

  /** The peer's status code; 1005 when it sent none, 1006 when there was no Close frame (RFC 6455 §7.1.5). */
  get code(): number {
    return this.#code;
  }

  get reason(): string {
    return this.#reason;
  }
}

defineInterface(CloseEvent, "CloseEvent", ["wasClean", "code", "reason"]);

/** Web IDL §3.2.17: the members of a dictionary are read in the order of their names, those of the inherited one first. */
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

/** Why a connection failed. At most one of them is there; none when `close()` came before `open`. */
export interface FailureDetail {
  /** The peer broke a rule of the protocol, or was too late. */
  readonly violation?: Violation | undefined;
  /** The server answered the opening request with another status than success. */
  readonly response?: ResponseHead | undefined;
  /** The body of that response; at most `limits.rejectionBody` bytes of it. */
  readonly body?: Uint8Array | undefined;
  /** The transport could not be had, or was lost. */
  readonly error?: unknown;
}

/** The connection failed; `close` follows. For the platform it is an Event that tells nothing; here it says why. */
export class FailureEvent extends Event implements FailureDetail {
  readonly #detail: FailureDetail;

  constructor(type: string, detail: FailureDetail = {}) {
    super(type);
    this.#detail = detail;
  }

  get violation(): Violation | undefined {
    return this.#detail.violation;
  }

  get response(): ResponseHead | undefined {
    return this.#detail.response;
  }

  get body(): Uint8Array | undefined {
    return this.#detail.body;
  }

  get error(): unknown {
    return this.#detail.error;
  }

  /** The reason in one sentence, for logs. */
  get message(): string {
    return failureMessage(this.#detail);
  }
}

defineInterface(FailureEvent, "FailureEvent", ["violation", "response", "body", "error", "message"]);

/** A Ping or a Pong of the peer's arrived. An extension of the interface. */
export class ControlEvent extends Event {
  readonly #payload: Uint8Array;

  constructor(type: "ping" | "pong", payload: Uint8Array) {
    super(type);
    this.#payload = payload;
  }

  /** At most 125 bytes. */
  get payload(): Uint8Array {
    return this.#payload;
  }
}

defineInterface(ControlEvent, "ControlEvent", ["payload"]);

/** Says in one sentence why a connection failed. Never empty. */
export function failureMessage({ violation, response, error }: FailureDetail): string {
  if (violation !== undefined) return `${violation.message} (${violation.code}, ${violation.section})`;
  if (response !== undefined) {
    return `The server answered ${response.status} ${response.reasonPhrase}`.trimEnd().concat(".");
  }
  if (error !== undefined) return errorText(error);
  return "The connection was given up.";
}

/** What failed the connection: a transport that was lost before it was open is the reason, and not the end that it led to. */
export function failureOf(violation: Violation, lost: unknown): FailureDetail {
  return lost === undefined ? { violation } : { error: lost };
}
