/**
 * Frames out of bytes (RFC 6455 §5.2), cut anywhere. Checks each header by `rules`, unmasks payload where it lies, and
 * hands it on in ranges; holds at most an incomplete header and never a byte of payload.
 *
 * A header that lies whole in the chunk is parsed at once; one that is cut goes through `#headerByte`, byte by byte.
 * Both apply the same rules in the same order, which tests/properties/chunking.test.ts holds them to.
 */
import { forgetWords } from "../bytes/words.ts";
import type { Role } from "../role.ts";
import type { ViolationCode } from "../violation.ts";
import { finBit, length16, lengthBits, maskBit } from "./header.ts";
import { type MaskingKey, mask, rotateKey } from "./mask.ts";
import { isControl } from "./opcode.ts";
import { checkExtendedLength, checkFirstByte, checkSecondByte } from "./rules.ts";

/** What a sink found wrong. `index`, within the range it was given, is the offending byte; without it the frame is. */
export interface SinkFault {
  readonly code: ViolationCode;
  readonly index?: number | undefined;
}

/** What a sink answers: go on, stop decoding for good, or fail. */
export type SinkVerdict = SinkFault | "stop" | undefined;

/** Takes frames as they are decoded. Its calls come in wire order. */
export interface FrameSink {
  /** A legal header arrived: its first byte (FIN, RSV1–3, opcode), and the bytes of payload that follow. */
  frame(firstByte: number, length: number): SinkVerdict;
  /** Unmasked payload, `bytes[start, end)`. `last` is true exactly once a frame, also when the payload is empty. */
  payload(bytes: Uint8Array, start: number, end: number, last: boolean): SinkVerdict;
}

/** A rule was broken by the byte at `offset`, counted from the first byte that the decoder received. */
export interface FrameFault {
  readonly code: ViolationCode;
  readonly offset: number;
}

/** How to decode. */
export interface FrameDecoderOptions {
  /** Our role: a server expects masked frames, a client unmasked ones (RFC 6455 §5.1). */
  readonly role: Role;
  /** RSV bits that agreed extensions own, as they stand in the first byte. None by default. */
  readonly ownedRsv?: number;
  /** Accept lengths in more bytes than needed (the leniency `non-minimal-length`). */
  readonly tolerateNonMinimalLength?: boolean;
  /** A faster way to unmask payloads of 4 KiB and more, if the runtime has one. */
  readonly unmask?: ((bytes: Uint8Array, start: number, end: number, key: MaskingKey) => void) | undefined;
}

// A foreign function costs about 90 ns a call, and gains only where there is much to do.
const unmaskThreshold = 4096;

/** Decodes the frames of one peer. Not usable after a fault or a stop. */
export class FrameDecoder {
  readonly #sink: FrameSink;
  /** Held as they are, since many decoders share them. */
  readonly #options: FrameDecoderOptions;

  /** Bytes of the chunks before this one. */
  #received = 0;
  #messageInProgress = false;
  #tolerated = false;

  // The header in progress. `#headerBytes` of its bytes have arrived; 0 between frames.
  #headerBytes = 0;
  #firstByte = 0;
  #lengthBytes: 0 | 2 | 8 = 0;
  #lengthHigh = 0;
  #lengthLow = 0;
  #key: MaskingKey = 0;

  // The payload in progress: true from the end of its header to its last byte. `#key` is aligned to what comes next.
  #inPayload = false;
  #remaining = 0;
  /** Where the frame in progress began, in bytes received. */
  #frameStart = 0;

  /** `options` must not change afterwards. */
  constructor(sink: FrameSink, options: FrameDecoderOptions) {
    this.#sink = sink;
    this.#options = options;
  }

  /** Whether a leniency was needed so far. */
  get toleratedNonMinimalLength(): boolean {
    return this.#tolerated;
  }

  /** Bytes of all chunks so far. */
  get received(): number {
    return this.#received;
  }

  /** Decodes `chunk`, unmasking in place. Answers the fault that ended it, "stop" when the sink said so, or undefined. */
  decode(chunk: Uint8Array): FrameFault | "stop" | undefined {
    const verdict = this.#decode(chunk);
    forgetWords();
    this.#received += chunk.length;
    return verdict;
  }

  #decode(chunk: Uint8Array): FrameFault | "stop" | undefined {
    const end = chunk.length;
    let at = 0;
    while (at < end) {
      if (this.#inPayload) {
        const stop = Math.min(end, at + this.#remaining);
        const verdict = this.#payload(chunk, at, stop);
        if (verdict !== undefined) return verdict;
        at = stop;
        continue;
      }
      if (this.#headerBytes === 0) {
        const next = this.#wholeFrames(chunk, at);
        if (typeof next !== "number") return next;
        at = next;
        if (at === end || this.#inPayload) continue;
      }
      const verdict = this.#headerByte(chunk[at]!, this.#received + at);
      if (verdict !== undefined) return verdict;
      at++;
      // An empty payload has no byte to bring it on.
      if (this.#inPayload && this.#remaining === 0) {
        const empty = this.#payload(chunk, at, at);
        if (empty !== undefined) return empty;
      }
    }
    return undefined;
  }

  /**
   * The frames from `at` whose headers lie whole in the chunk. Answers where the rest begins, which is within a payload,
   * at a header that is cut, or at the end.
   */
  #wholeFrames(chunk: Uint8Array, from: number): number | FrameFault | "stop" {
    const end = chunk.length;
    const options = this.#options;
    const isMasked = options.role === "server";
    const keyBytes = isMasked ? 4 : 0;
    const expectedMask = isMasked ? maskBit : 0;
    const sink = this.#sink;
    const shortest = 2 + keyBytes;
    let at = from;
    while (end - at >= shortest) {
      const firstByte = chunk[at]!;
      const secondByte = chunk[at + 1]!;
      // Whole text and binary messages without RSV bits between messages are legal by their first byte alone.
      if ((firstByte !== 0x81 && firstByte !== 0x82) || this.#messageInProgress) {
        const code = checkFirstByte(firstByte, options.ownedRsv ?? 0, this.#messageInProgress);
        if (code !== undefined) return this.#fault(code, at);
      }
      let length = secondByte & lengthBits;
      if ((secondByte & maskBit) !== expectedMask || length >= length16) {
        const code = checkSecondByte(firstByte, secondByte, options.role);
        if (code !== undefined) return this.#fault(code, at + 1);
      }
      let start = at + 2;
      if (length >= length16) {
        const lengthBytes = length === length16 ? 2 : 8;
        if (end - start < lengthBytes + keyBytes) return at;
        const high = lengthBytes === 2 ? 0 : readUint32(chunk, start);
        const low = lengthBytes === 2 ? (chunk[start]! << 8) | chunk[start + 1]! : readUint32(chunk, start + 4);
        const code = this.#checkLength(lengthBytes, high, low);
        if (code !== undefined) return this.#fault(code, at + 2);
        length = high * 0x1_0000_0000 + low;
        start += lengthBytes;
      }
      let key = 0;
      if (isMasked) {
        key = chunk[start]! | (chunk[start + 1]! << 8) | (chunk[start + 2]! << 16) | (chunk[start + 3]! << 24);
        start += 4;
      }
      if ((firstByte & 0x8) === 0) this.#messageInProgress = (firstByte & finBit) === 0;
      const verdict = sink.frame(firstByte, length);
      if (verdict !== undefined) return verdict === "stop" ? verdict : this.#fault(verdict.code, at);

      if (length > end - start) {
        // The rest of the payload is in the chunks to come.
        this.#firstByte = firstByte;
        this.#frameStart = this.#received + at;
        this.#key = key;
        this.#remaining = length;
        this.#inPayload = true;
        return start;
      }
      const stop = start + length;
      if (key !== 0) this.#applyMask(chunk, start, stop, key);
      const outcome = sink.payload(chunk, start, stop, true);
      if (outcome !== undefined) return outcome === "stop" ? outcome : this.#fault(outcome.code, outcome.index ?? at);
      at = stop;
    }
    return at;
  }

  /** A part of the payload in progress, which may be its end. */
  #payload(chunk: Uint8Array, start: number, stop: number): FrameFault | "stop" | undefined {
    const length = stop - start;
    if (this.#key !== 0) {
      this.#applyMask(chunk, start, stop, this.#key);
      this.#key = rotateKey(this.#key, length);
    }
    this.#remaining -= length;
    const last = this.#remaining === 0;
    this.#inPayload = !last;
    const outcome = this.#sink.payload(chunk, start, stop, last);
    if (outcome === undefined || outcome === "stop") return outcome;
    const offset = outcome.index === undefined ? this.#frameStart : this.#received + outcome.index;
    return { code: outcome.code, offset };
  }

  /** One byte of a header that is cut between chunks. */
  #headerByte(byte: number, offset: number): FrameFault | "stop" | undefined {
    const index = this.#headerBytes++;
    if (index === 0) {
      this.#firstByte = byte;
      this.#frameStart = offset;
      const code = checkFirstByte(byte, this.#options.ownedRsv ?? 0, this.#messageInProgress);
      return code === undefined ? undefined : { code, offset };
    }
    if (index === 1) {
      const code = checkSecondByte(this.#firstByte, byte, this.#options.role);
      if (code !== undefined) return { code, offset };
      const length = byte & lengthBits;
      this.#lengthBytes = length < length16 ? 0 : length === length16 ? 2 : 8;
      this.#lengthHigh = 0;
      this.#lengthLow = this.#lengthBytes === 0 ? length : 0;
      this.#key = 0;
    } else if (index < 2 + this.#lengthBytes) {
      // The first four of eight bytes are the high word.
      if (this.#lengthBytes === 8 && index < 6) this.#lengthHigh = this.#lengthHigh * 256 + byte;
      else this.#lengthLow = this.#lengthLow * 256 + byte;
      if (index === 1 + this.#lengthBytes) {
        const code = this.#checkLength(this.#lengthBytes as 2 | 8, this.#lengthHigh, this.#lengthLow);
        if (code !== undefined) return { code, offset: offset + 1 - this.#lengthBytes };
      }
    } else {
      this.#key |= byte << ((index - 2 - this.#lengthBytes) << 3);
    }
    const keyBytes = this.#options.role === "server" ? 4 : 0;
    if (this.#headerBytes < 2 + this.#lengthBytes + keyBytes) return undefined;

    this.#headerBytes = 0;
    if (!isControl(this.#firstByte)) this.#messageInProgress = (this.#firstByte & finBit) === 0;
    this.#remaining = this.#lengthHigh * 0x1_0000_0000 + this.#lengthLow;
    this.#inPayload = true;
    const verdict = this.#sink.frame(this.#firstByte, this.#remaining);
    if (verdict === undefined || verdict === "stop") return verdict;
    return { code: verdict.code, offset: this.#frameStart };
  }

  #checkLength(lengthBytes: 2 | 8, high: number, low: number): ViolationCode | undefined {
    const isTolerant = this.#options.tolerateNonMinimalLength === true;
    const code = checkExtendedLength(lengthBytes, high, low, !isTolerant);
    if (isTolerant && checkExtendedLength(lengthBytes, high, low, true) !== code) this.#tolerated = true;
    return code;
  }

  #applyMask(chunk: Uint8Array, start: number, end: number, key: MaskingKey): void {
    const { unmask } = this.#options;
    if (unmask !== undefined && end - start >= unmaskThreshold) unmask(chunk, start, end, key);
    else mask(chunk, start, end, key);
  }

  #fault(code: ViolationCode, index: number): FrameFault {
    return { code, offset: this.#received + index };
  }
}

function readUint32(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}
