/** The payload of a Close frame: a status code and a reason (RFC 6455 §5.5.1). */
import { decodeText } from "../bytes/text-decode.ts";
import { utf8Bytes } from "../bytes/text-encode.ts";
import { type HostFunctions, portableHost } from "../host.ts";
import type { Role } from "../role.ts";
import { UsageError } from "../usage-error.ts";
import type { ViolationCode } from "../violation.ts";
import { isSendable, statusCodes } from "./status-code.ts";

/** What a Close frame says. */
export interface ClosePayload {
  /** Undefined when the payload was empty; RFC 6455 §7.1.5 reports that as 1005. */
  readonly statusCode: number | undefined;
  readonly reason: string;
}

/** The most bytes of a reason: 125 less the status code (RFC 6455 §5.5). */
export const maxReasonLength = 123;

const empty = new Uint8Array(0);

/** Parses the payload of a Close frame; answers the rule that it breaks, if it does. */
export function parseClosePayload(
  payload: Uint8Array,
  host: HostFunctions = portableHost,
): ClosePayload | ViolationCode {
  if (payload.length === 0) return { statusCode: undefined, reason: "" };
  // RFC 6455 §5.5.1: "If there is a body, the first two bytes of the body MUST be a 2-byte unsigned integer".
  if (payload.length === 1) return "close/payload-truncated";
  const statusCode = (payload[0]! << 8) | payload[1]!;
  if (!isSendable(statusCode)) return "close/status-code";
  // RFC 6455 §5.5.1: "the body MAY contain UTF-8-encoded data".
  const reason = decodeText(payload, 2, payload.length, host);
  return reason === undefined ? "close/reason-utf8" : { statusCode, reason };
}

/** Checks what the application wants to send, and encodes it. Throws a `UsageError` for what must not be sent. */
export function formatClosePayload(
  role: Role,
  statusCode: number | undefined,
  reason: string,
  host: HostFunctions = portableHost,
): Uint8Array {
  if (typeof reason !== "string") throw new UsageError("send/data-type");
  if (statusCode === undefined) {
    if (reason !== "") throw new UsageError("close/reason-without-code");
    return empty;
  }
  if (!isSendable(statusCode)) throw new UsageError("close/status-code", `It was ${statusCode}.`);
  // RFC 6455 §7.4.1: 1010 "is not used by the server".
  if (statusCode === statusCodes.mandatoryExtension && role === "server") throw new UsageError("close/client-only");
  // A char is a byte at least, so what is longer need not be encoded to be refused.
  const bytes = reason.length > maxReasonLength ? undefined : utf8Bytes(reason, host);
  if (bytes === undefined || bytes.length > maxReasonLength) throw new UsageError("close/reason-too-long");
  return closePayload(statusCode, bytes);
}

/** The payload of the Close frame that answers one with `statusCode` (RFC 6455 §5.5.1: "it typically echos the status code"). */
export function replyPayload(statusCode: number | undefined): Uint8Array {
  if (statusCode === undefined) return empty;
  // RFC 6455 §7.4.1: 1010 is a client's to send, so a server does not echo it.
  return closePayload(statusCode === statusCodes.mandatoryExtension ? statusCodes.normalClosure : statusCode);
}

/** The payload of a Close frame with these parts, which are legal. */
export function closePayload(statusCode: number, reason: Uint8Array = empty): Uint8Array {
  const payload = new Uint8Array(2 + reason.length);
  payload[0] = statusCode >>> 8;
  payload[1] = statusCode;
  payload.set(reason, 2);
  return payload;
}
