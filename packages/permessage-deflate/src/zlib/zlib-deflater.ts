/** Compression using node:zlib, on a handle that is kept open. */
import { createDeflateRaw } from "node:zlib";
import type { TransformSink } from "@hybi/core";
import { blockLength, type Deflater, type DeflaterOptions, flushTail, sharedBlock, type WindowBits } from "../codec.ts";
import { deflaterLength } from "../held-length.ts";
import { smallestDeflaterWindow } from "../portable/portable-deflater.ts";
import { smallestChunk, Z_NO_FLUSH, Z_SYNC_FLUSH, ZlibHandle } from "./zlib-handle.ts";

export class ZlibDeflater implements Deflater {
  readonly #handle: ZlibHandle;

  readonly heldLength: number;

  private constructor(handle: ZlibHandle, heldLength: number) {
    this.#handle = handle;
    this.heldLength = heldLength;
  }

  /** Returns undefined when the handle is not available. */
  static open(
    { windowBits, level, memoryLevel }: DeflaterOptions,
    openHandle: typeof ZlibHandle.open = ZlibHandle.open,
  ): ZlibDeflater | undefined {
    const bits = Math.max(windowBits, smallestDeflaterWindow);
    const handle = openHandle(
      createDeflateRaw({ windowBits: bits, level, memLevel: memoryLevel, chunkSize: smallestChunk }),
    );
    if (handle === undefined) return undefined;
    // The hash table of Node's zlib has a fixed size, independent of `memoryLevel`.
    return new ZlibDeflater(handle, deflaterLength({ windowBits: bits as WindowBits, level, memoryLevel }, 0));
  }

  push(bytes: Uint8Array, start: number, end: number, last: boolean, sink: TransformSink): void {
    const handle = this.#handle;
    const block = sharedBlock();
    // The input may be another codec's output in the shared block, which this call overwrites: copy it.
    const input = bytes.buffer === block.buffer ? bytes.slice(0, end) : bytes;
    const held = last ? flushTail.length : 0;
    let length = end - start;
    let outputStart = 0;
    for (;;) {
      handle.write(last ? Z_SYNC_FLUSH : Z_NO_FLUSH, input, end - length, length, block, outputStart);
      const { outputLeft } = handle;
      length = handle.inputLeft;
      const written = blockLength - outputLeft;
      if (outputLeft > 0) {
        if (written > held) sink(block, 0, written - held);
        return;
      }
      // The block is full. Its last octets may be the tail, so carry them over to the next block.
      const carried = block.slice(written - held, written);
      sink(block, 0, written - held);
      block.set(carried);
      outputStart = held;
    }
  }

  reset(): void {
    this.#handle.reset();
  }

  close(): void {
    this.#handle.close();
  }
}
