/** The agreed extensions applied to one outgoing message, in the order of the agreement (RFC 6455 §9.1). */
import { ByteWriter } from "../bytes/byte-writer.ts";
import type { MessageTransform, OutgoingMessageInfo, RsvBits, TransformSink } from "../extension.ts";

const empty = new Uint8Array(0);

/** The transforms that take part in one message, joined end to end. */
export class EncodePipeline {
  /** The RSV bits of the message's first frame. */
  readonly rsv: RsvBits;

  readonly #stages: readonly MessageTransform[];
  /** What each stage writes to: the next stage, and for the last one the output. */
  readonly #sinks: readonly TransformSink[];
  readonly #output = new ByteWriter();
  #chunks: Uint8Array[] = [];
  #available = 0;
  #ended = false;

  private constructor(stages: readonly MessageTransform[], rsv: RsvBits) {
    this.#stages = stages;
    this.rsv = rsv;
    this.#sinks = stages.map((_, index): TransformSink => {
      const next = stages[index + 1];
      if (next === undefined) return (bytes, start, end) => this.#collect(bytes, start, end);
      return (bytes, start, end) => {
        next.encode(bytes, start, end, this.#sinks[index + 1]!);
        return true;
      };
    });
  }

  /** Asks every transform about the message; undefined when none takes part. */
  static begin(transforms: readonly MessageTransform[], message: OutgoingMessageInfo): EncodePipeline | undefined {
    const stages: MessageTransform[] = [];
    let rsv = 0;
    for (const transform of transforms) {
      const bits = transform.beginEncode(message);
      if (bits === undefined) continue;
      stages.push(transform);
      rsv |= bits;
    }
    return stages.length === 0 ? undefined : new EncodePipeline(stages, rsv);
  }

  /** Bytes that can be taken. */
  get available(): number {
    return this.#available;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Payload as the application gave it. */
  push(bytes: Uint8Array): void {
    this.#stages[0]!.encode(bytes, 0, bytes.length, this.#sinks[0]!);
  }

  /** The message has no more payload. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const [index, stage] of this.#stages.entries()) stage.endEncode(this.#sinks[index]!);
  }

  /** Transformed payload, at most `limit` bytes. The array is ours to change. */
  take(limit: number): Uint8Array {
    if (this.#chunks.length === 0) this.#chunks = [...this.#output.take()];
    const chunk = this.#chunks[0];
    if (chunk === undefined) return empty;
    const taken = Math.min(limit, chunk.length);
    this.#available -= taken;
    if (taken === chunk.length) {
      this.#chunks.shift();
      return chunk;
    }
    this.#chunks[0] = chunk.subarray(taken);
    return chunk.subarray(0, taken);
  }

  #collect(bytes: Uint8Array, start: number, end: number): boolean {
    this.#output.appendCopy(bytes, start, end);
    this.#available += end - start;
    return true;
  }
}
