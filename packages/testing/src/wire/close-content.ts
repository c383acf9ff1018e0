/** What a Close frame says, as data and as bytes (RFC 6455 §5.5.1). */
import { concat, utf8 } from "../bytes/bytes.ts";

/** What a Close frame says: nothing, or a status code with a reason. */
export interface CloseContent {
  readonly statusCode: number | undefined;
  readonly reason: string;
}

/** The payload that says it. */
export function closePayload({ statusCode, reason }: CloseContent): Uint8Array {
  return statusCode === undefined ? new Uint8Array(0) : withStatusCode(statusCode, utf8(reason));
}

/** A payload of a status code and whatever follows it, legal or not. */
export function withStatusCode(statusCode: number, rest: Uint8Array): Uint8Array {
  return concat([Uint8Array.of(statusCode >>> 8, statusCode & 0xff), rest]);
}
