/** The heads of HTTP/1.1 messages as values (RFC 9112 §2–5): what a decoder yields and an encoder takes. */
import type { Fields } from "./fields.ts";

/** A request line and its fields (RFC 9112 §3). */
export interface RequestHead {
  readonly method: string;
  /** The request target exactly as received (RFC 9112 §3.2). */
  readonly target: string;
  /** The major version of HTTP; 1 when left out. Of a head that was parsed elsewhere it may be another, such as 0 for HTTP/0.9. */
  readonly majorVersion?: number | undefined;
  /** The minor version of HTTP/1.x, one digit: 1 today (RFC 9112 §2.3). */
  readonly minorVersion: number;
  readonly fields: Fields;
}

/** A status line and its fields (RFC 9112 §4). */
export interface ResponseHead {
  /** 100 to 599; what was received may be any three digits, and counts as 500 then (RFC 9110 §15). */
  readonly status: number;
  readonly reasonPhrase: string;
  /** The minor version of HTTP/1.x, one digit: 1 today (RFC 9112 §2.3). */
  readonly minorVersion: number;
  readonly fields: Fields;
}
