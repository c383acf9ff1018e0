/**
 * Decompression in plain JavaScript, using pako. Its low-level zlib functions provide what exact validation needs: they
 * report where in the stream they stopped, and allow a limit on distances.
 */
import type { TransformSink, TransformViolation } from "@hybi/core";
import {
  Z_BLOCK,
  Z_STREAM_END,
  Z_SYNC_FLUSH,
  ZStream,
  zlibInflate,
  zlibInflateEnd,
  zlibInflateInit2,
  zlibInflateReset,
  zlibInflateResetKeep,
  zlibInflateSetDictionary,
} from "pako";
import { blockLength, flushTail, type Inflater, type InflaterOptions, sharedBlock } from "../codec.ts";
import { inflaterCost } from "../held-length.ts";

/** Bits of zlib's `data_type` after a call: a block has just ended, it was the final one, and the count of unused bits. */
const blockEnded = 0x80;
const finalBlock = 0x40;
const unusedBits = 0x07;

export class PortableInflater implements Inflater {
  readonly #stream = new ZStream();
  readonly #greatestDistance: number;
  /** Whether there has been output, so that pako has allocated a window. */
  #hasWindow = false;

  /** `history` is the previous output of the same stream; it preloads the window. */
  constructor({ windowBits }: InflaterOptions, history?: Uint8Array) {
    const status = zlibInflateInit2(this.#stream, -windowBits);
    if (status !== 0) throw new Error(`bug: zlibInflateInit2 of pako failed with status ${status}`);
    this.#greatestDistance = 2 ** windowBits;
    this.#limitDistance();
    this.#stream.output = sharedBlock() as Uint8Array<ArrayBuffer>;
    if (history !== undefined && history.length > 0) {
      zlibInflateSetDictionary(this.#stream, history);
      this.#hasWindow = true;
    }
  }

  get heldLength(): number {
    return this.#hasWindow ? inflaterCost + this.#greatestDistance : inflaterCost;
  }

  push(bytes: Uint8Array, start: number, end: number, sink: TransformSink): TransformViolation | undefined {
    // With empty input, zlib would process the remaining bits of the last byte, as if the message continued.
    if (start === end) return undefined;
    const stream = this.#stream;
    const block = stream.output;
    // For the last byte, zlib must stop at a block end (Z_BLOCK) and leave the remaining bits for the next call, so that both
    // codecs detect the same violation at the same point. Z_BLOCK for all bytes would need one call per block.
    let flush: typeof Z_SYNC_FLUSH | typeof Z_BLOCK = end - start > 1 ? Z_SYNC_FLUSH : Z_BLOCK;
    stream.input = bytes.buffer === block.buffer ? bytes.slice(0, end) : bytes;
    stream.next_in = start;
    stream.avail_in = Math.max(1, end - start - 1);
    for (;;) {
      stream.next_out = 0;
      stream.avail_out = blockLength;
      const given = stream.avail_in;
      const status = zlibInflate(stream, flush);
      const full = stream.avail_out === 0;
      if (stream.next_out > 0) {
        this.#hasWindow = true;
        if (!sink(block, 0, stream.next_out)) return undefined;
      }
      // Input that becomes smaller is blocks and codes more than contents: each of its bytes is as much work as an empty call says.
      for (let excess = given - stream.avail_in - stream.next_out; excess > 0; excess--) {
        if (!sink(block, 0, 0)) return undefined;
      }
      if (status === Z_STREAM_END) this.#restart();
      else if (status < 0 && status !== noProgress) return "extension/data-malformed";
      if (full || stream.avail_in > 0) continue;
      if (flush === Z_BLOCK) return undefined;
      flush = Z_BLOCK;
      stream.avail_in = 1;
    }
  }

  finish(): TransformViolation | undefined {
    const stream = this.#stream;
    stream.input = flushTail;
    stream.next_in = 0;
    stream.avail_in = flushTail.length;
    for (;;) {
      stream.next_out = 0;
      stream.avail_out = blockLength;
      const status = zlibInflate(stream, Z_BLOCK);
      if (status !== Z_STREAM_END) break;
      this.#restart();
    }
    const state = stream.data_type;
    // RFC 7692 §7.2.1: after a final block, the remaining bits of its last byte are padding.
    const isBoundary = (state & blockEnded) !== 0 && ((state & finalBlock) !== 0 || (state & unusedBits) === 0);
    return isBoundary && stream.avail_in === 0 && stream.next_out === 0 ? undefined : "extension/data-truncated";
  }

  reset(): void {
    zlibInflateReset(this.#stream);
    this.#limitDistance();
  }

  close(): void {
    zlibInflateEnd(this.#stream);
  }

  /**
   * RFC 7692 §7.2.1: after a block with BFINAL set, more blocks may follow from the next byte boundary, and may refer to
   * earlier output, so the window is kept.
   */
  #restart(): void {
    zlibInflateResetKeep(this.#stream);
    this.#limitDistance();
  }

  /** Limits distances explicitly: the window size does not limit them within the output of one call. */
  #limitDistance(): void {
    this.#stream.state.dmax = this.#greatestDistance;
  }
}

/** zlib's Z_BUF_ERROR: no progress was possible. */
const noProgress = -5;
