/**
 * Assembles messages from frames (RFC 6455 §5.4, §5.6): joins fragments, undoes extensions, validates text as it arrives
 * (§8.1) and checks every message against the limits before storing any of it. Control frames, which may come between
 * fragments (§5.5), are passed on as soon as they are complete.
 */
import { copyOf, plainBytes } from "../bytes/byte-arrays.ts";
import { continueUtf8, decodeText, decodeValidText, isUtf8 } from "../bytes/text-decode.ts";
import { skipAscii, utf8Boundary, validateUtf8 } from "../bytes/utf8.ts";
import type { FrameSink, SinkVerdict } from "../frame/frame-decoder.ts";
import { continuation, finBit, isControl, maxControlPayload, opcodeBits, rsvBits, text } from "../frame/header.ts";
import type { ActiveTransform } from "../vocabulary/extension.ts";
import { encodedMessageLimit, type Limits } from "../vocabulary/limits.ts";
import type { NativeFunctions } from "../vocabulary/native-functions.ts";
import type { MessageKind } from "../vocabulary/terms.ts";
import type { Fault } from "../vocabulary/violation.ts";
import { ByteStore } from "./byte-store.ts";
import { DecodePipeline } from "./decode-pipeline.ts";
import { longestCarved, Slab } from "./slab.ts";

/** Whether messages are delivered whole, or in parts as their bytes arrive. */
export type Delivery = "messages" | "pieces";

/** Receives assembled messages and control frames. Ranges may be kept; nobody else writes to them. */
export interface AssemblerSink {
  /** Whether whole text messages are passed on as bytes. */
  readonly takesTextBytes: boolean;
  text(data: string): void;
  textBytes(bytes: Uint8Array, start: number, end: number): void;
  binary(bytes: Uint8Array, start: number, end: number): void;
  piece(kind: MessageKind, bytes: Uint8Array, start: number, end: number, final: boolean): void;
  /** A control frame. `payload` is a new array. */
  control(opcode: number, payload: Uint8Array): SinkVerdict;
}

/** Options of an `Assembler`. */
export interface AssemblerOptions {
  readonly delivery: Delivery;
  readonly limits: Limits;
  readonly native: NativeFunctions;
  /** In the order of the agreement. */
  readonly transforms: readonly ActiveTransform[];
}

// Work units in addition to one unit per byte: about nanoseconds with Node 20 on a server of 2024. What the application
// does with a message is unknown; only the call that delivers it is counted.
const frameWork = 50;
const controlFrameWork = 500;
const messageWork = 250;
/** Per byte as encoded by the peer's extensions: what zlib takes for a byte of text. */
const encodedByteWork = 8;
/** Beginning and ending a message within a transform. */
const encodedMessageWork = 4_000;
/** Per call of a transform's sink, even with an empty range: zlib needs that long for a block without content. */
const transformCallWork = 500;

/** Assembles the messages of one peer. */
export class Assembler implements FrameSink {
  /** Units of work done so far. The caller sets it to 0 before passing bytes. */
  work = 0;
  /** Work after which the decoder is asked to rest. */
  budget: number = Number.POSITIVE_INFINITY;

  readonly #sink: AssemblerSink;
  /** Referenced, not copied, because many assemblers share one options object. */
  readonly #options: AssemblerOptions;
  readonly #pipeline: DecodePipeline | undefined;

  #messages = 0;

  // The message in progress.
  #kind: MessageKind = "text";
  #fragments = 0;
  /** Bytes delivered or stored, after extensions were undone. */
  #length = 0;
  #transformed = false;
  /** Bytes of a transformed message, before extensions are undone. */
  #encodedLength = 0;
  #utf8 = utf8Boundary;
  /** Whether the text so far is ASCII, which has a faster decoder. */
  #ascii = true;
  #store: ByteStore | undefined;
  #slab: Slab | undefined;

  // The frame in progress.
  #opcode = 0;
  #final = false;
  /** Length of the message up to the end of the frame, before extensions are undone. */
  #total = 0;
  /** Payload of a control frame that arrives in pieces. */
  #controlPayload: Uint8Array | undefined;
  #controlLength = 0;

  /** A violation in transformed payload. It is found inside the transform, which cannot pass on a verdict. */
  #transformedFault: Fault | undefined;

  /** `options` must not change afterwards. */
  constructor(sink: AssemblerSink, options: AssemblerOptions) {
    this.#sink = sink;
    this.#options = options;
    if (options.transforms.length > 0) {
      this.#pipeline = new DecodePipeline(options.transforms, (bytes, start, end) =>
        this.#acceptTransformed(bytes, start, end),
      );
    }
  }

  /** Number of data messages whose first frame has arrived. */
  get messagesReceived(): number {
    return this.#messages;
  }

  /** Whether nothing is kept between messages: no extension, and no memory. The decoder must be at rest. */
  get isAtRest(): boolean {
    return this.#pipeline === undefined && (this.#slab === undefined || this.#slab.heldLength === 0);
  }

  /** Begins a part of a stream of which `messages` were received before. The assembler must be at rest. */
  begin(messages: number): void {
    this.#messages = messages;
  }

  /** Memory in bytes held between chunks: the message in progress, and the rest of the slab for short messages. */
  get heldLength(): number {
    return (this.#store?.heldLength ?? 0) + (this.#slab?.heldLength ?? 0);
  }

  /** Releases the message in progress, because nothing more will be received. */
  release(): void {
    this.#store = undefined;
    this.#slab = undefined;
    this.#controlPayload = undefined;
  }

  frame(firstByte: number, length: number): SinkVerdict | "slices" {
    const { limits } = this.#options;
    const opcode = firstByte & opcodeBits;
    this.#opcode = opcode;
    if (isControl(opcode)) {
      this.work += controlFrameWork;
      this.#controlLength = 0;
      return undefined;
    }
    this.work += frameWork;
    this.#final = (firstByte & finBit) !== 0;
    if (opcode !== continuation) {
      this.#kind = opcode === text ? "text" : "binary";
      this.#messages++;
      this.#fragments = 0;
      this.#length = 0;
      this.#ascii = true;
      if (this.#pipeline !== undefined) {
        this.#transformed = this.#pipeline.begin(this.#kind, firstByte & rsvBits);
        this.#encodedLength = 0;
      }
    }
    this.#total = this.#length + length;
    // RFC 6455 §10.4: check limits on frames and messages before a byte of payload is stored.
    if (length > limits.frame) return tooBigFrame;
    if (!this.#transformed && this.#total > limits.message) return tooBigMessage;
    if (++this.#fragments > limits.fragments) return tooManyFragments;
    return this.#transformed ? "slices" : undefined;
  }

  payload(bytes: Uint8Array, start: number, end: number, last: boolean): SinkVerdict | "rest" {
    this.work += end - start;
    const verdict = this.#take(bytes, start, end, last);
    return verdict === undefined && this.work >= this.budget ? "rest" : verdict;
  }

  #take(bytes: Uint8Array, start: number, end: number, last: boolean): SinkVerdict {
    if (isControl(this.#opcode)) return this.#acceptControl(bytes, start, end, last);
    const final = last && this.#final;
    if (this.#transformed) return this.#acceptEncoded(bytes, start, end, final);
    // A message that is complete within its chunk needs no state.
    if (final && this.#length === 0 && this.#options.delivery === "messages")
      return this.#deliverWhole(bytes, start, end);
    return this.#accept(bytes, start, end, final, true, !last);
  }

  /** Ends a chunk: copies what must be kept, so that no small part keeps the whole chunk alive. */
  endChunk(): void {
    this.#store?.settle();
  }

  #deliverWhole(bytes: Uint8Array, start: number, end: number): Fault | undefined {
    this.work += messageWork;
    if (this.#kind === "binary") {
      this.#sink.binary(bytes, start, end);
      return undefined;
    }
    const { native } = this.#options;
    if (this.#sink.takesTextBytes) {
      if (!isUtf8(bytes, start, end, native)) return invalidText(bytes, start, end);
      this.#sink.textBytes(bytes, start, end);
      return undefined;
    }
    const data = decodeText(bytes, start, end, native);
    if (data === undefined) return invalidText(bytes, start, end);
    this.#sink.text(data);
    return undefined;
  }

  /**
   * Handles a part of a message that is not complete within its chunk. `stays` is whether the range will not change,
   * `endsChunk` whether it is the last of its chunk.
   */
  #accept(
    bytes: Uint8Array,
    start: number,
    end: number,
    final: boolean,
    stays: boolean,
    endsChunk: boolean,
  ): Fault | undefined {
    this.#length += end - start;
    if (this.#kind === "text") {
      // RFC 6455 §8.1, as early as possible: the first invalid byte fails the connection.
      this.#validate(bytes, start, end);
      if (this.#utf8 < 0) return { code: "message/utf8-invalid", offset: ~this.#utf8 };
      if (final && this.#utf8 !== utf8Boundary) return { code: "message/utf8-truncated", offset: end };
    }
    if (this.#options.delivery === "pieces") {
      // An empty part that is not final carries no information.
      if (end > start || final) {
        this.work += messageWork;
        if (stays) this.#sink.piece(this.#kind, bytes, start, end, final);
        else this.#sink.piece(this.#kind, bytes.slice(start, end), 0, end - start, final);
      }
      return undefined;
    }
    if (end > start) {
      this.#store ??= new ByteStore();
      if ((final || this.#total > longestCarved) && this.#final && this.#kind === "binary" && !this.#transformed) {
        this.#slab ??= new Slab();
        this.#store.expect(this.#total, end - start, this.#slab);
      }
      this.#store.append(bytes, start, end, stays, endsChunk);
    }
    if (final) this.#deliverStored();
    return undefined;
  }

  #validate(bytes: Uint8Array, start: number, end: number): void {
    let at = start;
    if (this.#ascii) {
      at = skipAscii(bytes, start, end);
      if (at === end) return;
      this.#ascii = false;
    }
    this.#utf8 = continueUtf8(this.#utf8, bytes, at, end, this.#options.native);
  }

  #deliverStored(): void {
    this.#store ??= new ByteStore();
    const store = this.#store;
    const { length } = store;
    // The bytes are copied or decoded.
    this.work += messageWork + length;
    if (this.#kind === "text" && !this.#sink.takesTextBytes) {
      this.#sink.text(decodeValidText(store.joinBriefly(), 0, length, this.#ascii, this.#options.native));
      return;
    }
    this.#slab ??= new Slab();
    const joined = store.join(this.#slab);
    if (this.#kind === "text") this.#sink.textBytes(joined, 0, length);
    else this.#sink.binary(joined, 0, length);
  }

  /** Handles payload as encoded by the peer's extensions. Their output goes to `#acceptTransformed`. */
  #acceptEncoded(bytes: Uint8Array, start: number, end: number, final: boolean): SinkVerdict {
    const pipeline = this.#pipeline!;
    this.work += (end - start) * encodedByteWork;
    if (final) this.work += encodedMessageWork;
    // Decode the bytes within the limit even so: they may contain another violation, and chunking must not affect which is found.
    const room = encodedMessageLimit(this.#options.limits) - this.#encodedLength;
    const stop = Math.min(end, start + room);
    this.#encodedLength += end - start;
    let violation = stop > start ? pipeline.push(bytes, start, stop) : undefined;
    if (stop < end && violation === undefined && this.#transformedFault === undefined) return tooBigEncoded;
    if (violation === undefined && this.#transformedFault === undefined && final) violation = pipeline.end();
    // A position in decoded bytes has no counterpart in the received bytes, so these violations are attributed to the frame.
    if (this.#transformedFault !== undefined) return { code: this.#transformedFault.code };
    if (violation !== undefined) return { code: violation };
    if (!final) return undefined;
    const verdict = this.#accept(bytes, end, end, true, true, false);
    return verdict === undefined ? undefined : { code: verdict.code };
  }

  #acceptTransformed(bytes: Uint8Array, start: number, end: number): boolean {
    if (this.#transformedFault !== undefined) return false;
    this.work += transformCallWork + end - start;
    if (start === end) return true;
    // Check during decoding and before storing: a small message may decode to a very large one.
    if (this.#length + end - start > this.#options.limits.message) {
      this.#transformedFault = tooBigMessage;
      return false;
    }
    this.#transformedFault = this.#accept(plainBytes(bytes), start, end, false, false, false);
    return this.#transformedFault === undefined;
  }

  #acceptControl(bytes: Uint8Array, start: number, end: number, last: boolean): SinkVerdict {
    if (last && this.#controlLength === 0) return this.#sink.control(this.#opcode, copyOf(bytes, start, end));
    this.#controlPayload ??= new Uint8Array(maxControlPayload);
    for (let index = start; index < end; index++) this.#controlPayload[this.#controlLength++] = bytes[index]!;
    if (!last) return undefined;
    const payload = this.#controlPayload.slice(0, this.#controlLength);
    this.#controlPayload = undefined;
    return this.#sink.control(this.#opcode, payload);
  }
}

const tooBigFrame: Fault = { code: "frame/too-big" };
const tooBigMessage: Fault = { code: "message/too-big" };
const tooBigEncoded: Fault = { code: "message/encoded-too-big" };
const tooManyFragments: Fault = { code: "message/too-many-fragments" };

/** Finds the offending byte in text that did not decode. */
function invalidText(bytes: Uint8Array, start: number, end: number): Fault {
  const state = validateUtf8(utf8Boundary, bytes, start, end);
  return state < 0 ? { code: "message/utf8-invalid", offset: ~state } : { code: "message/utf8-truncated", offset: end };
}
