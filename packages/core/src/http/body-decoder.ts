/**
 * Reads the body of a response out of chunks (RFC 9112 §6, §7.1) and keeps the beginning of it. For answers that are
 * shown to somebody, not for payloads: it ends where the limit is reached, and where the chunked coding makes no sense.
 */

import type { BodyFraming } from "./body-framing.ts";
import { ByteCollector } from "./byte-collector.ts";

// Phases of the chunked coding, named after what the next byte is part of.
const chunkSize = 0;
const chunkExtension = 1;
const chunkData = 2;
const chunkEnd = 3;
const trailerLineStart = 4;
const trailerLine = 5;

const carriageReturn = 0x0d;
const lineFeed = 0x0a;

/** Reads one body. */
export class BodyDecoder {
  readonly #limit: number;
  readonly #chunked: boolean;
  readonly #kept = new ByteCollector();
  /** Bytes of the body, or of the current chunk of the chunked coding, that are still to come. */
  #remaining: number;
  #phase = chunkSize;
  /** Whether the size of the current chunk has a digit. */
  #sizeBegun = false;
  #complete: boolean;

  /** Keeps at most `limit` bytes. */
  constructor(framing: Exclude<BodyFraming, { type: "violation" }>, limit: number) {
    this.#limit = limit;
    this.#chunked = framing.type === "chunked";
    this.#remaining =
      framing.type === "length" ? framing.length : framing.type === "until-end" ? Number.POSITIVE_INFINITY : 0;
    this.#complete = limit === 0 || (!this.#chunked && this.#remaining === 0);
  }

  /** Whether the body has ended, or so much of it as is kept. */
  get complete(): boolean {
    return this.#complete;
  }

  /** Bytes of memory that the body takes so far. */
  get heldLength(): number {
    return this.#kept.heldLength;
  }

  /** Reads on in `chunk`, from the index `start`. What comes after the body is ignored. */
  receive(chunk: Uint8Array, start: number): void {
    if (!this.#chunked) {
      this.#keep(chunk, start);
      if (this.#remaining === 0) this.#complete = true;
      return;
    }
    let at = start;
    while (at < chunk.length && !this.#complete) {
      at = this.#phase === chunkData ? this.#keep(chunk, at) : this.#readCoding(chunk[at] as number, at);
      if (this.#phase === chunkData && this.#remaining === 0) this.#phase = chunkEnd;
    }
  }

  /** Removes the body read so far and returns it. */
  takeBody(): Uint8Array {
    return this.#kept.take();
  }

  /** Keeps what belongs to the body, from `start` on; answers the index after it. */
  #keep(chunk: Uint8Array, start: number): number {
    const end = Math.min(chunk.length, start + this.#remaining, start + this.#limit - this.#kept.length);
    this.#kept.append(chunk, start, end);
    this.#remaining -= end - start;
    if (this.#kept.length === this.#limit) this.#complete = true;
    return end;
  }

  /** Reads one byte of the chunked coding that is not data (RFC 9112 §7.1.3); answers the index after it. */
  #readCoding(byte: number, at: number): number {
    switch (this.#phase) {
      case chunkSize: {
        const digit = hexDigit(byte);
        if (digit >= 0) {
          this.#sizeBegun = true;
          // RFC 9112 §7.1: large sizes must not overflow. Beyond 2^48 it makes no difference how large.
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

/** The value of a HEXDIG; negative for every other byte. */
function hexDigit(byte: number): number {
  if (byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
