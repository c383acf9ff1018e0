/** The arguments of `close`, and of a `WebSocketError` that is passed to `abort` or `cancel`. */
import { isSendable, maxReasonLength, statusCodes } from "@hybi/core";
import { invalidAccess, syntaxError } from "./dom-exception.ts";
import { utf8Length } from "./message-data.ts";

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
