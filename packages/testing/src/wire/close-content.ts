/** The content of a Close frame, as data and as bytes (RFC 6455 §5.5.1). */
import { concatBytes, utf8Bytes } from "../bytes/bytes.ts";

/** The content of a Close frame: empty, or a status code with a reason. */
export interface CloseContent {
  readonly statusCode: number | undefined;
  readonly reason: string;
}

/** Encodes the payload of a Close frame. */
export function closePayload({ statusCode, reason }: CloseContent): Uint8Array {
  return statusCode === undefined ? new Uint8Array(0) : withStatusCode(statusCode, utf8Bytes(reason));
}

/** Returns a payload made of a status code and any bytes after it, legal or not. */
export function withStatusCode(statusCode: number, rest: Uint8Array): Uint8Array {
  return concatBytes([Uint8Array.of(statusCode >>> 8, statusCode & 0xff), rest]);
}
