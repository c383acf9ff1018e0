/**
 * Messages out of frames (RFC 6455 §5.4, §5.6): joins fragments, undoes extensions, validates text as it arrives (§8.1),
 * and holds every message to the limits before any of it is stored. Control frames, which may stand between the
 * fragments (§5.5), are handed on as soon as they are whole.
 */
import { copyOf } from "../bytes/copy-of.ts";
import { plainBytes } from "../bytes/plain-bytes.ts";
import { continueUtf8, decodeText, decodeValidText } from "../bytes/text-decode.ts";
import { skipAscii, utf8Boundary, validateUtf8 } from "../bytes/utf8.ts";
import type { FrameSink, SinkFault, SinkVerdict } from "../frame/frame-decoder.ts";
import { finBit, maxControlPayload, opcodeBits, rsvBits } from "../frame/header.ts";
import { continuation, isControl, text } from "../frame/opcode.ts";
import type { HostFunctions } from "../host.ts";
import { encodedMessageLimit, type Limits } from "../limits.ts";
import type { MessageKind } from "../message-kind.ts";
import { ByteStore } from "./byte-store.ts";
import { type ActiveTransform, DecodePipeline } from "./decode-pipeline.ts";
import { Slab } from "./slab.ts";

/** Whether messages are delivered whole, or in parts as their bytes arrive. */
export type Delivery = "messages" | "fragments";

/** Takes what was assembled. Ranges may be kept; nobody else writes to them. */
export interface MessageSink {
  text(data: string): void;
  binary(bytes: Uint8Array, start: number, end: number): void;
  fragment(kind: MessageKind, bytes: Uint8Array, start: number, end: number, final: boolean): void;
}

/** Takes control frames; `payload` is an array of its own. */
export type ControlSink = (opcode: number, payload: Uint8Array) => SinkVerdict;

/** How to assemble. */
export interface AssemblerOptions {
  readonly delivery: Delivery;
  readonly limits: Limits;
  readonly host: HostFunctions;
  /** In the order of the agreement. */
  readonly transforms: readonly ActiveTransform[];
}

// What things cost besides their bytes, which are one unit each: about nanoseconds, of Node 20 on a server of 2024. What an
// application does with a message is not known; that it is told of it is counted.
const frameWork = 50;
const controlFrameWork = 500;
const messageWork = 250;
/** Of a byte as the peer's extensions made it: what zlib takes for one of text. */
const encodedByteWork = 8;
/** The ends of a message within a transform. */
const encodedMessageWork = 4_000;
/** What a transform hands over at a time, nothing included: a block of zlib that holds nothing takes so long. */
const transformCallWork = 500;

/** Assembles the messages of one peer. */
export class Assembler implements FrameSink {
  /** Where messages go. Set anew for each chunk, so that nothing stands between it and the assembler. */
  sink: MessageSink | undefined;

  /** Units of work that the calls have cost so far; whoever gives bytes sets it to 0 before. */
  work = 0;
  /** How much of it is enough: then the decoder is told to rest. */
  budget: number = Number.POSITIVE_INFINITY;

  readonly #control: ControlSink;
  /** Held as they are, since many assemblers share them. */
  readonly #options: AssemblerOptions;
  readonly #pipeline: DecodePipeline | undefined;

  #messages = 0;

  // The message in progress.
  #kind: MessageKind = "text";
  #fragments = 0;
  /** Bytes delivered or stored, after extensions. */
  #length = 0;
  #transformed = false;
  /** Bytes of a transformed message, before extensions are undone. */
  #encodedLength = 0;
  #utf8 = utf8Boundary;
  /** Whether the text so far is ASCII, which is decoded in another way. */
  #ascii = true;
  #store: ByteStore | undefined;
  #slab: Slab | undefined;

  // The frame in progress.
  #opcode = 0;
  #final = false;
  /** The payload of a control frame that came in pieces. */
  #controlPayload: Uint8Array | undefined;
  #controlLength = 0;

  /** What was wrong with transformed payload: it is found within the transform, which passes no verdict on. */
  #transformedFault: SinkFault | undefined;

  /** `options` must not change afterwards. */
  constructor(control: ControlSink, options: AssemblerOptions) {
    this.#control = control;
    this.#options = options;
    if (options.transforms.length > 0) {
      this.#pipeline = new DecodePipeline(options.transforms, (bytes, start, end) =>
        this.#acceptTransformed(bytes, start, end),
      );
    }
  }

  /** Data messages whose first frame has arrived. */
  get messagesReceived(): number {
    return this.#messages;
  }

  /** Bytes of memory that it takes between chunks: the message in progress, and the rest of what short messages lie in. */
  get heldLength(): number {
    return (this.#store?.heldLength ?? 0) + (this.#slab?.heldLength ?? 0);
  }

  /** Nothing more is received: the message in progress will never be whole. */
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
    // RFC 6455 §10.4: limits on frames and messages, before a byte of payload is stored.
    if (length > limits.frame) return tooBigFrame;
    if (!this.#transformed && this.#length + length > limits.message) return tooBigMessage;
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
    // A message that lies whole in its chunk needs no state.
    if (final && this.#length === 0 && this.#options.delivery === "messages")
      return this.#deliverWhole(bytes, start, end);
    return this.#accept(bytes, start, end, final, true);
  }

  /** What was given of a chunk to `payload` ends: nothing of it may be kept that keeps all of it alive. */
  endChunk(): void {
    this.#store?.settle();
  }

  #deliverWhole(bytes: Uint8Array, start: number, end: number): SinkFault | undefined {
    this.work += messageWork;
    if (this.#kind === "binary") {
      this.sink!.binary(bytes, start, end);
      return undefined;
    }
    const data = decodeText(bytes, start, end, this.#options.host);
    if (data === undefined) return invalidText(bytes, start, end);
    this.sink!.text(data);
    return undefined;
  }

  /** A part of a message that is not whole. `stays` tells that the range will not change. */
  #accept(bytes: Uint8Array, start: number, end: number, final: boolean, stays: boolean): SinkFault | undefined {
    this.#length += end - start;
    if (this.#kind === "text") {
      // RFC 6455 §8.1, as early as possible: the first byte that cannot stand fails the connection.
      this.#validate(bytes, start, end);
      if (this.#utf8 < 0) return { code: "message/utf8-invalid", index: ~this.#utf8 };
      if (final && this.#utf8 !== utf8Boundary) return { code: "message/utf8-truncated", index: end };
    }
    if (this.#options.delivery === "fragments") {
      // An empty part that ends nothing tells nothing.
      if (end > start || final) {
        this.work += messageWork;
        if (stays) this.sink!.fragment(this.#kind, bytes, start, end, final);
        else this.sink!.fragment(this.#kind, bytes.slice(start, end), 0, end - start, final);
      }
      return undefined;
    }
    if (end > start) {
      this.#store ??= new ByteStore();
      this.#store.append(bytes, start, end, stays);
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
    this.#utf8 = continueUtf8(this.#utf8, bytes, at, end, this.#options.host);
  }

  #deliverStored(): void {
    this.#store ??= new ByteStore();
    const store = this.#store;
    const { length } = store;
    // It is copied, or decoded.
    this.work += messageWork + length;
    if (this.#kind === "text") {
      this.sink!.text(decodeValidText(store.joinBriefly(), 0, length, this.#ascii, this.#options.host));
    } else {
      this.#slab ??= new Slab();
      this.sink!.binary(store.join(this.#slab), 0, length);
    }
  }

  /** Payload as the peer's extensions made it. Their output comes to `#acceptTransformed`. */
  #acceptEncoded(bytes: Uint8Array, start: number, end: number, final: boolean): SinkVerdict {
    const pipeline = this.#pipeline!;
    this.work += (end - start) * encodedByteWork;
    if (final) this.work += encodedMessageWork;
    // What is within the limit is decoded all the same: it may hold another fault, however it was cut.
    const room = encodedMessageLimit(this.#options.limits) - this.#encodedLength;
    const stop = Math.min(end, start + room);
    this.#encodedLength += end - start;
    let violation = stop > start ? pipeline.push(bytes, start, stop) : undefined;
    if (stop < end && violation === undefined && this.#transformedFault === undefined) return tooBigEncoded;
    if (violation === undefined && this.#transformedFault === undefined && final) violation = pipeline.end();
    // A position in decoded bytes is none in received ones, so these faults are those of the frame.
    if (this.#transformedFault !== undefined) return { code: this.#transformedFault.code };
    if (violation !== undefined) return { code: violation };
    if (!final) return undefined;
    const verdict = this.#accept(bytes, end, end, true, true);
    return verdict === undefined ? undefined : { code: verdict.code };
  }

  #acceptTransformed(bytes: Uint8Array, start: number, end: number): boolean {
    if (this.#transformedFault !== undefined) return false;
    this.work += transformCallWork + end - start;
    if (start === end) return true;
    // While it is being decoded, and before it is stored: a small message may decode to a very large one.
    if (this.#length + end - start > this.#options.limits.message) {
      this.#transformedFault = tooBigMessage;
      return false;
    }
    this.#transformedFault = this.#accept(plainBytes(bytes), start, end, false, false);
    return this.#transformedFault === undefined;
  }

  #acceptControl(bytes: Uint8Array, start: number, end: number, last: boolean): SinkVerdict {
    if (last && this.#controlLength === 0) return this.#control(this.#opcode, copyOf(bytes, start, end));
    this.#controlPayload ??= new Uint8Array(maxControlPayload);
    for (let index = start; index < end; index++) this.#controlPayload[this.#controlLength++] = bytes[index]!;
    if (!last) return undefined;
    const payload = this.#controlPayload.slice(0, this.#controlLength);
    this.#controlPayload = undefined;
    return this.#control(this.#opcode, payload);
  }
}

const tooBigFrame: SinkFault = { code: "frame/too-big" };
const tooBigMessage: SinkFault = { code: "message/too-big" };
const tooBigEncoded: SinkFault = { code: "message/encoded-too-big" };
const tooManyFragments: SinkFault = { code: "message/too-many-fragments" };

/** Finds the byte at fault in text that did not decode. */
function invalidText(bytes: Uint8Array, start: number, end: number): SinkFault {
  const state = validateUtf8(utf8Boundary, bytes, start, end);
  return state < 0 ? { code: "message/utf8-invalid", index: ~state } : { code: "message/utf8-truncated", index: end };
}
