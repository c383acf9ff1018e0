/** The payload of a Close frame: a status code and a reason (RFC 6455 §5.5.1). */
import { noBytes } from "../bytes/byte-arrays.ts";
import { decodeText } from "../bytes/text-decode.ts";
import { utf8Bytes } from "../bytes/text-encode.ts";
import { UsageError } from "../checks/usage-error.ts";
import { type NativeFunctions, noNativeFunctions } from "../vocabulary/native-functions.ts";
import { isSendable, statusCodes } from "../vocabulary/status-code.ts";
import type { Role } from "../vocabulary/terms.ts";
import type { ConnectionViolationCode } from "../vocabulary/violation.ts";

/** The parsed payload of a Close frame. */
export interface ClosePayload {
  /** Undefined when the payload was empty, which RFC 6455 §7.1.5 reports as 1005. */
  readonly statusCode: number | undefined;
  readonly reason: string;
}

/** Maximum length of a reason in bytes: 125 minus two for the status code (RFC 6455 §5.5). */
export const maxReasonLength = 123;

/** Parses the payload of a Close frame. Returns a violation code when it is invalid. */
export function parseClosePayload(
  payload: Uint8Array,
  native: NativeFunctions = noNativeFunctions,
): ClosePayload | ConnectionViolationCode {
  if (payload.length === 0) return { statusCode: undefined, reason: "" };
  // RFC 6455 §5.5.1: "If there is a body, the first two bytes of the body MUST be a 2-byte unsigned integer".
  if (payload.length === 1) return "close/payload-truncated";
  const statusCode = (payload[0]! << 8) | payload[1]!;
  if (!isSendable(statusCode)) return "close/status-code";
  // RFC 6455 §5.5.1: "the body MAY contain UTF-8-encoded data".
  const reason = decodeText(payload, 2, payload.length, native);
  return reason === undefined ? "close/reason-utf8" : { statusCode, reason };
}

/** Validates and encodes a payload given by the application. @throws UsageError when it must not be sent */
export function formatClosePayload(
  role: Role,
  statusCode: number | undefined,
  reason: string,
  native: NativeFunctions = noNativeFunctions,
): Uint8Array {
  if (typeof reason !== "string") throw new UsageError("send/data-type");
  if (statusCode === undefined) {
    if (reason !== "") throw new UsageError("close/reason-without-code");
    return new Uint8Array(0);
  }
  if (!isSendable(statusCode)) throw new UsageError("close/status-code", `It was ${statusCode}.`);
  // RFC 6455 §7.4.1: 1010 "is not used by the server".
  if (statusCode === statusCodes.mandatoryExtension && role === "server") throw new UsageError("close/client-only");
  // Each char takes at least one byte, so a longer string is rejected without encoding it.
  const bytes = reason.length > maxReasonLength ? undefined : utf8Bytes(reason, native);
  if (bytes === undefined || bytes.length > maxReasonLength) throw new UsageError("close/reason-too-long");
  return closePayload(statusCode, bytes);
}

/**
 * The payload of the reply to a Close frame with `statusCode` (RFC 6455 §5.5.1: "it typically echos the status code"), and with `reason`
 * if that is echoed too.
 */
export function replyPayload(statusCode: number | undefined, reason?: Uint8Array): Uint8Array {
  if (statusCode === undefined) return noBytes;
  // RFC 6455 §7.4.1: only a client sends 1010, so a server does not echo it.
  return closePayload(statusCode === statusCodes.mandatoryExtension ? statusCodes.normalClosure : statusCode, reason);
}

/** Encodes a Close payload from parts that are known to be valid. */
export function closePayload(statusCode: number, reason: Uint8Array = noBytes): Uint8Array {
  const payload = new Uint8Array(2 + reason.length);
  payload[0] = statusCode >>> 8;
  payload[1] = statusCode;
  payload.set(reason, 2);
  return payload;
}
