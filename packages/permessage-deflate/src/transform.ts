/**
 * Compresses and decompresses the messages of one connection (RFC 7692 §6, §7.2). A compressor or decompressor is created
 * when the first message needs it. With context takeover, it stays with the connection, because it keeps the window
 * between messages; without, it returns to a shared pool (`Pool`) after each message.
 */
import type {
  EncodedMessage,
  MessageKind,
  MessageTransform,
  OutgoingMessageInfo,
  RsvBits,
  TransformSink,
  TransformViolation,
} from "@hybi/core";
import { type Deflater, flushTail, type Inflater } from "./codec.ts";
import type { Pool } from "./pool.ts";

/** RFC 7692 §6: the "Per-Message Compressed" bit. */
export const perMessageCompressed: RsvBits = 0x40;

/** RFC 7692 §7.2.3.6: an empty stored block without its length, at a byte boundary. */
const emptyBlock = Uint8Array.of(0x00);
const noBytes = new Uint8Array(0);

/** Options of `DeflateTransform`. */
export interface DeflateTransformOptions {
  readonly deflaters: Pool<Deflater>;
  readonly inflaters: Pool<Inflater>;
  /** Whether messages that we send share a window (context takeover). */
  readonly sendingTakeover: boolean;
  /** Whether messages that we receive share a window (context takeover). */
  readonly receivingTakeover: boolean;
  /** Memory of a compressor and of a decompressor in bytes, for those that do not report `heldLength`. */
  readonly deflaterLength: number;
  readonly inflaterLength: number;
  /** Messages shorter than this, in bytes, are sent uncompressed. */
  readonly threshold: number;
  readonly kinds: readonly MessageKind[];
}

export class DeflateTransform implements MessageTransform {
  readonly #options: DeflateTransformOptions;
  #inflater: Inflater | undefined;
  #deflater: Deflater | undefined;
  /** Remaining bytes of the outgoing message, or undefined if its length is unknown. */
  #expected: number | undefined;
  /** State of the outgoing stream: at a byte boundary, with unflushed input, or flushed with the tail omitted. */
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
    // RFC 7692 §6.2: RSV1 of the first frame marks a compressed message. Uncompressed ones do not change the window.
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

  beginEncode(message: OutgoingMessageInfo): RsvBits | undefined {
    if (!this.#isCompressed(message)) return undefined;
    this.#expected = message.length;
    this.#progress = "aligned";
    return perMessageCompressed;
  }

  encode(bytes: Uint8Array, start: number, end: number, sink: TransformSink): void {
    if (start === end) return;
    this.#deflater ??= this.#options.deflaters.take();
    // Another extension made the message longer than announced: the omitted tail is needed after all.
    if (this.#progress === "flushed") sink(flushTail, 0, flushTail.length);
    // If this is known to be the last part, flush in the same call of the compressor.
    if (this.#expected !== undefined) this.#expected -= end - start;
    const last = this.#expected === 0;
    this.#deflater.push(bytes, start, end, last, sink);
    this.#progress = last ? "flushed" : "begun";
  }

  flushEncode(sink: TransformSink): void {
    this.#flush(sink);
    // RFC 7692 §7.2.1: the message continues, so the four octets of the tail must be sent.
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

  encodePrepared(payload: Uint8Array, message: OutgoingMessageInfo): EncodedMessage | "plain" | undefined {
    // A message that is not compressed does not change the window.
    if (!this.#isCompressed(message)) return "plain";
    const { deflaters, sendingTakeover } = this.#options;
    if (sendingTakeover) return undefined;
    let encoded = deflaters.prepared.get(payload);
    if (encoded === undefined) {
      encoded = this.#encodeApart(payload, message);
      deflaters.prepared.set(payload, encoded);
    }
    return encoded;
  }

  release(): void {
    // These exist only with context takeover or within a message. They hold state, so close them instead of reusing them.
    this.#inflater?.close();
    this.#deflater?.close();
    this.#inflater = undefined;
    this.#deflater = undefined;
  }

  #isCompressed({ kind, length, compress }: OutgoingMessageInfo): boolean {
    const { kinds, threshold } = this.#options;
    return compress ?? (kinds.includes(kind) && (length === undefined || length >= threshold));
  }

  /** Compresses a message as this connection would, beside the message that it may be sending. */
  #encodeApart(payload: Uint8Array, message: OutgoingMessageInfo): EncodedMessage {
    const apart = new DeflateTransform(this.#options);
    const parts: Uint8Array[] = [];
    let length = 0;
    const collect: TransformSink = (bytes, start, end) => {
      parts.push(bytes.slice(start, end));
      length += end - start;
      return true;
    };
    try {
      const rsv = apart.beginEncode(message)!;
      apart.encode(payload, 0, payload.length, collect);
      apart.endEncode(collect);
      const joined = new Uint8Array(length);
      let at = 0;
      for (const part of parts) {
        joined.set(part, at);
        at += part.length;
      }
      return { rsv, payload: joined };
    } finally {
      // Only after a failure it still has a compressor.
      apart.release();
    }
  }

  #flush(sink: TransformSink): void {
    if (this.#progress !== "begun") return;
    this.#deflater!.push(noBytes, 0, 0, true, sink);
    this.#progress = "flushed";
  }
}
