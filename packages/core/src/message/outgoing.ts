/**
 * What leaves, and in which order (RFC 6455 §5.4–5.5). Control frames go first, between the fragments of a message; then
 * the message that has begun; then the waiting ones, the most urgent first and in order within a priority. A Close
 * frame ends it all.
 *
 * Short messages are encoded at once and packed into blocks: one write of the transport costs as much as encoding a
 * hundred of them. Longer ones wait as `PendingMessage` and are cut into fragments when they are taken.
 */

import { returnChunk } from "../bytes/block-pool.ts";
import { ByteWriter } from "../bytes/byte-writer.ts";
import type { RandomPool } from "../bytes/random-pool.ts";
import type { MessageTransform } from "../extension.ts";
import { writeFrame, writeMaskedHeader, writeTextFrame, writeUnmaskedHeader } from "../frame/frame-encoder.ts";
import { finBit } from "../frame/header.ts";
import { mask } from "../frame/mask.ts";
import { binary, close, ping, pong, text } from "../frame/opcode.ts";
import type { HostFunctions } from "../host.ts";
import type { MessageKind } from "../message-kind.ts";
import { EncodePipeline } from "./encode-pipeline.ts";
import { Lane } from "./lane.ts";
import { PendingMessage } from "./pending-message.ts";
import type { PreparedMessage } from "./prepared-message.ts";

/** Chars of text, and bytes, up to which a message is encoded when it is sent. Above, copying costs more than it saves. */
const shortTextLimit = 4096;
const shortBinaryLimit = 4096;

/** A fragment is not cut smaller than this for want of room, or headers would outweigh payload. */
const smallestFragment = 1024;

/**
 * Bytes of waiting messages that may still leave before a Close frame that answers the peer or fails the connection.
 * RFC 6455 §5.5.1 lets an endpoint finish its current message first; this keeps the Close from waiting behind 100 MB.
 */
const closeAllowance = 1_048_576;

/** How a message is sent. */
export interface SendOptions {
  /** An integer; a waiting message overtakes waiting ones of lesser priority. 0 by default. */
  readonly priority?: number | undefined;
  /** For extensions that compress: `false` never, `true` always, undefined as they see fit. */
  readonly compress?: boolean | undefined;
}

/** A control frame that waits. */
interface PendingControl {
  readonly opcode: number;
  readonly payload: Uint8Array;
}

/** What `Outgoing` is made from. */
export interface OutgoingOptions {
  /** A client's masking keys; undefined for a server, which does not mask (RFC 6455 §5.1). */
  readonly keys: RandomPool | undefined;
  /** In the order of the agreement. */
  readonly transforms: readonly MessageTransform[];
  /** The most payload of one frame, in bytes. */
  readonly fragmentSize: number;
  readonly host: HostFunctions;
}

/** The output of one connection, up to and including its Close frame. */
export class Outgoing {
  readonly #keys: RandomPool | undefined;
  readonly #transforms: readonly MessageTransform[];
  readonly #fragmentSize: number;
  readonly #host: HostFunctions;
  /** Messages of up to so many chars or bytes are packed at once. */
  readonly #packedText: number;
  readonly #packedBinary: number;

  /** Priority 0, where nearly all messages go. */
  readonly #ordinary = new Lane(0);
  /** Other priorities, the most urgent first. */
  #others: Lane[] | undefined;
  #current: PendingMessage | undefined;
  #controls: PendingControl[] | undefined;
  /** RFC 6455 §5.5.3: of several unanswered Pings only the most recent needs a Pong. */
  #reply: Uint8Array | undefined;
  #close: Uint8Array | undefined;
  /** Infinite when the Close frame waits for everything that was sent before it. */
  #allowance = Number.POSITIVE_INFINITY;
  #closeTaken = false;
  #length = 0;
  #pingsQueued = 0;
  #pingsTaken = 0;

  constructor(options: OutgoingOptions) {
    this.#keys = options.keys;
    this.#transforms = options.transforms;
    this.#fragmentSize = options.fragmentSize;
    this.#host = options.host;
    // Extensions must see messages in the order in which they leave, which is not known before they are taken.
    const packed = options.transforms.length === 0;
    this.#packedText = packed ? Math.min(shortTextLimit, Math.floor(options.fragmentSize / 3)) : -1;
    this.#packedBinary = packed ? Math.min(shortBinaryLimit, options.fragmentSize) : -1;
  }

  /** Bytes not yet taken: frames that are encoded, and the payload of messages that are not. */
  get length(): number {
    return this.#length;
  }

  get closeTaken(): boolean {
    return this.#closeTaken;
  }

  /** Ping frames queued so far, taken or not. */
  get pingsQueued(): number {
    return this.#pingsQueued;
  }

  /** Ping frames taken so far. */
  get pingsTaken(): number {
    return this.#pingsTaken;
  }

  sendText(data: string, options: SendOptions | undefined): void {
    const lane = options === undefined ? this.#ordinary : this.#lane(options.priority);
    if (data.length <= this.#packedText) {
      this.#length += writeTextFrame(lane.writer, finBit | text, data, this.#keys, this.#host);
      return;
    }
    const message = new PendingMessage("text", options?.compress);
    message.appendText(data);
    this.#push(lane, message);
  }

  sendBinary(data: Uint8Array, options: SendOptions | undefined): void {
    const lane = options === undefined ? this.#ordinary : this.#lane(options.priority);
    if (data.length <= this.#packedBinary) {
      this.#length += writeFrame(lane.writer, finBit | binary, data, this.#keys);
      return;
    }
    const message = new PendingMessage("binary", options?.compress);
    message.appendReference(data);
    this.#push(lane, message);
  }

  sendPrepared(message: PreparedMessage, options: SendOptions | undefined): void {
    const lane = this.#lane(options?.priority);
    if (this.#keys === undefined && this.#transforms.length === 0 && message.payload.length <= this.#fragmentSize) {
      lane.writer.append(message.frame);
      this.#length += message.frame.length;
      return;
    }
    const pending = new PendingMessage(message.kind, options?.compress);
    pending.appendReference(message.payload);
    this.#push(lane, pending);
  }

  /** Queues a message that the application will append to; report what it appended with `appended`. */
  startMessage(kind: MessageKind, options: SendOptions | undefined): PendingMessage {
    const message = new PendingMessage(kind, options?.compress);
    this.#lane(options?.priority).push(message);
    return message;
  }

  /** `bytes` were appended to a message that is queued. */
  appended(bytes: number): void {
    this.#length += bytes;
  }

  sendPing(payload: Uint8Array): void {
    this.#pingsQueued++;
    this.#control(ping, payload);
  }

  sendPong(payload: Uint8Array): void {
    this.#control(pong, payload);
  }

  /** Answers a Ping, in place of the answer to an earlier one if that has not been taken. */
  replyPong(payload: Uint8Array): void {
    if (this.#reply !== undefined) this.#length -= this.#reply.length;
    this.#reply = payload;
    this.#length += payload.length;
  }

  /** Drops the answer to a Ping: RFC 6455 §5.5.2 asks for none once a Close frame was received. */
  dropReply(): void {
    if (this.#reply !== undefined) this.#length -= this.#reply.length;
    this.#reply = undefined;
  }

  /** Queues the Close frame behind everything that was sent. */
  sendClose(payload: Uint8Array): void {
    this.#length += payload.length;
    this.#close = payload;
  }

  /**
   * Queues the Close frame ahead of all but `closeAllowance` bytes. One that is queued already is brought forward, with
   * `payload` in place of its own if there is one.
   */
  hastenClose(payload: Uint8Array | undefined): void {
    if (payload !== undefined) {
      this.#length -= this.#close?.length ?? 0;
      this.sendClose(payload);
    }
    this.#allowance = Math.min(this.#allowance, closeAllowance);
  }

  /** Frames to write, oldest first: about `budget` bytes, and more only to finish a frame. */
  take(budget: number): readonly Uint8Array[] {
    const ordinary = this.#ordinary;
    // The common case: short messages and nothing else.
    if (
      this.#controls === undefined &&
      this.#reply === undefined &&
      this.#close === undefined &&
      this.#current === undefined &&
      this.#others === undefined &&
      ordinary.isRun &&
      this.#length <= budget
    ) {
      this.#length = 0;
      return ordinary.writer.take();
    }
    return this.#takeScheduled(budget);
  }

  #takeScheduled(budget: number): readonly Uint8Array[] {
    const output = new ByteWriter();
    let room = budget - this.#takeControls(output);
    while (room > 0) {
      const taken = this.#takeData(output, room);
      if (taken === 0) break;
      room -= taken;
    }
    if (this.#close !== undefined && room > 0 && !this.#closeTaken) this.#takeClose(output, this.#close);
    return output.take();
  }

  #takeControls(output: ByteWriter): number {
    let taken = 0;
    for (const { opcode, payload } of this.#controls ?? []) {
      if (opcode === ping) this.#pingsTaken++;
      this.#length -= payload.length;
      taken += writeFrame(output, finBit | opcode, payload, this.#keys);
    }
    this.#controls = undefined;
    if (this.#reply !== undefined) {
      taken += writeFrame(output, finBit | pong, this.#reply, this.#keys);
      this.dropReply();
    }
    return taken;
  }

  /** A step of the data that waits; answers the bytes taken, 0 when there are none to take now. */
  #takeData(output: ByteWriter, room: number): number {
    if (this.#current === undefined) {
      const lane = this.#mostUrgent();
      if (lane === undefined) return 0;
      const first = lane.first();
      if (first === "run") {
        const chunks: Uint8Array[] = [];
        if (this.#allowance <= 0) return 0;
        const taken = lane.takeRun(Math.min(room, this.#allowance), chunks);
        for (const chunk of chunks) output.appendReference(chunk);
        this.#length -= taken;
        this.#allowance -= taken;
        return taken;
      }
      if (first === undefined || !first.ready || !this.#mayLeave(first)) return 0;
      lane.shift();
      const wholeLength = first.wholeLength;
      first.begin(
        EncodePipeline.begin(this.#transforms, { kind: first.kind, length: wholeLength, compress: first.compress }),
      );
      this.#current = first;
      return this.#takeFragment(first, output, room);
    }
    const message = this.#current;
    return message.ready && this.#mayLeave(message) ? this.#takeFragment(message, output, room) : 0;
  }

  /** Whether a message may still leave before the Close frame that waits: whole, and within the allowance. */
  #mayLeave(message: PendingMessage): boolean {
    return this.#allowance === Number.POSITIVE_INFINITY || (message.ended && message.length <= this.#allowance);
  }

  #takeFragment(message: PendingMessage, output: ByteWriter, room: number): number {
    const before = message.length;
    const limit = Math.min(this.#fragmentSize, Math.max(room, smallestFragment));
    const { payload, owned, final } = message.takeFragment(limit);
    this.#length -= before - message.length;
    this.#allowance -= before - message.length;
    const length = payload.length;
    // An extension may swallow what it was given until it is given more.
    if (length === 0 && !final) return 0;
    const firstByte = message.takeOpcode() | (final ? finBit : 0);
    if (final) this.#current = undefined;
    if (this.#keys === undefined && length > shortBinaryLimit) {
      const header = writeUnmaskedHeader(output, firstByte, length);
      output.appendReference(payload);
      return header + length;
    }
    if (this.#keys !== undefined && owned) {
      const key = this.#keys.next();
      const header = writeMaskedHeader(output, firstByte, length, key);
      mask(payload, 0, length, key);
      output.appendReference(payload);
      return header + length;
    }
    const written = writeFrame(output, firstByte, payload, this.#keys);
    if (owned) returnChunk(payload);
    return written;
  }

  #takeClose(output: ByteWriter, payload: Uint8Array): void {
    writeFrame(output, finBit | close, payload, this.#keys);
    this.#closeTaken = true;
    // RFC 6455 §5.5.1: no data frame follows, so what still waits never leaves.
    this.#ordinary.clear();
    this.#others = undefined;
    this.#current = undefined;
    this.#length = 0;
  }

  #push(lane: Lane, message: PendingMessage): void {
    message.end();
    this.#length += message.length;
    lane.push(message);
  }

  #control(opcode: number, payload: Uint8Array): void {
    // The array is the application's: what it does with it later must not change what we send.
    this.#controls ??= [];
    this.#controls.push({ opcode, payload: payload.slice() });
    this.#length += payload.length;
  }

  #lane(priority: number | undefined): Lane {
    if (priority === undefined || priority === 0) return this.#ordinary;
    this.#others ??= [];
    const others = this.#others;
    let index = 0;
    while (index < others.length && others[index]!.priority > priority) index++;
    const found = others[index];
    if (found?.priority === priority) return found;
    const lane = new Lane(priority);
    others.splice(index, 0, lane);
    return lane;
  }

  #mostUrgent(): Lane | undefined {
    const ordinary = this.#ordinary.isEmpty ? undefined : this.#ordinary;
    if (this.#others === undefined) return ordinary;
    this.#others = this.#others.filter((lane) => !lane.isEmpty);
    const other = this.#others[0];
    if (other === undefined) this.#others = undefined;
    return other !== undefined && (ordinary === undefined || other.priority > 0) ? other : ordinary;
  }
}
