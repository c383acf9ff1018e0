/** The arguments of `close`, and of a `WebSocketError` that is passed to `abort` or `cancel`. */
import { isSendable, maxReasonLength } from "@hybi/core";
import { invalidAccess, syntaxError } from "./dom-exception.ts";
import { utf8Length } from "./message-data.ts";

/**
 * Who closes, which decides the status codes that may be used. A page may use 1000 and 3000 to 4999 (WHATWG WebSockets §3.1). The
 * standard only covers pages: a program that is a client may use every code that RFC 6455 §7.4 lets an endpoint send, such as 1001,
 * 1008 and 1011, and a server all of these except 1010, which only clients send (§7.4.1).
 */
export type Closer = "page" | "program" | "server";

/**
 * Returns the status code to send for `status` and `reason` (WHATWG WebSockets §3.1: "close", §4: "WebSocketError").
 *
 * @throws DOMException InvalidAccessError for a code that `closer` may not use; SyntaxError for a reason above 123 bytes
 */
export function checkClose(status: number | undefined, reason: string, closer: Closer = "page"): number | undefined {
  if (status !== undefined && !mayUse(closer, status)) {
    const others = closer === "page" ? "" : `, or one that a ${closer} may send`;
    throw invalidAccess(`The code must be 1000 or between 3000 and 4999${others}, not ${status}.`);
  }
  if (utf8Length(reason) > maxReasonLength) throw syntaxError(`The reason is longer than ${maxReasonLength} bytes.`);
  return status === undefined && reason !== "" ? 1000 : status;
}

function mayUse(closer: Closer, status: number): boolean {
  if (!isSendable(status)) return false;
  if (closer === "page") return status === 1000 || status >= 3000;
  return closer === "program" || status !== 1010;
}
