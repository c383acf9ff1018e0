/**
 * The error of a connection that did not end well (WHATWG WebSockets, WebSocketError). Only Chromium has one of its
 * own.
 */
import { isSendable, maxReasonLength, statusCodes } from "@hybi/core";
import { detach } from "../platform/error-stack.ts";
import { DOMException, invalidAccess, invalidState, syntaxError } from "./dom-exception.ts";
import { utf8Length } from "./message-data.ts";
import { type FailureDetail, failureMessage } from "./socket-events.ts";
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

/**
 * Passed to `abort` or `cancel` of a stream, it sets the code and reason to close with. As the rejection of a promise,
 * it reports how the connection was closed.
 */
export class WebSocketError extends DOMException {
  readonly #closeCode: number | null;
  readonly #reason: string;
  readonly #detail: FailureDetail | undefined;

  /**
   * @throws DOMException InvalidAccessError for a code that must not be sent, SyntaxError for a reason that is too long
   */
  constructor(message = "", init: WebSocketErrorInit | null = {}, detail: FailureDetail | undefined = undefined) {
    super(toDomString(message), "WebSocketError");
    const { closeCode, reason } = closeInfo(init);
    // The code of a connection that has ended needs no check.
    this.#closeCode = (detail === undefined ? checkClose(closeCode, reason) : closeCode) ?? null;
    this.#reason = reason;
    this.#detail = detail;
  }

  /** To close with: 1000 or 3000 to 4999. Of a connection that has ended: any code. Null for none. */
  get closeCode(): number | null {
    return this.#closeCode;
  }

  get reason(): string {
    return this.#reason;
  }

  /** Why the connection failed, if known. An extension of the interface. */
  get detail(): FailureDetail | undefined {
    return this.#detail;
  }
}

defineInterface(WebSocketError, "WebSocketError", ["closeCode", "reason"]);

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

/**
 * Returns the status code to send for `status` and `reason` (WHATWG WebSockets §3.1: "close", §4: "WebSocketError").
 * The standard only covers pages; a socket accepted by a server may also use all codes meant for servers, such as 1003,
 * 1008 and 1013.
 *
 * @throws DOMException InvalidAccessError unless the code is 1000 or 3000 to 4999, or allowed for a server; SyntaxError
 *   for a reason above 123 bytes
 */
export function checkClose(
  status: number | undefined,
  reason: string,
  closer: "page" | "server" = "page",
): number | undefined {
  if (status !== undefined && !(closer === "server" ? isServers(status) : isPages(status))) {
    const others = closer === "server" ? ", or one that a server may send" : "";
    throw invalidAccess(`The code must be 1000 or between 3000 and 4999${others}, not ${status}.`);
  }
  if (utf8Length(reason) > maxReasonLength) throw syntaxError(`The reason is longer than ${maxReasonLength} bytes.`);
  return status === undefined && reason !== "" ? 1000 : status;
}

function isPages(status: number): boolean {
  return isSendable(status) && (status === statusCodes.normalClosure || status >= 3000);
}

/** RFC 6455 §7.4.1: 1010 is only sent by clients. */
function isServers(status: number): boolean {
  return isSendable(status) && status !== statusCodes.mandatoryExtension;
}

/** Returns the error for code that awaits something from a connection that did not end well. */
export function closeError(closeCode: number, reason: string, detail: FailureDetail | undefined): WebSocketError {
  const message = detail === undefined ? "The connection was lost." : failureMessage(detail);
  return endError(message, closeCode, reason, detail ?? {});
}

/** Returns the error for data that was written but had not left before the connection was closed, even if cleanly. */
export function unsentError(closeCode: number, reason: string): WebSocketError {
  return endError("The connection was closed before everything that was written had left.", closeCode, reason, {});
}

/** Errors of writes after a connection has ended cleanly. */
const lateWrites = new WeakSet<object>();

/** Returns the error for a write to a stream whose connection is ending, or has ended, cleanly. */
export function lateWriteError(message: string): DOMException {
  const error = invalidState(message);
  lateWrites.add(error);
  return error;
}

/** Whether `error` only says that the connection has ended, which is not a mistake of the application. */
export function isEndOfConnection(error: unknown): boolean {
  if (error instanceof WebSocketError) return error.detail !== undefined;
  return typeof error === "object" && error !== null && lateWrites.has(error);
}

function endError(message: string, closeCode: number, reason: string, detail: FailureDetail): WebSocketError {
  const error = new WebSocketError(message, { closeCode, reason }, detail);
  // The error may be kept for long, so release what its stack refers to.
  detach(error);
  detach(detail.error);
  return error;
}
