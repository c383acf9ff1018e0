/**
 * The messages of one connection, compressed and decompressed (RFC 7692 §6, §7.2). A compressor or decompressor is made
 * when the first message needs it. Where the window is taken over from message to message it stays with the connection;
 * where not, it goes back to a stock after each message.
 */
import type {
  MessageKind,
  MessageTransform,
  OutgoingMessageInfo,
  RsvBits,
  TransformSink,
  TransformViolation,
} from "@hybi/core";
import { type Deflater, flushTail, type Inflater } from "./codec.ts";
import type { Stock } from "./stock.ts";

/** RFC 7692 §6: the "Per-Message Compressed" bit. */
export const perMessageCompressed: RsvBits = 0x40;

/** RFC 7692 §7.2.3.6: an empty stored block without its length, at a boundary of bytes. */
const emptyBlock = Uint8Array.of(0x00);
const noBytes = new Uint8Array(0);

/** What a transform is made from. */
export interface DeflateTransformOptions {
  readonly deflaters: Stock<Deflater>;
  readonly inflaters: Stock<Inflater>;
  /** Whether the window with which we send is taken over. */
  readonly sendingTakeover: boolean;
  /** Whether the window with which we receive is taken over. */
  readonly receivingTakeover: boolean;
  /** Bytes of memory that a compressor and a decompressor take which do not say so themselves. */
  readonly deflaterLength: number;
  readonly inflaterLength: number;
  /** Messages shorter than this go uncompressed. */
  readonly threshold: number;
  readonly kinds: readonly MessageKind[];
}

export class DeflateTransform implements MessageTransform {
  readonly #options: DeflateTransformOptions;
  #inflater: Inflater | undefined;
  #deflater: Deflater | undefined;
  /** Bytes of the outgoing message that are still to come, or undefined when that is not known. */
  #expected: number | undefined;
  /** Where the outgoing stream stands: at a boundary of bytes, before a flush, or after one that left the tail out. */
  #progress: "aligned" | "begun" | "flushed" = "aligned";

  constructor(options: DeflateTransformOptions) {
    this.#options = options;
  }

  get heldLength(): number {
    const { deflaterLength, inflaterLength } = this.#options;
    const deflater = this.#deflater === undefined ? 0 : (this.#deflater.heldLength ?? deflaterLength);
    return this.#inflater === undefined ? deflater : deflater + (this.#inflater.heldLength ?? inflaterLength);
  }

  beginDecode(_kind: MessageKind, rsv: RsvBits): boolean {
    // RFC 7692 §6.2: the bit of the first frame tells. What is not compressed leaves the window alone.
    return rsv !== 0;
  }

  decode(bytes: Uint8Array, start: number, end: number, sink: TransformSink): TransformViolation | undefined {
    this.#inflater ??= this.#options.inflaters.take();
    return this.#inflater.push(bytes, start, end, sink);
  }

  endDecode(): TransformViolation | undefined {
    const inflater = this.#inflater ?? this.#options.inflaters.take();
    this.#inflater = inflater;
    const violation = inflater.finish();
    if (violation === undefined && !this.#options.receivingTakeover) {
      this.#inflater = undefined;
      this.#options.inflaters.giveBack(inflater);
    }
    return violation;
  }

  beginEncode({ kind, length, compress }: OutgoingMessageInfo): RsvBits | undefined {
    const { kinds, threshold } = this.#options;
    const isWorthIt = kinds.includes(kind) && (length === undefined || length >= threshold);
    if (!(compress ?? isWorthIt)) return undefined;
    this.#expected = length;
    this.#progress = "aligned";
    return perMessageCompressed;
  }

  encode(bytes: Uint8Array, start: number, end: number, sink: TransformSink): void {
    if (start === end) return;
    this.#deflater ??= this.#options.deflaters.take();
    // Another extension made the message longer than the application gave it: what was left out must stand after all.
    if (this.#progress === "flushed") sink(flushTail, 0, flushTail.length);
    // Knowing that nothing follows saves a call of the compressor for the flush.
    if (this.#expected !== undefined) this.#expected -= end - start;
    const last = this.#expected === 0;
    this.#deflater.push(bytes, start, end, last, sink);
    this.#progress = last ? "flushed" : "begun";
  }

  flushEncode(sink: TransformSink): void {
    this.#flush(sink);
    // RFC 7692 §7.2.1: what goes on after it needs the four octets.
    if (this.#progress === "flushed") sink(flushTail, 0, flushTail.length);
    this.#progress = "aligned";
  }

  endEncode(sink: TransformSink): void {
    this.#flush(sink);
    if (this.#progress === "aligned") sink(emptyBlock, 0, emptyBlock.length);
    if (this.#deflater === undefined || this.#options.sendingTakeover) return;
    this.#options.deflaters.giveBack(this.#deflater);
    this.#deflater = undefined;
  }

  release(): void {
    // Between messages without takeover there is nothing; otherwise it has a window, or stands within a message.
    this.#inflater?.close();
    this.#deflater?.close();
    this.#inflater = undefined;
    this.#deflater = undefined;
  }

  #flush(sink: TransformSink): void {
    if (this.#progress !== "begun") return;
    this.#deflater!.push(noBytes, 0, 0, true, sink);
    this.#progress = "flushed";
  }
}
