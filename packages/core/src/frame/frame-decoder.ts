/**
 * Decodes frames from bytes that may be split anywhere (RFC 6455 §5.2). Checks each header against `rules`, unmasks the
 * payload in place and passes it on in ranges. Buffers at most an incomplete header, never a byte of payload.
 *
 * A header that is complete within its chunk is parsed at once; a header split between chunks goes through
 * `#headerByte`, byte by byte. Both apply the same rules in the same order, as tests/properties/chunking.test.ts
 * verifies.
 */
import { releaseViews } from "../bytes/view-cache.ts";
import type { Role } from "../vocabulary/terms.ts";
import type { ConnectionViolationCode, Fault } from "../vocabulary/violation.ts";
import { finBit, isControl, length16, lengthBits, maskBit } from "./header.ts";
import { type MaskingKey, mask, rotateKey } from "./mask.ts";
import { checkExtendedLength, checkFirstByte, checkSecondByte } from "./rules.ts";

/**
 * Result of a sink call: continue (undefined), stop decoding for good, or fail. The offset of a fault is an index of the array
 * passed in.
 */
export type SinkVerdict = Fault | "stop" | undefined;

/** Receives decoded frames, in wire order. */
export interface FrameSink {
  /**
   * Called after a legal header, with its first byte (FIN, RSV1–3, opcode) and the bytes of payload that follow. After
   * "slices" the payload is passed in short ranges, because the sink may expand one a thousandfold.
   */
  frame(firstByte: number, length: number): SinkVerdict | "slices";
  /**
   * Called with unmasked payload, `bytes[start, end)`. `last` is true exactly once per frame, even if the payload is
   * empty. After "rest" the decoder leaves the rest of the chunk for later.
   */
  payload(bytes: Uint8Array, start: number, end: number, last: boolean): SinkVerdict | "rest";
}

/** A fault whose offset counts from the first byte that the decoder received. */
export interface FrameFault extends Fault {
  readonly offset: number;
  /** The first byte of the frame, where its bits are the fault. */
  readonly firstByte?: number;
}

/** Options of a `FrameDecoder`. */
export interface FrameDecoderOptions {
  /** Our own role: a server expects masked frames, a client unmasked ones (RFC 6455 §5.1). */
  readonly role: Role;
  /** RSV bits owned by agreed extensions, at their position in the first byte. None by default. */
  readonly ownedRsv?: number;
  /** Whether to accept lengths in more bytes than needed (the leniency `non-minimal-length`). */
  readonly tolerateNonMinimalLength?: boolean;
  /** A faster function to unmask payloads of 4 KiB and more, if the runtime has one. */
  readonly unmask?: ((bytes: Uint8Array, start: number, end: number, key: MaskingKey) => void) | undefined;
}

// A foreign function costs about 90 ns per call, and pays off only for long payloads.
const unmaskThreshold = 4096;

/** DEFLATE expands a byte to at most 1032 bytes, so a slice to 4 MiB. For shorter slices the call of zlib would dominate. */
export const longestSlice = 4096;

/** RFC 6455 §5.2: two bytes, eight of length, and four of the key. */
const longestHeader = 14;

/** Longer chunks are decoded in parts, so that every index is a small integer of the engine, and bitwise operators apply to it. */
const longestPart = 2 ** 30;

/** Decodes the frames of one peer. Not usable after a fault or a stop. */
export class FrameDecoder {
  readonly #sink: FrameSink;
  /** Referenced, not copied, because many decoders share one options object. */
  readonly #options: FrameDecoderOptions;

  /** Bytes decoded before the current chunk. */
  #received = 0;
  #taken = 0;
  #messageInProgress = false;
  #tolerated = false;

  /** The first `#splitLength` bytes of a header whose rest is in later chunks; undefined otherwise. */
  #split: Uint8Array | undefined;
  #splitLength = 0;

  // The payload in progress: `#inPayload` is true from the end of its header to its last byte. `#key` is aligned to the
  // next byte.
  #inPayload = false;
  #firstByte = 0;
  #key: MaskingKey = 0;
  #isSliced = false;
  #sliceLength = longestSlice;
  #remaining = 0;
  /** Offset of the first byte of the frame in progress. */
  #frameStart = 0;

  /** `options` must not change afterwards. */
  constructor(sink: FrameSink, options: FrameDecoderOptions) {
    this.#sink = sink;
    this.#options = options;
  }

  /** Whether the leniency was needed so far. */
  get toleratedNonMinimalLength(): boolean {
    return this.#tolerated;
  }

  /** Bytes decoded so far, including the rest of a chunk after a fault or a stop. */
  get received(): number {
    return this.#received;
  }

  /** Whether a data message has begun and not ended. */
  get isWithinMessage(): boolean {
    return this.#messageInProgress || (this.#inPayload && !isControl(this.#firstByte));
  }

  /** Whether the next byte is the first of a message, or of a control frame between messages, so that `begin` may be called. */
  get isAtRest(): boolean {
    return this.#split === undefined && !this.#inPayload && !this.#messageInProgress;
  }

  /**
   * Begins a part of a stream, of which `received` bytes, up to a place at rest, were decoded before, by this decoder or another:
   * so one decoder serves several streams in turn. The decoder must be at rest.
   */
  begin(received: number): void {
    this.#received = received;
    this.#tolerated = false;
  }

  /** Bytes of the latest chunk that count as received: fewer than all only after the sink returned "rest". */
  get taken(): number {
    return this.#taken;
  }

  /**
   * Decodes `chunk`, unmasking in place. Returns the fault that ended decoding, "stop" if the sink returned it, or
   * undefined. Bytes after `taken` are unchanged and must be passed again first. `sliceLength` is the length of ranges
   * for a sink that returns "slices".
   */
  decode(chunk: Uint8Array, sliceLength: number = longestSlice): FrameFault | "stop" | undefined {
    this.#sliceLength = sliceLength;
    if (chunk.length <= longestPart) return this.#decodePart(chunk);
    let taken = 0;
    while (taken < chunk.length) {
      const part = chunk.subarray(taken, taken + longestPart);
      const outcome = this.#decodePart(part);
      taken += this.#taken;
      if (outcome !== undefined || this.#taken < part.length) {
        // As for a short chunk, all of it counts as received after a fault or a stop.
        this.#taken = outcome === undefined ? taken : chunk.length;
        return outcome;
      }
    }
    this.#taken = taken;
    return undefined;
  }

  /** Decodes a chunk of at most `longestPart` bytes. */
  #decodePart(chunk: Uint8Array): FrameFault | "stop" | undefined {
    const outcome = this.#decode(chunk);
    releaseViews();
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
        // An index as an integer of the engine: lengths may be floating-point numbers, and every loop over the payload would be.
        const stop = Math.min(end, at + length) >>> 0;
        const verdict = this.#payload(chunk, at, stop);
        at = stop;
        if (verdict === "rest") break;
        if (verdict !== undefined) return verdict;
        continue;
      }
      const split = this.#split;
      if (split === undefined) {
        const next = this.#frames(chunk, at, end, this.#received);
        if (typeof next !== "number") return next;
        if (next < 0) return ~next;
        at = next;
        if (at === end || this.#inPayload) continue;
        // Not kept for the next one: an empty payload that is passed on is a range of it.
        this.#split = new Uint8Array(longestHeader);
        for (this.#splitLength = 0; at < end; at++) this.#split[this.#splitLength++] = chunk[at]!;
        break;
      }
      split[this.#splitLength++] = chunk[at++]!;
      const next = this.#frames(split, 0, this.#splitLength, this.#received + at - this.#splitLength);
      if (typeof next !== "number") return next;
      if (next !== 0) this.#split = undefined;
      if (next < 0) break;
    }
    return at;
  }

  /**
   * Decodes the frames from `from` whose headers are complete before `end`. `base` is the offset of `bytes[0]`. Returns where the rest
   * begins: within a payload, at an incomplete header, of which all bytes that are there are legal, or at the end. Returns the bitwise
   * complement of that index if the sink returned "rest".
   */
  #frames(bytes: Uint8Array, from: number, end: number, base: number): number | FrameFault | "stop" {
    const options = this.#options;
    const isMasked = options.role === "server";
    const keyBytes = isMasked ? 4 : 0;
    const expectedMask = isMasked ? maskBit : 0;
    const sink = this.#sink;
    let at = from;
    while (end - at >= 2) {
      const firstByte = bytes[at]!;
      const secondByte = bytes[at + 1]!;
      // Unfragmented text and binary frames without RSV bits, between messages, are legal by their first byte alone.
      if ((firstByte !== 0x81 && firstByte !== 0x82) || this.#messageInProgress) {
        const code = checkFirstByte(firstByte, options.ownedRsv ?? 0, this.#messageInProgress);
        if (code !== undefined) return firstByteFault(code, base + at, firstByte);
      }
      let length = secondByte & lengthBits;
      if ((secondByte & maskBit) !== expectedMask || length >= length16) {
        const code = checkSecondByte(firstByte, secondByte, options.role);
        if (code !== undefined) return { code, offset: base + at + 1 };
      }
      let start = at + 2;
      if (length >= length16) {
        const lengthBytes = length === length16 ? 2 : 8;
        if (end - start < lengthBytes) return at;
        const high = lengthBytes === 2 ? 0 : readUint32(bytes, start);
        const low = lengthBytes === 2 ? (bytes[start]! << 8) | bytes[start + 1]! : readUint32(bytes, start + 4);
        const code = this.#checkLength(lengthBytes, high, low);
        if (code !== undefined) return { code, offset: base + at + 2 };
        length = lengthOf(high, low);
        start += lengthBytes;
      }
      let key = 0;
      if (isMasked) {
        if (end - start < keyBytes) return at;
        key = bytes[start]! | (bytes[start + 1]! << 8) | (bytes[start + 2]! << 16) | (bytes[start + 3]! << 24);
        start += 4;
      }
      if ((firstByte & 0x8) === 0) this.#messageInProgress = (firstByte & finBit) === 0;
      const verdict = sink.frame(firstByte, length);
      const isSliced = verdict === "slices";
      if (verdict !== undefined && !isSliced)
        return verdict === "stop" ? verdict : { code: verdict.code, offset: base + at };

      if (length > end - start || (isSliced && length > this.#sliceLength)) {
        // The rest of the payload is in later chunks, or is passed on slice by slice.
        this.#isSliced = isSliced;
        this.#firstByte = firstByte;
        this.#frameStart = base + at;
        this.#key = key;
        this.#remaining = length;
        this.#inPayload = true;
        return start;
      }
      const stop = (start + length) >>> 0;
      if (key !== 0) this.#applyMask(bytes, start, stop, key);
      const outcome = sink.payload(bytes, start, stop, true);
      if (outcome !== undefined) {
        if (outcome === "rest") return ~stop;
        return outcome === "stop" ? outcome : { code: outcome.code, offset: base + (outcome.offset ?? at) };
      }
      at = stop;
    }
    if (at < end) {
      const firstByte = bytes[at]!;
      const code = checkFirstByte(firstByte, options.ownedRsv ?? 0, this.#messageInProgress);
      if (code !== undefined) return firstByteFault(code, base + at, firstByte);
    }
    return at;
  }

  /** Passes on a part of the payload in progress, possibly the last. */
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
    const offset = outcome.offset === undefined ? this.#frameStart : this.#received + outcome.offset;
    return { code: outcome.code, offset };
  }

  #checkLength(lengthBytes: 2 | 8, high: number, low: number): ConnectionViolationCode | undefined {
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
}

function firstByteFault(code: ConnectionViolationCode, offset: number, firstByte: number): FrameFault {
  const isTold = code === "frame/rsv-unowned" || code === "frame/opcode-reserved";
  return isTold ? { code, offset, firstByte } : { code, offset };
}

/**
 * Returns a length of two words. Multiplied, even a short one would be a floating-point number for V8, and so would all that is
 * computed from it: validating text took up to three times as long (bench/decode-task.ts, workload fragk).
 */
function lengthOf(high: number, low: number): number {
  return high === 0 ? low : high * 0x1_0000_0000 + low;
}

function readUint32(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}
