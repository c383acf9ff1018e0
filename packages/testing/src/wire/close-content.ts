/** The content of a Close frame, as data and as bytes (RFC 6455 §5.5.1). */
import { concatBytes, utf8Bytes } from "../bytes/bytes.ts";

/** The content of a Close frame: empty, or a status code with a reason. */
export interface CloseContent {
  readonly statusCode: number | undefined;
  readonly reason: string;
}

/** Returns the payload of a Close frame, legal or not; without a status code it is empty. Bytes need not be UTF-8. */
export function closePayload(statusCode: number | undefined, reason: string | Uint8Array = ""): Uint8Array {
  if (statusCode === undefined) return new Uint8Array(0);
  const rest = typeof reason === "string" ? utf8Bytes(reason) : reason;
  return concatBytes([Uint8Array.of(statusCode >>> 8, statusCode & 0xff), rest]);
}

/** Returns the status code in the payload of a Close frame, or undefined when it is empty. */
export function statusCodeIn(payload: Uint8Array): number | undefined {
  return payload.length === 0 ? undefined : ((payload[0] ?? 0) << 8) | (payload[1] ?? 0);
}
