/**
 * The interface of a DEFLATE implementation (RFC 1951) as the extension needs it: raw, synchronous, with a sliding window
 * that can be kept between messages, and with the flush of RFC 7692 §7.2.1. Codecs are injected, so that each runtime can
 * use its fastest one. `portableCodec` runs everywhere; `@hybi/permessage-deflate/zlib` has one based on node:zlib.
 */
import type { TransformSink, TransformViolation } from "@hybi/core";

/** The base-2 logarithm of the size of an LZ77 sliding window: 256 bytes to 32 KiB (RFC 7692 §7.1.2). */
export type WindowBits = 8 | 9 | 10 | 11 | 12 | 13 | 14 | 15;

/** Options of a compressor. */
export interface DeflaterOptions {
  /** The compressor must not use distances greater than 2 to the power of this. */
  readonly windowBits: WindowBits;
  /** 0 (store only) to 9 (slowest, smallest). */
  readonly level: number;
  /** 1 to 9: how much memory the compressor may use, which also determines the size of blocks. */
  readonly memoryLevel: number;
}

/** Options of a decompressor. */
export interface InflaterOptions {
  /** A distance greater than 2 to the power of this is a violation. */
  readonly windowBits: WindowBits;
}

/** A compressor, used for one direction of one connection at a time. */
export interface Deflater {
  /** Approximate memory in use, in bytes. If undefined, a typical value is assumed. */
  readonly heldLength?: number | undefined;
  /**
   * Compresses `bytes[start, end)`. Must neither modify nor retain `bytes`. If `last` is set, flushes, and omits the four
   * octets 00 00 ff ff from the output (RFC 7692 §7.2.1). The parts of a message have at least one byte in total.
   */
  push(bytes: Uint8Array, start: number, end: number, last: boolean, sink: TransformSink): void;
  /** Clears the window. Called only between messages. */
  reset(): void;
  /** Frees all resources. No method is called afterwards. */
  close(): void;
}

/** A decompressor, used for one direction of one connection at a time. */
export interface Inflater {
  /** Approximate memory in use, in bytes. If undefined, a typical value is assumed. */
  readonly heldLength?: number | undefined;
  /**
   * Decompresses a part of a message, which may be split anywhere. Stops immediately when `sink` returns false. After it has
   * returned a violation, only `close` is called.
   */
  push(bytes: Uint8Array, start: number, end: number, sink: TransformSink): TransformViolation | undefined;
  /**
   * Called when the message has ended. Processes the four octets 00 00 ff ff (RFC 7692 §7.2.2). If they do not end a block at
   * a byte boundary, or produce output, the message was truncated: returns the violation.
   */
  finish(): TransformViolation | undefined;
  /** Clears the window. Called only between messages. */
  reset(): void;
  /** Frees all resources. No method is called afterwards. */
  close(): void;
}

/** A DEFLATE implementation. */
export interface DeflateCodec {
  createDeflater(options: DeflaterOptions): Deflater;
  createInflater(options: InflaterOptions): Inflater;
}

/** Maximum bytes passed to a sink at a time, and so the most by which a message can exceed its limit before it is stopped. */
export const blockLength = 65_536;

/** RFC 7692 §7.2.1: the octets removed from the end of a message, which are the length of an empty stored block. */
export const flushTail: Uint8Array = Uint8Array.of(0x00, 0x00, 0xff, 0xff);

let shared: Uint8Array | undefined;

/**
 * Returns the output buffer, shared by all codecs. Its contents are valid only until the sink returns. A sink may run
 * another codec, which overwrites the buffer, so a codec must save whatever it still needs before it calls the sink.
 */
export function sharedBlock(): Uint8Array {
  shared ??= new Uint8Array(blockLength);
  return shared;
}
