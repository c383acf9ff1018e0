/**
 * Decompression using node:zlib, on a handle that is kept open. Only for windows of 32 KiB, because zlib does not fully
 * check distances against smaller windows.
 *
 * The handle reports only how many bytes it has read and written. That is enough to detect whether a message was complete:
 * with the flush Z_BLOCK, zlib stops at the end of each block, so given 00 00 ff ff and one more byte, it must leave
 * exactly that byte and write nothing. docs/design/decisions/0010-deflate-to-the-bit.md shows why no other state does that.
 */
import { createInflateRaw } from "node:zlib";
import type { TransformSink, TransformViolation } from "@hybi/core";
import { blockLength, type Inflater, sharedBlock } from "../codec.ts";
import { inflaterCost } from "../held-length.ts";
import { PortableInflater } from "../portable/portable-inflater.ts";
import { History } from "./history.ts";
import { smallestChunk, Z_BLOCK, ZlibHandle } from "./zlib-handle.ts";

/** The window size of this inflater. */
export const zlibWindowBits = 15;

/** The octets that end a message, and one that zlib must leave unread. */
const tailAndGuard = Uint8Array.of(0x00, 0x00, 0xff, 0xff, 0x00);
const guardLength = 1;

/** An empty block with fixed codes and an empty stored block. At a byte boundary, the first one ends within two bytes. */
const probe = Uint8Array.of(0x02, 0x00, 0x00, 0x00, 0xff, 0xff);
const probeRest = 4;

export class ZlibInflater implements Inflater {
  readonly #handle: ZlibHandle;
  /** A copy of zlib's window, which zlib does not expose. */
  readonly #history = new History();
  /** Bytes read since zlib last produced output or stopped at a block end. More than one may be part of a block header. */
  #silent = 0;
  /** Decompresses everything after a final block, where zlib starts a new stream and loses its window. */
  #successor: PortableInflater | undefined;

  private constructor(handle: ZlibHandle) {
    this.#handle = handle;
  }

  /** Returns undefined when the handle is not available. */
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
    // With empty input, zlib would process the remaining bits of the last byte, as if the message continued.
    if (start === end) return undefined;
    const handle = this.#handle;
    const block = sharedBlock();
    // The input may be another codec's output in the shared block, which this call overwrites: copy it.
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
      // Call the sink even without output: empty blocks take a call each, so they count as work too.
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

  /** Whether the block that has just ended did so at a byte boundary, or was a final block. */
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
