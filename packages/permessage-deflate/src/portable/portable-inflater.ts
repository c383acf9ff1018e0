/**
 * Decompression in plain JavaScript, by pako, whose functions of zlib's lower level tell what it takes to be exact: where
 * in the stream they stopped, and the greatest distance to allow.
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

/** Of zlib's `data_type`, after a call: whether a block has just ended, whether it was a final one, and the bits not yet used. */
const blockEnded = 0x80;
const finalBlock = 0x40;
const unusedBits = 0x07;

export class PortableInflater implements Inflater {
  readonly #stream = new ZStream();
  readonly #greatestDistance: number;
  /** Whether something was put out, which it keeps a window of. */
  #hasWindow = false;

  /** `history` is what came before on the same stream. */
  constructor({ windowBits }: InflaterOptions, history?: Uint8Array) {
    const status = zlibInflateInit2(this.#stream, -windowBits);
    if (status !== 0) throw new Error(`bug: pako refused to decompress (${status})`);
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
    // With nothing to read it would look at what is left of the last byte, as if the message went on.
    if (start === end) return undefined;
    const stream = this.#stream;
    const block = stream.output;
    // What is left of the last byte must wait for more, so that both codecs find the same fault at the same time: with it,
    // zlib is to stop at the end of a block. For all bytes that would be a call for each block.
    let flush: typeof Z_SYNC_FLUSH | typeof Z_BLOCK = end - start > 1 ? Z_SYNC_FLUSH : Z_BLOCK;
    stream.input = bytes.buffer === block.buffer ? bytes.slice(0, end) : bytes;
    stream.next_in = start;
    stream.avail_in = Math.max(1, end - start - 1);
    for (;;) {
      stream.next_out = 0;
      stream.avail_out = blockLength;
      const status = zlibInflate(stream, flush);
      const full = stream.avail_out === 0;
      if (stream.next_out > 0) {
        this.#hasWindow = true;
        if (!sink(block, 0, stream.next_out)) return undefined;
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
    // RFC 7692 §7.2.1: what is left of a byte after a final block is padding.
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

  /** RFC 7692 §7.2.1: blocks may follow one with BFINAL set, from the next boundary of bytes on, and refer to what was before. */
  #restart(): void {
    zlibInflateResetKeep(this.#stream);
    this.#limitDistance();
  }

  /** The window alone does not limit the distance within what one call puts out. */
  #limitDistance(): void {
    this.#stream.state.dmax = this.#greatestDistance;
  }
}

/** zlib's Z_BUF_ERROR: there was nothing to do. */
const noProgress = -5;
