/**
 * A data message that is sent in fragments, taken as the transport has room (RFC 6455 §5.4): a message longer than what
 * is encoded at once, one that an extension transforms, or one that the application streams without knowing its length.
 *
 * Extensions see the message only when sending begins, so that the state they keep from message to message matches the
 * wire order.
 */
import { ByteQueue } from "../bytes/byte-queue.ts";
import { appendCopyLimit } from "../bytes/byte-writer.ts";
import { encodeLongText } from "../bytes/text-encode.ts";
import { binary, continuation, text } from "../frame/header.ts";
import type { EncodedMessage, RsvBits } from "../vocabulary/extension.ts";
import type { MessageKind } from "../vocabulary/terms.ts";
import type { EncodePipeline } from "./encode-pipeline.ts";

/** Maximum input per call of an extension, so that its output is not far ahead of what is taken. */
const pipelineStep = 65_536;

/** Maximum input for one fragment. With zeros, 16 MiB would go in before 64 KiB came out. */
const longestInput = 262_144;

/** Overhead of a pending message in bytes: its objects, and its place in a list. */
const messageCost = 160;

/** The next part of a message to send. */
export interface Fragment {
  readonly payload: Uint8Array;
  /** Whether `payload` may be masked in place. */
  readonly owned: boolean;
  readonly final: boolean;
}

/** A message being sent, or waiting to be. */
export class PendingMessage {
  readonly kind: MessageKind;
  /** The application's preference, for extensions. */
  readonly compress: boolean | undefined;
  /** Whether the message has begun to be sent: from then on no other data frame may come in between (RFC 6455 §5.4). */
  begun = false;
  /** The `overhead` as last counted by its lane. */
  countedOverhead = 0;
  /** Whether it will not be sent. What the application still appends to it is dropped too. */
  isDropped = false;

  /** The payload as supplied by the application. */
  #input = new ByteQueue();
  /** Whether the frame with the message's own opcode has been taken. */
  #opened = false;
  #ended = false;
  /** Whether the bytes are in our own arrays, not in the application's. */
  #owned = true;
  #pipeline: EncodePipeline | undefined;

  constructor(kind: MessageKind, compress: boolean | undefined) {
    this.kind = kind;
    this.compress = compress;
  }

  /** Whether extensions have encoded the message already. */
  get isEncoded(): boolean {
    return false;
  }

  /** Whether the application has supplied all of the message. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Bytes of payload not yet taken: as supplied by the application, and as encoded by extensions. */
  get length(): number {
    return this.#input.length + (this.#pipeline?.available ?? 0);
  }

  /** Overhead in bytes, excluding `length`. */
  get overhead(): number {
    return messageCost + this.#input.overhead + (this.#pipeline?.overhead ?? 0);
  }

  /** Whether a fragment can be taken now. */
  get ready(): boolean {
    return this.#ended || this.length > 0;
  }

  /** Length of the whole message; undefined while it is being streamed, and once sending has begun. */
  get wholeLength(): number | undefined {
    return this.#ended && !this.begun ? this.#input.length : undefined;
  }

  /** Appends `bytes` by reference: the application must not change them until they have been written. */
  appendReference(bytes: Uint8Array): void {
    this.#input.appendReference(bytes);
    this.#owned = false;
  }

  /** Like `append`, for the only bytes of the message: a short copy is an array of its own, and takes no block while it waits. */
  appendOnly(bytes: Uint8Array): void {
    if (bytes.length > appendCopyLimit) this.appendReference(bytes);
    else this.#input.appendReference(new Uint8Array(bytes));
  }

  /** Appends short `bytes` by copy and long ones by reference. */
  append(bytes: Uint8Array): void {
    if (bytes.length > appendCopyLimit) {
      this.appendReference(bytes);
      return;
    }
    this.#input.writer.appendCopy(bytes, 0, bytes.length);
    this.#input.appended(bytes.length);
  }

  /** Appends `text` as UTF-8. With `exact`, a long one takes no block that is longer. */
  appendText(text: string, exact = false): void {
    this.#input.appended(encodeLongText(text, this.#input.writer, exact));
  }

  /** Ends the message: nothing more will be appended. */
  end(): void {
    this.#ended = true;
  }

  /** Drops what has not been taken, and all that will be appended. Returns its bytes. */
  drop(): number {
    const { length } = this;
    this.isDropped = true;
    this.#input = new ByteQueue();
    this.#pipeline = undefined;
    return length;
  }

  /** Begins sending the message, transformed by `pipeline` if there is one. */
  begin(pipeline: EncodePipeline | undefined): void {
    this.begun = true;
    this.#pipeline = pipeline;
  }

  /** Returns opcode and RSV bits of the next frame: those of the message for the first, then a continuation (RFC 6455 §5.4). */
  takeOpcode(): number {
    if (this.#opened) return continuation;
    this.#opened = true;
    return (this.kind === "text" ? text : binary) | (this.#pipeline?.rsv ?? 0);
  }

  /**
   * Takes the next fragment, with at most `limit` bytes of payload; empty and not final while not `ready`. Call `begin`
   * first.
   */
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

/** A message that an extension has encoded before it was sent, as for many connections at once. */
export class EncodedPendingMessage extends PendingMessage {
  readonly #rsv: RsvBits;

  constructor(kind: MessageKind, { rsv, payload }: EncodedMessage) {
    super(kind, undefined);
    this.#rsv = rsv;
    this.appendReference(payload);
  }

  override get isEncoded(): boolean {
    return true;
  }

  override takeOpcode(): number {
    const opcode = super.takeOpcode();
    return opcode === continuation ? opcode : opcode | this.#rsv;
  }
}
