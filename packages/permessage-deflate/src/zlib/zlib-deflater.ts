/** Compression by node:zlib, on a handle that is kept open. */
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

  /** Undefined where the handle is not to be had. */
  static open(
    { windowBits, level, memoryLevel }: DeflaterOptions,
    openHandle: typeof ZlibHandle.open = ZlibHandle.open,
  ): ZlibDeflater | undefined {
    const bits = Math.max(windowBits, smallestDeflaterWindow);
    const handle = openHandle(
      createDeflateRaw({ windowBits: bits, level, memLevel: memoryLevel, chunkSize: smallestChunk }),
    );
    if (handle === undefined) return undefined;
    // Node's zlib has a table of hashes of one size.
    return new ZlibDeflater(handle, deflaterLength({ windowBits: bits as WindowBits, level, memoryLevel }, 0));
  }

  push(bytes: Uint8Array, start: number, end: number, last: boolean, sink: TransformSink): void {
    const handle = this.#handle;
    const block = sharedBlock();
    // What another codec has put out is in the block that is to be written.
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
      // The block is full. The octets that may prove to be the tail are carried over to the next.
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
