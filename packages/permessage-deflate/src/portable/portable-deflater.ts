/** Compression in plain JavaScript, by pako. */
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
const defaultStrategy = 0;

/**
 * The smallest window that raw DEFLATE of zlib can have. It is safe for a peer with a window of 8 bits, since zlib never
 * uses a distance greater than its window less 262: 250 of 256 bytes.
 */
export const smallestDeflaterWindow = 9;

export class PortableDeflater implements Deflater {
  readonly heldLength: number;
  readonly #stream = new ZStream();

  constructor({ windowBits, level, memoryLevel }: DeflaterOptions) {
    const bits = Math.max(windowBits, smallestDeflaterWindow);
    const status = zlibDeflateInit2(this.#stream, level, methodDeflated, -bits, memoryLevel, defaultStrategy);
    this.heldLength = deflaterLength({ windowBits: bits as WindowBits, level, memoryLevel });
    if (status !== 0) throw new Error(`bug: pako refused to compress (${status})`);
  }

  push(bytes: Uint8Array, start: number, end: number, last: boolean, sink: TransformSink): void {
    const stream = this.#stream;
    const block = sharedBlock();
    const held = last ? flushTail.length : 0;
    // What another codec has put out is in the block that is to be written.
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
        return;
      }
      // The block is full. The octets that may prove to be the tail are carried over to the next.
      const carried = block.slice(written - held, written);
      sink(block, 0, written - held);
      block.set(carried);
      stream.next_out = held;
    }
  }

  reset(): void {
    // pako empties its table of hashes one by one, which takes longer than to compress 200 bytes (bench/deflate): here it
    // is emptied at once, and another one, of no length, is in its place meanwhile.
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
