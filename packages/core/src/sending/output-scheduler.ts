/**
 * The send queue of a connection, and its order (RFC 6455 §5.4–5.5). Control frames are sent first, even between the
 * fragments of a message; then the message that has begun; then pending messages, by priority and in order within a
 * priority. A Close frame ends it all.
 *
 * Short messages are encoded at once and packed into blocks: one write of the transport costs as much as encoding a
 * hundred of them. Longer ones wait as `PendingMessage` and are fragmented when they are taken, unless a server can send them
 * as one frame at once.
 */

import { returnChunk } from "../bytes/block-pool.ts";
import { isBytes } from "../bytes/byte-arrays.ts";
import { appendCopyLimit, arrayCost, ByteWriter } from "../bytes/byte-writer.ts";
import type { RandomPool } from "../bytes/random-pool.ts";
import { quiet } from "../checks/callback-result.ts";
import { checkOptions, type OptionChecks, takes } from "../checks/option-checks.ts";
import { UsageError } from "../checks/usage-error.ts";
import { PingPong } from "../control/ping-pong.ts";
import { writeFrame, writeMaskedHeader, writeTextFrame, writeUnmaskedHeader } from "../frame/frame-encoder.ts";
import { binary, close, finBit, headerLength, text } from "../frame/header.ts";
import { mask } from "../frame/mask.ts";
import type { ActiveTransform, EncodedMessage } from "../vocabulary/extension.ts";
import { fixedLimits } from "../vocabulary/limits.ts";
import type { NativeFunctions } from "../vocabulary/native-functions.ts";
import type { MessageKind } from "../vocabulary/terms.ts";
import { EncodePipeline } from "./encode-pipeline.ts";
import type { Lane } from "./lane.ts";
import { Lanes } from "./lanes.ts";
import { Marks } from "./marks.ts";
import { EncodedPendingMessage, PendingMessage } from "./pending-message.ts";
import { type PreparedMessage, preparedOf } from "./prepared-message.ts";

/** Texts up to this many chars are encoded when sent, and stay as they are: longer frames could not be cut or overtaken. */
const shortTextLimit = 4096;

/** Longer texts of a server are encoded at once too if they take at most this many bytes, which fit into a block. */
const longestFrameOfText = 65_535;

/** Overhead that is not counted, like that of the connection itself, so that a limit of a hundred bytes still allows payload. */
const freeOverhead = 4096;

const nothing: readonly Uint8Array[] = [];

const noMarks: readonly object[] = [];

/** Takes the place of the payload of a Close frame that has been taken. */
const takenClose = new Uint8Array(0);

/** Minimum size of a fragment when room is short; with smaller ones, headers would outweigh payload. */
const smallestFragment = 1024;

/** Minimum that a transformed message counts against the budget: it takes as long as copying a hundred times as much. */
const transformedMessage = 1024;

/** Bytes still owed for a message's final frame (its header) once its payload has been taken. */
const lastHeader = 2;

/** Options of sending a message. */
export interface SendOptions {
  /** An integer. A pending message overtakes pending ones of lower priority. Default 0. */
  readonly priority?: number | undefined;
  /** For extensions that compress: `false` never, `true` always, undefined leaves it to the extension. */
  readonly compress?: boolean | undefined;
}

/** Option checks of `SendOptions`. */
export const sendChecks: OptionChecks<SendOptions> = {
  priority: (value) => {
    if (!Number.isInteger(value)) throw new UsageError("send/priority");
  },
  compress: takes.boolean,
};

/**
 * Checks the options of sending a message. Valid options, the usual case, allocate nothing.
 *
 * @throws UsageError `option/unknown`, `option/type`, `send/priority`
 */
export function checkSendOptions(options: SendOptions): void {
  if (!isRight(options)) checkOptions("a message", options, sendChecks);
}

function isRight(options: SendOptions): boolean {
  if (typeof options !== "object" || options === null) return false;
  const { priority = 0, compress = false } = options;
  for (const name in options) if (name !== "priority" && name !== "compress") return false;
  return Number.isInteger(priority) && typeof compress === "boolean";
}

/** Options of `OutputScheduler`. */
export interface OutputSchedulerOptions {
  /** Supplies masking keys; undefined for a server, which does not mask (RFC 6455 §5.1). */
  readonly keys: RandomPool | undefined;
  /** In the order of the agreement. */
  readonly transforms: readonly ActiveTransform[];
  /** Maximum payload of one frame in bytes; an integer. */
  readonly fragmentSize: number;
  readonly native: NativeFunctions;
}

/** The output of one connection, up to and including its Close frame. */
export class OutputScheduler {
  /** Referenced, not copied, because many connections share one options object. */
  readonly #options: OutputSchedulerOptions;

  /**
   * Whether the transport has taken output and not handed it back since. What is sent now probably waits, so that its memory
   * counts; otherwise it leaves at once, and a block of the pool costs a third of an array.
   */
  #isWriting = false;

  /** Since the first Ping or Pong. */
  #pingPong: PingPong | undefined;
  /** From the first message until `shrink`. */
  #lanes: Lanes | undefined;
  /** The frame of a prepared message that was sent when nothing was pending: it needs no lane until another message follows. */
  #alone: Uint8Array | undefined;
  /** The message that has begun and not ended. */
  #current: PendingMessage | undefined;
  /** Collects the output being taken. Kept because it remembers how much that was the last time. */
  #output: ByteWriter | undefined;
  /** Bytes of pending messages and of the Close frame. */
  #length = 0;
  /** The payload of the Close frame, once it is queued. */
  #close: Uint8Array | undefined;
  /** Bytes of messages that may be sent before the Close frame; undefined for no limit. */
  #allowance: number | undefined;
  /** Bytes of payload dropped in favor of the Close frame. */
  #dropped = 0;
  /** Since the first mark. */
  #marks: Marks | undefined;

  /** `options` must not change afterwards. */
  constructor(options: OutputSchedulerOptions) {
    this.#options = options;
  }

  /** The Pings and Pongs, which are sent before everything else. */
  get pingPong(): PingPong {
    this.#pingPong ??= new PingPong(this.#options.keys);
    return this.#pingPong;
  }

  /** Number of Ping frames taken. */
  get pingsTaken(): number {
    return this.#pingPong?.pingsTaken ?? 0;
  }

  /** See `PingPong.pingsAnswered`. */
  get pingsAnswered(): number {
    return this.#pingPong?.pingsAnswered ?? 0;
  }

  /** See `PingPong.awaitsPong`. */
  get awaitsPong(): boolean {
    return this.#pingPong?.awaitsPong === true;
  }

  /**
   * Bytes not yet taken: encoded frames, the payload of messages not encoded yet, and the header of the frame that ends
   * such a message, so that this is 0 only when nothing is left to take.
   */
  get length(): number {
    return this.#length + (this.#pingPong?.length ?? 0);
  }

  /**
   * The quantity that `limits.queuedOutput` bounds: `length` plus the overhead of the objects that hold it. An empty
   * message takes hundreds of bytes if it cannot be encoded before it is sent.
   */
  get queuedLength(): number {
    const overhead = (this.#lanes?.messageOverhead ?? 0) + (this.#pingPong?.overhead ?? 0);
    return overhead > freeOverhead ? this.length + overhead - freeOverhead : this.length;
  }

  /** Overhead of everything in bytes, excluding `length`. */
  get overhead(): number {
    const alone = this.#alone === undefined ? 0 : arrayCost;
    return alone + (this.#lanes?.overhead ?? 0) + (this.#current?.overhead ?? 0) + (this.#pingPong?.overhead ?? 0);
  }

  /** Bytes of payload that were dropped in favor of the Close frame. */
  get droppedLength(): number {
    return this.#dropped;
  }

  /** Whether a message can be sent now, or once there is room. */
  get hasData(): boolean {
    if (this.#current !== undefined) return this.#current.ready;
    return this.#alone !== undefined || this.#lanes?.firstReady() !== undefined;
  }

  /** Whether there is nothing to take until the application goes on with a message that it sends in pieces. */
  get awaitsSender(): boolean {
    return this.#close === undefined && !this.#hasControls() && !this.hasData;
  }

  get closeTaken(): boolean {
    return this.#close === takenClose;
  }

  // The four return the length of the payload in bytes.

  sendText(data: string, options: SendOptions | undefined): number {
    const { keys, fragmentSize, native } = this.#options;
    const lane = this.#lane(options);
    if (data.length <= shortTextLimit && data.length * 3 <= fragmentSize && !this.#isTransformed()) {
      const length = writeTextFrame(lane.writer, finBit | text, data, keys, native);
      this.#length += headerLength(length, keys !== undefined) + length;
      return length;
    }
    if (keys === undefined && data.length * 3 <= Math.min(fragmentSize, longestFrameOfText) && !this.#isTransformed()) {
      const length = lane.appendLongText(data, native, this.#isWriting);
      this.#length += length + lastHeader;
      return length;
    }
    const message = new PendingMessage("text", options?.compress);
    message.appendText(data, this.#isWriting);
    return this.#push(lane, message);
  }

  sendBinary(data: Uint8Array, options: SendOptions | undefined): number {
    const { keys, fragmentSize } = this.#options;
    const { length } = data;
    const lane = this.#lane(options);
    if (length <= appendCopyLimit && length <= fragmentSize && !this.#isTransformed()) {
      this.#length += writeFrame(lane.writer, finBit | binary, data, keys);
      return length;
    }
    if (keys === undefined && length <= fragmentSize && !this.#isTransformed()) {
      lane.appendBinary(data);
      this.#length += length + lastHeader;
      return length;
    }
    const message = new PendingMessage("binary", options?.compress);
    message.appendOnly(data);
    return this.#push(lane, message);
  }

  /** Sends text that is UTF-8 already, which the caller has checked. */
  sendUtf8(data: Uint8Array, options: SendOptions | undefined): number {
    const { keys, fragmentSize } = this.#options;
    const { length } = data;
    const lane = this.#lane(options);
    if (length <= appendCopyLimit && length <= fragmentSize && !this.#isTransformed()) {
      this.#length += writeFrame(lane.writer, finBit | text, data, keys);
      return length;
    }
    const message = new PendingMessage("text", options?.compress);
    message.appendOnly(data);
    return this.#push(lane, message);
  }

  sendPrepared(message: PreparedMessage, options: SendOptions | undefined): number {
    const { keys, fragmentSize, native } = this.#options;
    const encoded = this.#isTransformed() ? this.#encoded(message, options) : "plain";
    const sent = typeof encoded === "object" ? preparedOf(message.kind, encoded, native) : message;
    if (keys === undefined && sent.payload.length <= fragmentSize && encoded !== undefined) {
      const { frame } = sent;
      // A broadcast usually finds nothing pending: then no connection needs a block, or a lane, for what all of them send.
      if (this.#isIdle() && (options?.priority ?? 0) === 0) this.#alone = frame;
      else {
        const lane = this.#lane(options);
        if (lane.isEmpty) lane.writer.appendReference(frame);
        else lane.writer.append(frame);
      }
      this.#length += frame.length;
      return message.payload.length;
    }
    const lane = this.#lane(options);
    if (typeof encoded === "object") this.#push(lane, new EncodedPendingMessage(message.kind, encoded));
    else {
      const pending = new PendingMessage(message.kind, options?.compress);
      pending.appendReference(message.payload);
      this.#push(lane, pending);
    }
    return message.payload.length;
  }

  /** Returns the message as the extension encodes it for all connections alike; undefined if it has to be encoded for this one. */
  #encoded({ kind, payload }: PreparedMessage, options: SendOptions | undefined): EncodedMessage | "plain" | undefined {
    const [only, another] = this.#options.transforms;
    if (only?.transform.encodePrepared === undefined || another !== undefined) return undefined;
    try {
      const info = { kind, length: payload.length, compress: options?.compress };
      const encoded = only.transform.encodePrepared(payload, info);
      if (encoded === "plain" || encoded === undefined) return encoded;
      const isRight = Number.isInteger(encoded.rsv) && (encoded.rsv & ~only.rsv) === 0 && isBytes(encoded.payload);
      if (isRight) return encoded;
      quiet(encoded);
      return undefined;
    } catch {
      // It fails again when the message is encoded for this connection. That ends the connection, and not a broadcast to all.
      return undefined;
    }
  }

  /** Queues a message that the application will append to. Report what it appended with `appended`. */
  startMessage(kind: MessageKind, options: SendOptions | undefined): PendingMessage {
    const message = new PendingMessage(kind, options?.compress);
    this.#lane(options).push(message);
    return message;
  }

  /** Records that `bytes` bytes were appended to a message of `startMessage`. */
  appended(message: PendingMessage, bytes: number): void {
    if (message.isDropped) this.#dropped += message.drop();
    else this.#length += bytes;
  }

  /** Ends a message of `startMessage`. */
  ended(message: PendingMessage): void {
    message.end();
    if (!message.isDropped) this.#length += lastHeader;
  }

  /** Drops a message of `startMessage` as if it had never been started. Returns false, and does nothing, if it has begun to leave. */
  cancel(message: PendingMessage): boolean {
    if (message.begun) return false;
    this.#length -= this.#lanes?.drop((other) => other === message) ?? 0;
    return true;
  }

  /**
   * Puts a mark behind the messages sent so far with the same priority. Once they have been taken and handed back, `takeMarks`
   * returns `subject`. A no-op once the Close frame has been taken, because nothing that is pending will leave.
   */
  mark(subject: object, priority: number | undefined): void {
    if (this.closeTaken) return;
    this.#marks ??= new Marks();
    const lane = this.#laneAlone().of(priority);
    if (lane.isEmpty) this.#marks.add(subject, this.#current !== undefined, this.#isWriting);
    else lane.mark(subject);
  }

  /** Removes and returns the subjects of the marks whose messages have left, in their order. */
  takeMarks(): readonly object[] {
    return this.#marks === undefined ? noMarks : this.#marks.take();
  }

  /** Queues the Close frame after everything sent so far. Drops messages that have not ended, because they never will. */
  sendClose(payload: Uint8Array): void {
    const dropped = this.#lanes?.drop(({ ended }) => !ended) ?? 0;
    this.#dropped += dropped;
    this.#length += this.#closeLength(payload) - dropped;
    this.#close = payload;
  }

  /**
   * Queues the Close frame ahead of all but `fixedLimits.sentBeforeClose` bytes. Brings forward a Close frame that is queued
   * already, and replaces its payload by `payload` if given. A no-op once it has been taken.
   */
  hastenClose(payload: Uint8Array | undefined): void {
    if (this.closeTaken) return;
    if (payload !== undefined) {
      this.#length += this.#closeLength(payload) - this.#closeLength(this.#close);
      this.#close = payload;
    }
    this.#allowance ??= fixedLimits.sentBeforeClose;
  }

  /** Drops everything pending and queues the Close frame instead. */
  dropFor(closePayload: Uint8Array): void {
    this.#drop();
    this.#pingPong?.drop();
    this.#close = closePayload;
    this.#length = this.#closeLength(closePayload);
  }

  /**
   * Takes frames to write, oldest first: about `budget` bytes, exceeded only to finish a frame. Bytes that an extension
   * compresses count at least a quarter of their original length, and each transformed message at least 1 KiB, because
   * compression is work.
   */
  take(budget: number): readonly Uint8Array[] {
    const chunks = this.#takeChunks(budget);
    if (chunks.length > 0) this.#isWriting = true;
    return chunks;
  }

  /**
   * Takes the frame of a prepared message, of at most `budget` bytes, if it is all that there is to take, which a broadcast
   * usually finds; returns undefined otherwise. It is of no block: there is nothing to hand back.
   */
  takeAlone(budget: number): Uint8Array | undefined {
    const alone = this.#alone;
    if (alone === undefined || alone.length > budget) return undefined;
    if (this.#close !== undefined || this.#current !== undefined || this.#hasControls()) return undefined;
    this.#alone = undefined;
    this.#length = 0;
    this.#isWriting = true;
    return alone;
  }

  /** Releases what is kept between messages to be used again. A no-op if something is pending. */
  shrink(): void {
    if (this.#length > 0 || this.#current !== undefined || this.#lanes?.isEmpty === false) return;
    this.#lanes = undefined;
    this.#output = undefined;
    if (this.#marks?.isEmpty === true) this.#marks = undefined;
  }

  /** The transport has handed back what it took. */
  handedBack(): void {
    this.#isWriting = false;
    this.#marks?.handedBack();
  }

  #takeChunks(budget: number): readonly Uint8Array[] {
    const alone = this.takeAlone(budget);
    if (alone !== undefined) return [alone];
    const lanes = this.#lanes;
    const hasControls = this.#hasControls();
    // The common case: encoded messages only.
    if (!hasControls && this.#close === undefined && this.#current === undefined && this.#alone === undefined) {
      if (lanes === undefined) return nothing;
      if (lanes.isPlainRun && this.#length <= budget) {
        this.#length = 0;
        return lanes.ordinary.takeAll();
      }
    }
    if (hasControls && this.#length === 0 && budget > 0) {
      const only = this.pingPong.takeOnly();
      if (only !== undefined) return [only];
    }
    if (this.#alone !== undefined) this.#laneAlone();
    this.#output ??= new ByteWriter();
    const output = this.#output;
    let room = hasControls ? budget - this.pingPong.take(output, budget) : budget;
    while (room > 0 && !this.closeTaken) {
      const taken = this.#takeData(output, room);
      if (taken === 0 && this.#close !== undefined) this.#takeClose(output, this.#close);
      if (taken === 0) break;
      room -= taken;
    }
    return output.take();
  }

  /** Takes one step of the pending data. Returns what it counts against the budget, 0 if there is nothing to take now. */
  #takeData(output: ByteWriter, room: number): number {
    if (this.#current !== undefined) return this.#takeFragment(this.#current, output, room);
    const lane = this.#lanes?.firstReady();
    if (lane === undefined) return 0;
    const first = lane.first();
    if (first === "run") return this.#takeRun(lane, output, room);
    if (!this.#mayLeave(first)) return 0;
    lane.dropFirst();
    this.#marks?.begin(lane);
    const pipeline = this.#isTransformed() && !first.isEncoded ? this.#beginPipeline(first) : undefined;
    first.begin(pipeline);
    this.#current = first;
    const taken = this.#takeFragment(first, output, room);
    return pipeline === undefined || taken === 0 ? taken : Math.max(taken, transformedMessage);
  }

  #beginPipeline({ kind, wholeLength: length, compress }: PendingMessage): EncodePipeline | undefined {
    const transforms = this.#options.transforms.map(({ transform }) => transform);
    return EncodePipeline.begin(transforms, { kind, length, compress });
  }

  #takeRun(lane: Lane, output: ByteWriter, room: number): number {
    const taken = lane.takeRun(Math.min(room, this.#allowance ?? room), output);
    this.#hasLeft(taken);
    this.#marks?.pass(lane);
    return taken;
  }

  #takeFragment(message: PendingMessage, output: ByteWriter, room: number): number {
    if (!this.#mayLeave(message)) return 0;
    const before = message.length;
    const limit = Math.min(this.#options.fragmentSize, Math.max(room, smallestFragment));
    const { payload, owned, final } = message.takeFragment(limit);
    const left = before - message.length;
    this.#hasLeft(left);
    // A streamed message may have no payload yet, and an extension may buffer its input until it gets more.
    if (payload.length === 0 && !final) return 0;
    if (final) {
      this.#current = undefined;
      this.#length -= lastHeader;
      this.#marks?.endCurrent();
    }
    const opcode = message.takeOpcode() | (final ? finBit : 0);
    return Math.max(writeFragment(output, opcode, payload, owned, this.#options.keys), left >> 2);
  }

  /** Whether a message may be sent before the pending Close frame: only if it is complete and within the allowance. */
  #mayLeave(message: PendingMessage): boolean {
    return this.#allowance === undefined || (message.ended && message.length <= this.#allowance);
  }

  #closeLength(payload: Uint8Array | undefined): number {
    return payload === undefined ? 0 : headerLength(payload.length, this.#options.keys !== undefined) + payload.length;
  }

  #takeClose(output: ByteWriter, payload: Uint8Array): void {
    writeFrame(output, finBit | close, payload, this.#options.keys);
    this.#close = takenClose;
    // RFC 6455 §5.5.1: no data frame follows, so everything still pending is dropped.
    this.#drop();
    this.#length = 0;
  }

  /** Drops all pending messages. */
  #drop(): void {
    if (this.#lanes !== undefined || this.#alone !== undefined) this.#dropped += this.#laneAlone().clear();
    this.#dropped += this.#current?.drop() ?? 0;
    this.#lanes = undefined;
    this.#current = undefined;
  }

  #hasControls(): boolean {
    return this.#pingPong !== undefined && !this.#pingPong.isEmpty;
  }

  /** Whether nothing is pending but control frames: nor a streamed message that has no payload yet. */
  #isIdle(): boolean {
    return this.#length === 0 && this.#current === undefined && this.#lanes?.isPlainRun !== false;
  }

  /** Returns the lanes, with the message that had none. */
  #laneAlone(): Lanes {
    this.#lanes ??= new Lanes();
    if (this.#alone !== undefined) {
      this.#lanes.ordinary.writer.appendReference(this.#alone);
      this.#alone = undefined;
    }
    return this.#lanes;
  }

  /** Whether extensions transform messages. They must see them in wire order, which is known only when messages are taken. */
  #isTransformed(): boolean {
    return this.#options.transforms.length > 0;
  }

  #lane(options: SendOptions | undefined): Lane {
    const lanes = this.#laneAlone();
    return options === undefined ? lanes.ordinary : lanes.of(options.priority);
  }

  /** Records that bytes of messages were taken. */
  #hasLeft(bytes: number): void {
    this.#length -= bytes;
    if (this.#allowance !== undefined) this.#allowance -= bytes;
  }

  /** Queues a whole message. Returns the length of its payload. */
  #push(lane: Lane, message: PendingMessage): number {
    const { length } = message;
    this.#length += length;
    this.ended(message);
    lane.push(message);
    return length;
  }
}

/**
 * Writes a fragment of a message, and returns its bytes. `owned` is whether the payload may be masked in place and its memory
 * reused. `keys` supplies masking keys; undefined for a server, which does not mask.
 */
function writeFragment(
  output: ByteWriter,
  firstByte: number,
  payload: Uint8Array,
  owned: boolean,
  keys: RandomPool | undefined,
): number {
  const { length } = payload;
  if (keys === undefined && length > appendCopyLimit) {
    const header = writeUnmaskedHeader(output, firstByte, length);
    output.appendReference(payload);
    return header + length;
  }
  // An empty payload is the array that all connections share, which must not become output.
  if (keys !== undefined && owned && length > 0) {
    const key = keys.next();
    const header = writeMaskedHeader(output, firstByte, length, key);
    mask(payload, 0, length, key);
    output.appendReference(payload);
    return header + length;
  }
  const written = writeFrame(output, firstByte, payload, keys);
  if (owned) returnChunk(payload);
  return written;
}
