/** Compression in plain JavaScript, using pako. */
import type { TransformSink } from "@hybi/core";
import {
  Z_NO_FLUSH,
  Z_SYNC_FLUSH,
  ZStream,
  zlibDeflate,
  zlibDeflateEnd,
  zlibDeflateInit2,
  zlibDeflateReset,
} from "pako";
import { blockLength, type Deflater, type DeflaterOptions, flushTail, sharedBlock, type WindowBits } from "../codec.ts";
import { deflaterLength } from "../held-length.ts";

const methodDeflated = 8;
const noTable = new Uint16Array(0);
const noInput = new Uint8Array(0);
const defaultStrategy = 0;

/**
 * The smallest window that zlib supports for raw DEFLATE. It is safe for a peer with a window of 8 bits (256 bytes), because
 * zlib never uses a distance greater than its window size minus 262, which is 250 bytes.
 */
export const smallestDeflaterWindow = 9;

export class PortableDeflater implements Deflater {
  readonly heldLength: number;
  readonly #stream = new ZStream();

  constructor({ windowBits, level, memoryLevel }: DeflaterOptions) {
    const bits = Math.max(windowBits, smallestDeflaterWindow);
    const status = zlibDeflateInit2(this.#stream, level, methodDeflated, -bits, memoryLevel, defaultStrategy);
    this.heldLength = deflaterLength({ windowBits: bits as WindowBits, level, memoryLevel });
    if (status !== 0) throw new Error(`bug: zlibDeflateInit2 of pako failed with status ${status}`);
  }

  push(bytes: Uint8Array, start: number, end: number, last: boolean, sink: TransformSink): void {
    const stream = this.#stream;
    const block = sharedBlock();
    const held = last ? flushTail.length : 0;
    // The input may be another codec's output in the shared block, which this call overwrites: copy it.
    stream.input = bytes.buffer === block.buffer ? bytes.slice(0, end) : bytes;
    stream.next_in = start;
    stream.avail_in = end - start;
    stream.output = block as Uint8Array<ArrayBuffer>;
    stream.next_out = 0;
    for (;;) {
      stream.avail_out = blockLength - stream.next_out;
      zlibDeflate(stream, last ? Z_SYNC_FLUSH : Z_NO_FLUSH);
      const written = stream.next_out;
      if (stream.avail_out > 0) {
        if (written > held) sink(block, 0, written - held);
        // An idle connection must not keep the last message that it sent.
        stream.input = noInput;
        return;
      }
      // The block is full. Its last octets may be the tail, so carry them over to the next block.
      const carried = block.slice(written - held, written);
      sink(block, 0, written - held);
      block.set(carried);
      stream.next_out = held;
    }
  }

  reset(): void {
    // zlibDeflateReset clears the hash table entry by entry, which takes longer than compressing 200 bytes
    // (bench/deflate/main.ts). Clear it with one fill() instead, and give zlibDeflateReset an empty table meanwhile.
    const { state } = this.#stream;
    const table: Uint16Array = state.head;
    table.fill(0);
    state.head = noTable;
    zlibDeflateReset(this.#stream);
    state.head = table;
  }

  close(): void {
    zlibDeflateEnd(this.#stream);
  }
}
