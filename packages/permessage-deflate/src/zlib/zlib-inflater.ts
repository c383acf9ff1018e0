/**
 * Decompression by node:zlib, on a handle that is kept open, for windows of 32 KiB: the distances of smaller windows it
 * does not check.
 *
 * The handle tells how many bytes it has read and written, and no more. Whether a message was whole follows from these:
 * with the flush Z_BLOCK, zlib stops at the end of each block, so after 00 00 ff ff and one byte more it must have left
 * exactly that byte, and written nothing. docs/design/decisions/0010-deflate-to-the-bit.md shows why nothing else does that.
 */
import { createInflateRaw } from "node:zlib";
import type { TransformSink, TransformViolation } from "@hybi/core";
import { blockLength, type Inflater, sharedBlock } from "../codec.ts";
import { inflaterCost } from "../held-length.ts";
import { PortableInflater } from "../portable/portable-inflater.ts";
import { History } from "./history.ts";
import { smallestChunk, Z_BLOCK, ZlibHandle } from "./zlib-handle.ts";

/** The window that this inflater has. */
export const zlibWindowBits = 15;

/** The octets that end a message, and one that must be left over. */
const tailAndGuard = Uint8Array.of(0x00, 0x00, 0xff, 0xff, 0x00);
const guardLength = 1;

/** An empty block with fixed codes and an empty stored one: at a boundary of bytes, the first ends within two bytes. */
const probe = Uint8Array.of(0x02, 0x00, 0x00, 0x00, 0xff, 0xff);
const probeRest = 4;

export class ZlibInflater implements Inflater {
  readonly #handle: ZlibHandle;
  /** What zlib has in its window, which it does not hand out. */
  readonly #history = new History();
  /** Bytes read since the last that a block was seen to end or to put something out: beyond one, they may be its codes. */
  #silent = 0;
  /** zlib starts anew after a final block, and loses its window. What follows one is for this. */
  #successor: PortableInflater | undefined;

  private constructor(handle: ZlibHandle) {
    this.#handle = handle;
  }

  /** Undefined where the handle is not to be had. */
  static open(openHandle: typeof ZlibHandle.open = ZlibHandle.open): ZlibInflater | undefined {
    const handle = openHandle(createInflateRaw({ windowBits: zlibWindowBits, chunkSize: smallestChunk }));
    return handle === undefined ? undefined : new ZlibInflater(handle);
  }

  get heldLength(): number {
    const window = this.#history.isEmpty ? 0 : 2 ** zlibWindowBits;
    return inflaterCost + window + this.#history.heldLength + (this.#successor?.heldLength ?? 0);
  }

  push(bytes: Uint8Array, start: number, end: number, sink: TransformSink): TransformViolation | undefined {
    if (this.#successor !== undefined) return this.#successor.push(bytes, start, end, sink);
    // With nothing to read it would look at what is left of the last byte, as if the message went on.
    if (start === end) return undefined;
    const handle = this.#handle;
    const block = sharedBlock();
    // What another codec has put out is in the block that is to be written.
    const input = bytes.buffer === block.buffer ? bytes.slice(0, end) : bytes;
    let at = start;
    for (;;) {
      handle.write(Z_BLOCK, input, at, end - at, block, 0);
      if (handle.failed) return "extension/data-malformed";
      const { inputLeft, outputLeft } = handle;
      const written = blockLength - outputLeft;
      const read = end - at - inputLeft;
      if (read === 0 && written === 0 && inputLeft > 0) return this.#succeed().push(input, at, end, sink);
      at += read;
      if (written > 0 || (inputLeft > 0 && outputLeft > 0)) this.#silent = 0;
      else this.#silent += read;
      if (written > 0) {
        this.#history.append(block, 0, written);
      }
      // Blocks that hold nothing, each of which takes a call, are work as well.
      if (!sink(block, 0, written)) return undefined;
      if (inputLeft === 0 && outputLeft > 0) return undefined;
    }
  }

  finish(): TransformViolation | undefined {
    if (this.#successor !== undefined) return this.#successor.finish();
    const handle = this.#handle;
    const block = sharedBlock();
    handle.write(Z_BLOCK, tailAndGuard, 0, tailAndGuard.length, block, 0);
    if (handle.failed || handle.outputLeft < blockLength) return "extension/data-truncated";
    if (handle.inputLeft === tailAndGuard.length) return this.#succeed().finish();
    if (handle.inputLeft !== guardLength) return "extension/data-truncated";
    if (this.#silent > 1 && !this.#isAligned(block)) return "extension/data-truncated";
    this.#silent = 0;
    return undefined;
  }

  reset(): void {
    this.#successor?.close();
    this.#successor = undefined;
    this.#history.clear();
    this.#handle.reset();
    this.#silent = 0;
  }

  close(): void {
    this.#successor?.close();
    this.#handle.close();
  }

  /** A block has just ended: whether it did so at a boundary of bytes, or was a final one. */
  #isAligned(block: Uint8Array): boolean {
    const handle = this.#handle;
    handle.write(Z_BLOCK, probe, 0, probe.length, block, 0);
    if (handle.failed || handle.outputLeft < blockLength) return false;
    if (handle.inputLeft === probe.length) return true;
    if (handle.inputLeft !== probeRest) return false;
    handle.write(Z_BLOCK, probe, probe.length - probeRest, probeRest, block, 0);
    return true;
  }

  #succeed(): PortableInflater {
    this.#successor = new PortableInflater({ windowBits: zlibWindowBits }, this.#history.contents());
    return this.#successor;
  }
}
