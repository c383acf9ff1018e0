/**
 * What a runtime may do faster than portable JavaScript. Every function is optional and changes speed only: the
 * portable ones are used where none is given, and tests/properties/equivalence.test.ts holds them equal.
 */

import { type OptionCheck, type OptionChecks, takes } from "./options.ts";

/** Functions of the host, injected as `options.host`. One object for all endpoints keeps their call sites monomorphic. */
export interface HostFunctions {
  /** Whether `bytes[start, end)` is UTF-8. On Node: `isUtf8` of node:buffer. */
  readonly isUtf8?: ((bytes: Uint8Array, start: number, end: number) => boolean) | undefined;
  /**
   * The text of `bytes[start, end)`. A leading U+FEFF is kept; what is not UTF-8 becomes U+FFFD, one or more. On Node:
   * `utf8Slice`.
   */
  readonly decodeUtf8?: ((bytes: Uint8Array, start: number, end: number) => string) | undefined;
  /** The text of `bytes[start, end)`, which is known to be ASCII. On Node: `latin1Slice`. */
  readonly decodeAscii?: ((bytes: Uint8Array, start: number, end: number) => string) | undefined;
  /**
   * Writes `text` as UTF-8 from `at` on, a lone surrogate as U+FFFD, and answers the bytes written. `target` has room
   * for `3 * text.length` bytes. On Node: `utf8Write`.
   */
  readonly encodeUtf8?: ((text: string, target: Uint8Array, at: number) => number) | undefined;
  /** Unmasks `bytes[start, end)` in place, 4 KiB or more; the first byte of the masking key is the lowest of `key`. */
  readonly unmask?: ((bytes: Uint8Array, start: number, end: number, key: number) => void) | undefined;
  /** SHA-1 of at most 64 bytes; 20 bytes (RFC 6455 §4.2.2). */
  readonly sha1?: ((bytes: Uint8Array) => Uint8Array) | undefined;
}

/** No help from the host. */
export const portableHost: HostFunctions = {};

const hostChecks: OptionChecks<HostFunctions> = {
  isUtf8: takes.callback,
  decodeUtf8: takes.callback,
  decodeAscii: takes.callback,
  encodeUtf8: takes.callback,
  unmask: takes.callback,
  sha1: takes.callback,
};

/** The option `host`. */
export const hostCheck: OptionCheck = takes.options(hostChecks);
