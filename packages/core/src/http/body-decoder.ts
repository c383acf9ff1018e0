/**
 * Decodes the body of an HTTP response from chunks (RFC 9112 §6, §7.1) and keeps its first bytes. Meant for error
 * responses shown to a human, not for payloads: decoding stops at the limit, and at malformed chunked coding.
 */

import type { BodyFraming } from "./body-framing.ts";
import { ByteCollector } from "./byte-collector.ts";

// Phases of the chunked coding, named after the element that the next byte belongs to.
const chunkSize = 0;
const chunkExtension = 1;
const chunkData = 2;
const chunkEnd = 3;
const trailerLineStart = 4;
const trailerLine = 5;

const carriageReturn = 0x0d;
const lineFeed = 0x0a;

/** Decodes one body. */
export class BodyDecoder {
  readonly #limit: number;
  readonly #chunked: boolean;
  readonly #kept = new ByteCollector();
  /** Remaining bytes of the body, or of the current chunk in chunked coding. */
  #remaining: number;
  #phase = chunkSize;
  /** Whether the size of the current chunk has at least one digit. */
  #sizeBegun = false;
  #complete: boolean;

  /** Keeps at most `limit` bytes. */
  constructor(framing: BodyFraming, limit: number) {
    this.#limit = limit;
    this.#chunked = framing.type === "chunked";
    this.#remaining =
      framing.type === "length" ? framing.length : framing.type === "until-end" ? Number.POSITIVE_INFINITY : 0;
    this.#complete = limit === 0 || (!this.#chunked && this.#remaining === 0);
  }

  /** Whether the body has ended, or the limit is reached. */
  get complete(): boolean {
    return this.#complete;
  }

  /** Memory used by the body so far, in bytes. */
  get heldLength(): number {
    return this.#kept.heldLength;
  }

  /** Decodes `chunk` from index `start` on. Bytes after the body are ignored. */
  receive(chunk: Uint8Array, start: number): void {
    if (!this.#chunked) {
      this.#keep(chunk, start);
      if (this.#remaining === 0) this.#complete = true;
      return;
    }
    let at = start;
    while (at < chunk.length && !this.#complete) {
      at = this.#phase === chunkData ? this.#keep(chunk, at) : this.#readCoding(chunk[at]!, at);
      if (this.#phase === chunkData && this.#remaining === 0) this.#phase = chunkEnd;
    }
  }

  /** Removes the body read so far and returns it. */
  takeBody(): Uint8Array {
    return this.#kept.take();
  }

  /** Stores the bytes from `start` on that belong to the body. Returns the index after them. */
  #keep(chunk: Uint8Array, start: number): number {
    const end = Math.min(chunk.length, start + this.#remaining, start + this.#limit - this.#kept.length);
    this.#kept.append(chunk, start, end);
    this.#remaining -= end - start;
    if (this.#kept.length === this.#limit) this.#complete = true;
    return end;
  }

  /**
   * Reads one byte of the chunked coding that is not data (RFC 9112 §7.1.3). Returns the index to continue at: the next
   * byte, or the same one when it ends the chunk size.
   */
  #readCoding(byte: number, at: number): number {
    switch (this.#phase) {
      case chunkSize: {
        const digit = hexDigit(byte);
        if (digit >= 0) {
          this.#sizeBegun = true;
          // RFC 9112 §7.1: large sizes must not overflow. Sizes above 2^48 are equivalent here, so clamp.
          this.#remaining = Math.min(this.#remaining * 16 + digit, 2 ** 48);
        } else if (this.#sizeBegun) {
          this.#phase = chunkExtension;
          return at;
        } else this.#complete = true;
        break;
      }
      case chunkExtension:
        if (byte !== lineFeed) break;
        this.#phase = this.#remaining === 0 ? trailerLineStart : chunkData;
        break;
      case chunkEnd:
        if (byte === carriageReturn) break;
        if (byte === lineFeed) {
          this.#phase = chunkSize;
          this.#sizeBegun = false;
        } else this.#complete = true;
        break;
      case trailerLineStart:
        if (byte === lineFeed) this.#complete = true;
        else if (byte !== carriageReturn) this.#phase = trailerLine;
        break;
      case trailerLine:
        if (byte === lineFeed) this.#phase = trailerLineStart;
        break;
    }
    return at + 1;
  }
}

/** Returns the value of a HEXDIG, or a negative number for any other byte. */
function hexDigit(byte: number): number {
  if (byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
