/**
 * A data message that goes out in fragments, drawn as the transport has room (RFC 6455 §5.4): one longer than what is
 * packed at once, one that an extension transforms, or one that the application streams without knowing its length.
 *
 * Extensions are asked and fed only when the message begins to leave, so that the state they keep from message to
 * message is that of the wire order.
 */
import { ByteQueue } from "../bytes/byte-queue.ts";
import { copyLimit } from "../bytes/byte-writer.ts";
import { encodeLongText } from "../bytes/text-encode.ts";
import { binary, continuation, text } from "../frame/opcode.ts";
import type { MessageKind } from "../message-kind.ts";
import type { EncodePipeline } from "./encode-pipeline.ts";

/** At most so much is given to an extension at a time, so that its output is not far ahead of what is taken. */
const pipelineStep = 65_536;

/** At most so much for one fragment: of zeros, 16 MiB would go in before 64 KiB came out. */
const longestInput = 262_144;

/** Bytes of memory that a message takes that has none of its own: what it consists of, and its place in a list. */
const messageCost = 160;

/** What leaves next of a message. */
export interface Fragment {
  readonly payload: Uint8Array;
  /** Whether `payload` may be masked in place. */
  readonly owned: boolean;
  readonly final: boolean;
}

/** A message on its way out. */
export class PendingMessage {
  readonly kind: MessageKind;
  /** The application's wish, for extensions. */
  readonly compress: boolean | undefined;
  /** Whether its first frame has been taken: from then on no other data frame may come between (RFC 6455 §5.4). */
  begun = false;
  /** The `overhead` that its lane has counted for it. */
  countedOverhead = 0;

  /** The payload as the application gave it. */
  readonly #input = new ByteQueue();
  /** Whether the frame with the message's own opcode has left. */
  #opened = false;
  #ended = false;
  /** Whether the bytes are in arrays of ours, and not in the application's. */
  #owned = true;
  #pipeline: EncodePipeline | undefined;

  constructor(kind: MessageKind, compress: boolean | undefined) {
    this.kind = kind;
    this.compress = compress;
  }

  /** Whether the application has given all of it. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Bytes of payload that have not been taken yet: as the application gave them, and as extensions made them. */
  get length(): number {
    return this.#input.length + (this.#pipeline?.available ?? 0);
  }

  /** Bytes of memory that it takes beside those of `length`. */
  get overhead(): number {
    return messageCost + this.#input.overhead + (this.#pipeline?.overhead ?? 0);
  }

  /** Whether a fragment can leave now. */
  get ready(): boolean {
    return this.#ended || this.length > 0;
  }

  /** The length of the whole message, or undefined while it is being streamed and for one that has begun. */
  get wholeLength(): number | undefined {
    return this.#ended && !this.begun ? this.#input.length : undefined;
  }

  /** Appends `bytes` by reference: the application must not change them until they have been written. */
  appendReference(bytes: Uint8Array): void {
    this.#input.appendReference(bytes);
    this.#owned = false;
  }

  /** Appends short `bytes` by copy and long ones by reference. */
  append(bytes: Uint8Array): void {
    if (bytes.length > copyLimit) {
      this.appendReference(bytes);
      return;
    }
    this.#input.writer.appendCopy(bytes, 0, bytes.length);
    this.#input.appended(bytes.length);
  }

  /** Appends `text` as UTF-8. */
  appendText(text: string): void {
    this.#input.appended(encodeLongText(text, this.#input.writer));
  }

  /** Nothing more will be appended. */
  end(): void {
    this.#ended = true;
  }

  /** The message begins to leave, transformed by `pipeline` if there is one. */
  begin(pipeline: EncodePipeline | undefined): void {
    this.begun = true;
    this.#pipeline = pipeline;
  }

  /** The opcode and RSV bits of the next frame: those of the message once, then those of a continuation (RFC 6455 §5.4). */
  takeOpcode(): number {
    if (this.#opened) return continuation;
    this.#opened = true;
    return (this.kind === "text" ? text : binary) | (this.#pipeline?.rsv ?? 0);
  }

  /** The next fragment, with at most `limit` bytes of payload; empty and not final while not `ready`. Only after `begin`. */
  takeFragment(limit: number): Fragment {
    if (this.#pipeline !== undefined) return this.#takeTransformed(this.#pipeline, limit);
    const payload = this.#input.take(limit);
    return { payload, owned: this.#owned, final: this.#ended && this.#input.length === 0 };
  }

  #takeTransformed(pipeline: EncodePipeline, limit: number): Fragment {
    let given = 0;
    while (pipeline.available < limit && this.#input.length > 0) {
      if (given >= longestInput) {
        if (pipeline.available === 0) pipeline.flush();
        if (pipeline.available > 0) break;
        given = 0;
      }
      given += pipelineStep;
      pipeline.push(this.#input.take(pipelineStep));
    }
    if (this.#input.length === 0) {
      if (this.#ended) pipeline.end();
      else pipeline.flush();
    }
    const payload = pipeline.take(limit);
    return { payload, owned: true, final: pipeline.ended && pipeline.available === 0 };
  }
}
