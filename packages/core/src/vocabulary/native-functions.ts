/**
 * Functions that a runtime may do faster than portable JavaScript. All are optional and change only speed: the portable
 * versions are used where none is given, and tests/properties/equivalence.test.ts verifies that both are equivalent.
 */

/** Functions of the runtime, injected as `options.native`. Share one object among all endpoints to keep call sites monomorphic. */
export interface NativeFunctions {
  /** Whether `bytes[start, end)` is UTF-8. On Node: `isUtf8` of node:buffer. */
  readonly isUtf8?: ((bytes: Uint8Array, start: number, end: number) => boolean) | undefined;
  /** Decodes `bytes[start, end)`. Keeps a leading U+FEFF; invalid UTF-8 becomes one or more U+FFFD. On Node: `utf8Slice`. */
  readonly decodeUtf8?: ((bytes: Uint8Array, start: number, end: number) => string) | undefined;
  /** Decodes `bytes[start, end)`, which is known to be ASCII. On Node: `latin1Slice`. */
  readonly decodeAscii?: ((bytes: Uint8Array, start: number, end: number) => string) | undefined;
  /**
   * Writes `text` as UTF-8 at `at`, a lone surrogate as U+FFFD, and returns the bytes written. `target` has room for `3
   * * text.length` bytes. On Node: `utf8Write`.
   */
  readonly encodeUtf8?: ((text: string, target: Uint8Array, at: number) => number) | undefined;
  /** Unmasks `bytes[start, end)` in place, 4 KiB or more. The first byte of the masking key is the lowest of `key`. */
  readonly unmask?: ((bytes: Uint8Array, start: number, end: number, key: number) => void) | undefined;
  /**
   * Returns the same bytes as what transports of the runtime write without an object of their own, for a frame that is written to
   * many. On Node: a Buffer over their memory.
   */
  readonly asWritten?: ((bytes: Uint8Array) => Uint8Array) | undefined;
  /** Computes SHA-1 of at most 64 bytes; returns 20 bytes (RFC 6455 §4.2.2). */
  readonly sha1?: ((bytes: Uint8Array) => Uint8Array) | undefined;
}

/** No native functions: portable JavaScript only. */
export const noNativeFunctions: NativeFunctions = Object.freeze({});
