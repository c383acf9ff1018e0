/**
 * The error of a connection that did not end well (WHATWG WebSockets, WebSocketError). Only Chromium has one of its
 * own.
 */
import { statusCodes } from "@hybi/core";
import { errorOf, type Failure, failureText, givenUp } from "../failure/failure.ts";
import { detach } from "../platform/error-stack.ts";
import { checkClose } from "./check-close.ts";
import { DOMException, invalidState } from "./dom-exception.ts";
import {
  defineInterface,
  orDefault,
  toDictionary,
  toDomString,
  toEnforcedUnsignedShort,
  toUsvString,
} from "./web-idl.ts";

/** Initial values of a `WebSocketError`. */
export interface WebSocketErrorInit {
  closeCode?: number | undefined;
  reason?: string | undefined;
}

/** Creates the error of a connection that has ended. Not a constructor argument, because applications must not choose such codes. */
let createEndError: (message: string, closeCode: number, reason: string, failure?: Failure) => WebSocketError;

/** For the class of programs, whose codes the constructor does not take. */
let setCloseCode: (error: WebSocketError, closeCode: number | null) => void;

/**
 * Passed to `abort` or `cancel` of a stream, it sets the code and reason to close with. As the rejection of a promise,
 * it reports how the connection was closed.
 */
export class WebSocketError extends DOMException {
  static {
    createEndError = (message, closeCode, reason, failure) => {
      const error = new WebSocketError(message, { reason });
      error.#closeCode = closeCode;
      error.#failure = failure;
      return error;
    };
    setCloseCode = (error, closeCode) => {
      error.#closeCode = closeCode;
    };
  }

  #closeCode: number | null;
  readonly #reason: string;
  #failure: Failure | undefined;

  /**
   * @throws DOMException InvalidAccessError for a code that must not be sent, SyntaxError for a reason that is too long
   */
  constructor(message = "", init: WebSocketErrorInit | null = {}) {
    super(toDomString(message), "WebSocketError");
    const { closeCode, reason } = closeInfo(init);
    this.#closeCode = checkClose(closeCode, reason) ?? null;
    this.#reason = reason;
  }

  /** To close with: 1000 or 3000 to 4999, or another that a program may send. Of a connection that has ended: any code. Null for none. */
  get closeCode(): number | null {
    return this.#closeCode;
  }

  get reason(): string {
    return this.#reason;
  }

  /** Why the connection failed; undefined if it was closed cleanly. An extension of the interface. */
  get failure(): Failure | undefined {
    return this.#failure;
  }
}

defineInterface(WebSocketError, "WebSocketError", ["closeCode", "reason"]);

/**
 * The same for programs, which may also close with the other codes of RFC 6455 §7.4.1 that may be sent, such as 1011. Adapters export it
 * as their `WebSocketError`; each error of a connection is an instance of it, as of the other.
 */
export class ProgramWebSocketError extends WebSocketError {
  /**
   * @throws DOMException InvalidAccessError for a code that must not be sent, SyntaxError for a reason that is too long
   */
  constructor(message = "", init: WebSocketErrorInit | null = {}) {
    const { closeCode, reason } = closeInfo(init);
    super(message, { reason });
    setCloseCode(this, checkClose(closeCode, reason, "program") ?? null);
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    // A subclass has its own instances only.
    // biome-ignore lint/complexity/noThisInStatic: it is the class that is asked.
    return this === ProgramWebSocketError ? value instanceof WebSocketError : super[Symbol.hasInstance](value);
  }
}

Object.defineProperty(ProgramWebSocketError, "name", { value: "WebSocketError" });

/** Converts the Web IDL dictionary WebSocketCloseInfo. @throws TypeError for values that cannot be converted */
export function closeInfo(given: WebSocketErrorInit | null | undefined): {
  closeCode: number | undefined;
  reason: string;
} {
  const info = toDictionary(given, "The close info");
  return {
    closeCode: orDefault(info.closeCode, toEnforcedUnsignedShort, undefined),
    reason: orDefault(info.reason, toUsvString, ""),
  };
}

/** Errors that only say that a connection has ended. */
const ends = new WeakSet<object>();

/** Returns the error for code that awaits something from a connection that did not end well. */
export function closeError(
  closeCode: number,
  reason: string,
  failure: Failure = unexplained(closeCode),
): WebSocketError {
  detach(errorOf(failure));
  return asEnd(createEndError(failureText(failure), closeCode, reason, failure));
}

/**
 * Returns the failure of a connection that has reported none: this side dropped it, unless the peer has closed it first (RFC 6455
 * §7.1.5: the code is then that of its Close frame).
 */
function unexplained(closeCode: number): Failure {
  if (closeCode === statusCodes.abnormalClosure) return givenUp;
  return { kind: "transport", error: new Error("The transport was closed before our Close frame had left.") };
}

/** Returns the error for data that was written but had not left before the connection was closed, even if cleanly. */
export function unsentError(closeCode: number, reason: string): WebSocketError {
  return asEnd(
    createEndError("The connection was closed before everything that was written had left.", closeCode, reason),
  );
}

/** Returns the error for a write to a stream whose connection is ending, or has ended, cleanly. */
export function lateWriteError(message: string): DOMException {
  const error = invalidState(message);
  ends.add(error);
  return error;
}

/** Whether `error` only says that the connection has ended, which is not a mistake of the application. */
export function isEndOfConnection(error: unknown): boolean {
  return typeof error === "object" && error !== null && ends.has(error);
}

function asEnd(error: WebSocketError): WebSocketError {
  ends.add(error);
  // The error may be kept for long, so release what its stack refers to.
  detach(error);
  return error;
}
