/** The error of a connection that did not end well (WHATWG WebSockets, WebSocketError). Only Chromium has one of its own. */
import { isSendable, maxReasonLength, statusCodes } from "@hybi/core";
import { DOMException, invalidAccess, invalidState, syntaxError } from "./dom-exception.ts";
import { detach } from "./error-stack.ts";
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

/** What a `WebSocketError` says beyond its message. */
export interface WebSocketErrorInit {
  closeCode?: number | undefined;
  reason?: string | undefined;
}

/** Passed to `abort` and `cancel` of a stream, it says with what to close; rejected with, it says how it was closed. */
export class WebSocketError extends DOMException {
  readonly #closeCode: number | null;
  readonly #reason: string;
  readonly #detail: FailureDetail | undefined;

  /** @throws DOMException InvalidAccessError for a code that may not be sent, SyntaxError for a long reason */
  constructor(message = "", init: WebSocketErrorInit | null = {}, detail: FailureDetail | undefined = undefined) {
    super(toDomString(message), "WebSocketError");
    const { closeCode, reason } = closeInfo(init);
    // Of a connection that ended the code is not ours to check.
    this.#closeCode = (detail === undefined ? checkClose(closeCode, reason) : closeCode) ?? null;
    this.#reason = reason;
    this.#detail = detail;
  }

  /** Of a close that the application asked for, 1000 or 3000 to 4999; of a connection that ended, any; or null. */
  get closeCode(): number | null {
    return this.#closeCode;
  }

  get reason(): string {
    return this.#reason;
  }

  /** Why it failed, where that is known. An extension of the interface. */
  get detail(): FailureDetail | undefined {
    return this.#detail;
  }
}

defineInterface(WebSocketError, "WebSocketError", ["closeCode", "reason"]);

/** Web IDL: the dictionary WebSocketCloseInfo. Throws a TypeError for what cannot be converted. */
export function closeInfo(given: WebSocketErrorInit | null | undefined): {
  closeCode: number | undefined;
  reason: string;
} {
  const info = toDictionary(given, "What to close with");
  return {
    closeCode: orDefault(info.closeCode, toEnforcedUnsignedShort, undefined),
    reason: orDefault(info.reason, toUsvString, ""),
  };
}

/**
 * The status code to send for `status` and `reason` (WHATWG WebSockets §3.1: "close", §4: "WebSocketError"). The standard is
 * about pages; a socket that a server has accepted may say all that a server can mean, such as 1003, 1008 and 1013.
 *
 * @throws DOMException InvalidAccessError unless the code is 1000 or 3000 to 4999, or a server's; SyntaxError for a reason
 *   above 123 bytes
 */
export function checkClose(
  status: number | undefined,
  reason: string,
  origin: "page" | "server" = "page",
): number | undefined {
  if (status !== undefined && !(origin === "server" ? isServers(status) : isPages(status))) {
    const others = origin === "server" ? ", or one that a server may send" : "";
    throw invalidAccess(`The code must be 1000 or between 3000 and 4999${others}, not ${status}.`);
  }
  if (utf8Length(reason) > maxReasonLength) throw syntaxError(`The reason is longer than ${maxReasonLength} bytes.`);
  return status === undefined && reason !== "" ? 1000 : status;
}

function isPages(status: number): boolean {
  return isSendable(status) && (status === statusCodes.normalClosure || status >= 3000);
}

/** RFC 6455 §7.4.1: 1010 is a client's. */
function isServers(status: number): boolean {
  return isSendable(status) && status !== statusCodes.mandatoryExtension;
}

/** The error of whoever waits for something of a connection that did not end well. */
export function closeError(closeCode: number, reason: string, detail: FailureDetail | undefined): WebSocketError {
  const message = detail === undefined ? "The connection was lost." : failureMessage(detail);
  return endError(message, closeCode, reason, detail ?? {});
}

/** The error of whoever has written what did not leave before a connection was closed, however well that went. */
export function unsentError(closeCode: number, reason: string): WebSocketError {
  return endError("The connection was closed before everything that was written had left.", closeCode, reason, {});
}

/** Errors of who goes on to write after a connection has ended well. */
const lateWrites = new WeakSet<object>();

/** The error of whoever writes to a stream whose connection has ended, or ends, well. */
export function lateWriteError(message: string): DOMException {
  const error = invalidState(message);
  lateWrites.add(error);
  return error;
}

/** Whether `error` tells the application no more than that its connection has ended, which is nobody's mistake. */
export function isEndOfConnection(error: unknown): boolean {
  if (error instanceof WebSocketError) return error.detail !== undefined;
  return typeof error === "object" && error !== null && lateWrites.has(error);
}

function endError(message: string, closeCode: number, reason: string, detail: FailureDetail): WebSocketError {
  const error = new WebSocketError(message, { closeCode, reason }, detail);
  // It is kept as long as anybody wants to know how it ended.
  detach(error);
  detach(detail.error);
  return error;
}
