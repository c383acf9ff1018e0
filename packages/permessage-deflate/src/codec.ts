/**
 * What the extension asks of an implementation of DEFLATE (RFC 1951): raw, synchronous, with a sliding window that can
 * be kept from message to message, and with the flush of RFC 7692 §7.2.1. Codecs are injected, so that each runtime can
 * bring the fastest it has; `portableCodec` runs everywhere, and `@hybi/permessage-deflate/zlib` has one on node:zlib.
 */
import type { TransformSink, TransformViolation } from "@hybi/core";

/** The base-2 logarithm of the size of an LZ77 sliding window: 256 bytes to 32 KiB (RFC 7692 §7.1.2). */
export type WindowBits = 8 | 9 | 10 | 11 | 12 | 13 | 14 | 15;

/** How to compress. */
export interface DeflaterOptions {
  /** No distance may be greater than 2 to the power of this. */
  readonly windowBits: WindowBits;
  /** 0 (store only) to 9 (slowest, smallest). */
  readonly level: number;
  /** 1 to 9: memory, and with it the size of blocks, that the compressor may use. */
  readonly memoryLevel: number;
}

/** How to decompress. */
export interface InflaterOptions {
  /** A distance greater than 2 to the power of this is a violation. */
  readonly windowBits: WindowBits;
}

/** A compressor of messages, in one direction of one connection at a time. */
export interface Deflater {
  /** Bytes of memory that it takes at the moment, about. Where it does not say so, what is usual is counted. */
  readonly heldLength?: number | undefined;
  /**
   * Compresses `bytes[start, end)`, which it must neither change nor keep. With the last part of a message it flushes and
   * leaves the four octets 00 00 ff ff out (RFC 7692 §7.2.1). A message has at least one byte in all.
   */
  push(bytes: Uint8Array, start: number, end: number, last: boolean, sink: TransformSink): void;
  /** Forgets the window. Only between messages. */
  reset(): void;
  /** Frees what it holds. Nothing is called after it. */
  close(): void;
}

/** A decompressor of messages, in one direction of one connection at a time. */
export interface Inflater {
  /** Bytes of memory that it takes at the moment, about. Where it does not say so, what is usual is counted. */
  readonly heldLength?: number | undefined;
  /**
   * Decompresses a part of a message, cut anywhere. Stops at once when `sink` answers false. After it has answered a
   * violation, nothing is called but `close`.
   */
  push(bytes: Uint8Array, start: number, end: number, sink: TransformSink): TransformViolation | undefined;
  /**
   * The message ended: takes the four octets 00 00 ff ff (RFC 7692 §7.2.2) and tells whether they end a block at a
   * boundary of bytes without adding output; if not, the message was truncated.
   */
  finish(): TransformViolation | undefined;
  /** Forgets the window. Only between messages. */
  reset(): void;
  /** Frees what it holds. Nothing is called after it. */
  close(): void;
}

/** An implementation of DEFLATE. */
export interface DeflateCodec {
  createDeflater(options: DeflaterOptions): Deflater;
  createInflater(options: InflaterOptions): Inflater;
}

/** Bytes that a codec hands to a sink at a time, at most: what a message may exceed its limit by before it is stopped. */
export const blockLength = 65_536;

/** RFC 7692 §7.2.1: what is removed from the end of a message, the length of an empty stored block. */
export const flushTail: Uint8Array = Uint8Array.of(0x00, 0x00, 0xff, 0xff);

let shared: Uint8Array | undefined;

/**
 * Room for output, one for all codecs: its contents are valid until a sink returns, and a codec must have done with them
 * before it calls one, since a sink may lead to another codec.
 */
export function sharedBlock(): Uint8Array {
  shared ??= new Uint8Array(blockLength);
  return shared;
}
