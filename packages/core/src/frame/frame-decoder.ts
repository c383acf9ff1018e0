/**
 * Frames out of bytes (RFC 6455 §5.2), cut anywhere. Checks each header by `rules`, unmasks payload where it lies, and
 * hands it on in ranges; holds at most an incomplete header and never a byte of payload.
 *
 * A header that lies whole in the chunk is parsed at once; one that is cut goes through `#headerByte`, byte by byte.
 * Both apply the same rules in the same order, which tests/properties/chunking.test.ts holds them to.
 */
import { forgetWords } from "../bytes/words.ts";
import { noObject } from "../callback-result.ts";
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
  /**
   * A legal header arrived: its first byte (FIN, RSV1–3, opcode), and the bytes of payload that follow. With "slices" the
   * payload comes in short ranges: what a sink makes of one may be a thousand times as long.
   */
  frame(firstByte: number, length: number): SinkVerdict | "slices";
  /**
   * Unmasked payload, `bytes[start, end)`. `last` is true exactly once a frame, also when the payload is empty. With "rest"
   * the decoder leaves what follows in the chunk for later.
   */
  payload(bytes: Uint8Array, start: number, end: number, last: boolean): SinkVerdict | "rest";
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

/** DEFLATE makes at most 1032 bytes of one, so 4 MiB of a slice; a call of zlib for less costs more than it does. */
export const longestSlice = 4096;

/** Decodes the frames of one peer. Not usable after a fault or a stop. */
export class FrameDecoder {
  readonly #sink: FrameSink;
  /** Held as they are, since many decoders share them. */
  readonly #options: FrameDecoderOptions;

  /** Bytes decoded before this chunk. */
  #received = 0;
  #taken = 0;
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
  #isSliced = false;
  #sliceLength = longestSlice;
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

  /** Bytes decoded so far, and those of a chunk behind the fault or the stop in it. */
  get received(): number {
    return this.#received;
  }

  /** Whether a data message has begun and not ended. */
  get isWithinMessage(): boolean {
    return this.#messageInProgress || (this.#inPayload && !isControl(this.#firstByte));
  }

  /** Bytes of the latest chunk that count as received: fewer than all only where the sink said "rest". */
  get taken(): number {
    return this.#taken;
  }

  /**
   * Decodes `chunk`, unmasking in place. Returns the fault that ended it, "stop" when the sink said so, or undefined. What
   * lies behind `taken` is as it was, and is to be given again, first. `sliceLength` is that of ranges for a sink that asks
   * for "slices".
   */
  decode(chunk: Uint8Array, sliceLength: number = longestSlice): FrameFault | "stop" | undefined {
    this.#sliceLength = sliceLength;
    const outcome = this.#decode(chunk);
    forgetWords();
    this.#taken = typeof outcome === "number" ? outcome : chunk.length;
    this.#received += this.#taken;
    return typeof outcome === "number" ? undefined : outcome;
  }

  /** Returns how many bytes were decoded, or the fault or "stop" that ends decoding. */
  #decode(chunk: Uint8Array): number | FrameFault | "stop" {
    const end = chunk.length;
    let at = 0;
    while (at < end) {
      if (this.#inPayload) {
        const length = this.#isSliced ? Math.min(this.#remaining, this.#sliceLength) : this.#remaining;
        const stop = Math.min(end, at + length);
        const verdict = this.#payload(chunk, at, stop);
        at = stop;
        if (verdict === "rest") break;
        if (verdict !== undefined) return verdict;
        continue;
      }
      if (this.#headerBytes === 0) {
        const next = this.#wholeFrames(chunk, at);
        if (typeof next !== "number") return next;
        if (next < 0) return ~next;
        at = next;
        if (at === end || this.#inPayload) continue;
      }
      const verdict = this.#headerByte(chunk[at]!, this.#received + at);
      if (verdict !== undefined) return verdict;
      at++;
      // An empty payload has no byte to bring it on.
      if (this.#inPayload && this.#remaining === 0) {
        const empty = this.#payload(chunk, at, at);
        if (empty === "rest") break;
        if (empty !== undefined) return empty;
      }
    }
    return at;
  }

  /**
   * The frames from `at` whose headers lie whole in the chunk. Returns where the rest begins, which is within a payload,
   * at a header that is cut, or at the end; its complement where the sink has said "rest".
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
      const isSliced = verdict === "slices";
      if (verdict !== undefined && !isSliced) return verdict === "stop" ? verdict : this.#fault(verdict.code, at);

      if (length > end - start || (isSliced && length > this.#sliceLength)) {
        // The rest of the payload is in the chunks to come, or is taken one slice after the other.
        this.#isSliced = isSliced;
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
      if (outcome !== undefined) {
        if (outcome === "rest") return ~stop;
        return outcome === "stop" ? outcome : this.#fault(outcome.code, outcome.index ?? at);
      }
      at = stop;
    }
    return at;
  }

  /** A part of the payload in progress, which may be its end. */
  #payload(chunk: Uint8Array, start: number, stop: number): FrameFault | "stop" | "rest" | undefined {
    const length = stop - start;
    if (this.#key !== 0) {
      this.#applyMask(chunk, start, stop, this.#key);
      this.#key = rotateKey(this.#key, length);
    }
    this.#remaining -= length;
    const last = this.#remaining === 0;
    this.#inPayload = !last;
    const outcome = this.#sink.payload(chunk, start, stop, last);
    if (outcome === undefined || typeof outcome === "string") return outcome;
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
    this.#isSliced = verdict === "slices";
    if (verdict === undefined || verdict === "slices") return undefined;
    if (verdict === "stop") return verdict;
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
    if (unmask !== undefined && end - start >= unmaskThreshold) {
      noObject("unmask", unmask(chunk, start, end, key));
    } else mask(chunk, start, end, key);
  }

  #fault(code: ViolationCode, index: number): FrameFault {
    return { code, offset: this.#received + index };
  }
}

function readUint32(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}
