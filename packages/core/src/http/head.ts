/** The heads of HTTP/1.1 messages as values (RFC 9112 §2–5): output of the decoder, input of the encoder. */
import type { Fields } from "./fields.ts";

/** A request line and its fields (RFC 9112 §3). */
export interface RequestHead {
  readonly method: string;
  /** The request target exactly as received (RFC 9112 §3.2). */
  readonly target: string;
  /** The major version of HTTP; defaults to 1. A head parsed elsewhere may have another, such as 0 for HTTP/0.9. */
  readonly majorVersion?: number | undefined;
  /** The minor version of HTTP/1.x, one digit, currently 1 (RFC 9112 §2.3). */
  readonly minorVersion: number;
  readonly fields: Fields;
}

/** A status line and its fields (RFC 9112 §4). */
export interface ResponseHead {
  /** 100 to 599. A received status may be any three digits; one outside this range counts as 500 (RFC 9110 §15). */
  readonly status: number;
  readonly reasonPhrase: string;
  /** The minor version of HTTP/1.x, one digit, currently 1 (RFC 9112 §2.3). */
  readonly minorVersion: number;
  readonly fields: Fields;
}
