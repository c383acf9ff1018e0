/** Applies the agreed extensions to one outgoing message, in the order of the agreement (RFC 6455 §9.1). */
import { ByteQueue } from "../bytes/byte-queue.ts";
import { countOf, noObject } from "../checks/callback-result.ts";
import type { MessageTransform, OutgoingMessageInfo, RsvBits, TransformSink } from "../vocabulary/extension.ts";

/** The three RSV bits (RFC 6455 §5.2). */
const allRsv = 0x70;

/** The chained transforms that take part in one message. */
export class EncodePipeline {
  /** The RSV bits of the message's first frame. */
  readonly rsv: RsvBits;

  readonly #stages: readonly MessageTransform[];
  /** The sink of each stage: the next stage, or the output for the last one. */
  readonly #sinks: readonly TransformSink[];
  readonly #output = new ByteQueue();
  /** Whether the stages have received input since the last flush. */
  #dirty = false;
  #ended = false;

  private constructor(stages: readonly MessageTransform[], rsv: RsvBits) {
    this.#stages = stages;
    this.rsv = rsv;
    this.#sinks = stages.map((_, index): TransformSink => {
      const next = stages[index + 1];
      if (next === undefined) return (bytes, start, end) => this.#collect(bytes, start, end);
      return (bytes, start, end) => {
        noObject("encode", next.encode(bytes, start, end, this.#sinks[index + 1]!));
        return true;
      };
    });
  }

  /** Offers the message to every transform. Returns undefined if none takes part. */
  static begin(transforms: readonly MessageTransform[], message: OutgoingMessageInfo): EncodePipeline | undefined {
    const stages: MessageTransform[] = [];
    let rsv = 0;
    for (const transform of transforms) {
      const bits = transform.beginEncode(message);
      if (bits === undefined) continue;
      countOf("beginEncode", bits, allRsv);
      stages.push(transform);
      rsv |= bits;
    }
    return stages.length === 0 ? undefined : new EncodePipeline(stages, rsv);
  }

  /** Bytes available to take. */
  get available(): number {
    return this.#output.length;
  }

  /** Overhead in bytes, excluding `available`. */
  get overhead(): number {
    return this.#output.overhead;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Encodes payload from the application. */
  push(bytes: Uint8Array): void {
    this.#dirty = true;
    noObject("encode", this.#stages[0]!.encode(bytes, 0, bytes.length, this.#sinks[0]!));
  }

  /** Makes all input so far available to take, although the message continues. */
  flush(): void {
    if (!this.#dirty) return;
    this.#dirty = false;
    for (const [index, stage] of this.#stages.entries()) {
      noObject("flushEncode", stage.flushEncode?.(this.#sinks[index]!));
    }
  }

  /** Ends the message. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const [index, stage] of this.#stages.entries()) {
      noObject("endEncode", stage.endEncode(this.#sinks[index]!));
    }
  }

  /** Takes transformed payload, at most `limit` bytes. The caller may modify the array. */
  take(limit: number): Uint8Array {
    return this.#output.take(limit);
  }

  #collect(bytes: Uint8Array, start: number, end: number): boolean {
    this.#output.writer.appendCopy(bytes, start, end);
    this.#output.appended(end - start);
    return true;
  }
}
