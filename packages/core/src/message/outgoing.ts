/**
 * What leaves, and in which order (RFC 6455 §5.4–5.5). Control frames go first, between the fragments of a message; then
 * the message that has begun; then the waiting ones, the most urgent first and in order within a priority. A Close
 * frame ends it all.
 *
 * Short messages are encoded at once and packed into blocks: one write of the transport costs as much as encoding a
 * hundred of them. Longer ones wait as `PendingMessage` and are cut into fragments when they are taken.
 */
import { ByteWriter, copyLimit } from "../bytes/byte-writer.ts";
import type { RandomPool } from "../bytes/random-pool.ts";
import { writeFrame, writeTextFrame } from "../frame/frame-encoder.ts";
import { finBit, headerLength } from "../frame/header.ts";
import { binary, close, text } from "../frame/opcode.ts";
import type { HostFunctions } from "../host.ts";
import type { MessageKind } from "../message-kind.ts";
import { checkOptions, type OptionChecks, takes } from "../options.ts";
import { UsageError } from "../usage-error.ts";
import { ControlQueue } from "./control-queue.ts";
import type { ActiveTransform } from "./decode-pipeline.ts";
import { EncodePipeline } from "./encode-pipeline.ts";
import type { Lane } from "./lane.ts";
import { Lanes } from "./lanes.ts";
import { PendingMessage } from "./pending-message.ts";
import type { PreparedMessage } from "./prepared-message.ts";
import { writeFragment } from "./write-fragment.ts";

/** Chars of text up to which a message is encoded when it is sent. Above, copying costs more than it saves. */
const shortTextLimit = 4096;

/** What a few objects take counts as little as the connection itself does: a limit of a hundred bytes is one of payload. */
const freeOverhead = 4096;

const nothing: readonly Uint8Array[] = [];

/** A fragment is not cut smaller than this for want of room, or headers would outweigh payload. */
const smallestFragment = 1024;

/** What a message that an extension transforms counts at least: it takes as long as copying a hundred times as much. */
const transformedMessage = 1024;

/**
 * Bytes of waiting messages that may still leave before a Close frame that answers the peer or fails the connection.
 * RFC 6455 §5.5.1 lets an endpoint finish its current message first; this keeps the Close from waiting behind 100 MB.
 */
const closeAllowance = 1_048_576;

/** The least that the last frame of a message takes, even when its payload has left already. */
const lastHeader = 2;

/** How a message is sent. */
export interface SendOptions {
  /** An integer; a waiting message overtakes waiting ones of lesser priority. 0 by default. */
  readonly priority?: number | undefined;
  /** For extensions that compress: `false` never, `true` always, undefined as they see fit. */
  readonly compress?: boolean | undefined;
}

/** The checks of how a message is sent. */
export const sendChecks: OptionChecks<SendOptions> = {
  priority: (value) => {
    if (!Number.isInteger(value)) throw new UsageError("send/priority");
  },
  compress: takes.boolean,
};

/**
 * Checks how a message is to be sent. What is right, as nearly all is, costs no object.
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

/** What `Outgoing` is made from. */
export interface OutgoingOptions {
  /** A client's masking keys; undefined for a server, which does not mask (RFC 6455 §5.1). */
  readonly keys: RandomPool | undefined;
  /** In the order of the agreement. */
  readonly transforms: readonly ActiveTransform[];
  /** The most payload of one frame, in bytes; an integer. */
  readonly fragmentSize: number;
  readonly host: HostFunctions;
}

/** The output of one connection, up to and including its Close frame. */
export class Outgoing {
  /** Held as they are, since many connections share them. */
  readonly #options: OutgoingOptions;

  // An idle connection has neither.
  #controls: ControlQueue | undefined;
  #lanes: Lanes | undefined;
  /** The message that has begun and not ended. */
  #current: PendingMessage | undefined;
  /** What is being taken; kept because it remembers how much that was the last time. */
  #output: ByteWriter | undefined;
  /** Bytes of messages that wait, and of the Close frame. */
  #length = 0;
  #close: Uint8Array | undefined;
  /** Bytes of messages that may leave before the Close frame; undefined for all of them. */
  #allowance: number | undefined;
  #closeTaken = false;
  /** Bytes of payload that were dropped in favour of the Close frame. */
  #dropped = 0;

  /** `options` must not change afterwards. */
  constructor(options: OutgoingOptions) {
    this.#options = options;
  }

  /** The control frames that wait. */
  get controls(): ControlQueue {
    this.#controls ??= new ControlQueue(this.#options.keys);
    return this.#controls;
  }

  /** Ping frames taken. */
  get pingsTaken(): number {
    return this.#controls?.pingsTaken ?? 0;
  }

  /**
   * Bytes not yet taken: frames that are encoded, the payload of messages that are not, and for the frame that ends such
   * a message its header, so that this is 0 only when nothing is left to take.
   */
  get length(): number {
    return this.#length + (this.#controls?.length ?? 0);
  }

  /**
   * What `limits.queuedOutput` bounds: the bytes of `length`, and those that the objects take that hold them. A message of no
   * bytes takes hundreds of them where it cannot be encoded before it leaves.
   */
  get queuedLength(): number {
    const overhead = (this.#lanes?.messageOverhead ?? 0) + (this.#controls?.overhead ?? 0);
    return overhead > freeOverhead ? this.length + overhead - freeOverhead : this.length;
  }

  /** Bytes of memory that all of it takes beside those of `length`. */
  get overhead(): number {
    return (this.#lanes?.overhead ?? 0) + (this.#current?.overhead ?? 0) + (this.#controls?.overhead ?? 0);
  }

  /** Bytes of payload that were to be sent and never leave, because the Close frame does in their place. */
  get droppedLength(): number {
    return this.#dropped;
  }

  /** Whether a message can leave now, or once there is room. */
  get hasData(): boolean {
    return this.#current === undefined ? this.#lanes?.firstReady() !== undefined : this.#current.ready;
  }

  get closeTaken(): boolean {
    return this.#closeTaken;
  }

  sendText(data: string, options: SendOptions | undefined): void {
    const { keys, fragmentSize, host } = this.#options;
    const lane = this.#lane(options);
    if (data.length <= shortTextLimit && data.length * 3 <= fragmentSize && !this.#isTransformed) {
      this.#length += writeTextFrame(lane.writer, finBit | text, data, keys, host);
      return;
    }
    const message = new PendingMessage("text", options?.compress);
    message.appendText(data);
    this.#push(lane, message);
  }

  sendBinary(data: Uint8Array, options: SendOptions | undefined): void {
    const { keys, fragmentSize } = this.#options;
    const lane = this.#lane(options);
    if (data.length <= copyLimit && data.length <= fragmentSize && !this.#isTransformed) {
      this.#length += writeFrame(lane.writer, finBit | binary, data, keys);
      return;
    }
    if (keys === undefined && data.length <= fragmentSize && !this.#isTransformed) {
      lane.appendWhole(data);
      this.#length += data.length + lastHeader;
      return;
    }
    const message = new PendingMessage("binary", options?.compress);
    message.appendReference(data);
    this.#push(lane, message);
  }

  sendPrepared(message: PreparedMessage, options: SendOptions | undefined): void {
    const { keys, fragmentSize } = this.#options;
    const lane = this.#lane(options);
    if (keys === undefined && message.payload.length <= fragmentSize && !this.#isTransformed) {
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
    this.#lane(options).push(message);
    return message;
  }

  /** `bytes` were appended to a message that is queued. */
  appended(bytes: number): void {
    this.#length += bytes;
  }

  /** Ends a message that is queued. */
  ended(message: PendingMessage): void {
    message.end();
    this.#length += lastHeader;
  }

  /** Queues the Close frame behind everything that was sent. A message that has not ended by now never will. */
  sendClose(payload: Uint8Array): void {
    const dropped = this.#lanes?.dropUnended() ?? 0;
    this.#dropped += dropped;
    this.#length += this.#closeLength(payload) - dropped;
    this.#close = payload;
  }

  /**
   * Queues the Close frame ahead of all but `closeAllowance` bytes. One that is queued already is brought forward, with
   * `payload` in place of its own if there is one.
   */
  hastenClose(payload: Uint8Array | undefined): void {
    if (payload !== undefined) {
      this.#length += this.#closeLength(payload) - this.#closeLength(this.#close);
      this.#close = payload;
    }
    this.#allowance ??= closeAllowance;
  }

  /** Drops everything that waits, and queues the Close frame in its place. */
  dropFor(closePayload: Uint8Array): void {
    this.#drop();
    this.#controls = undefined;
    this.#close = closePayload;
    this.#length = this.#closeLength(closePayload);
  }

  /**
   * Frames to write, oldest first: about `budget` bytes, and more only to finish a frame. What an extension makes shorter
   * counts as a quarter of what it was, and each of its messages as 1 KiB: to compress is work.
   */
  take(budget: number): readonly Uint8Array[] {
    const lanes = this.#lanes;
    const hasControls = this.#controls !== undefined && !this.#controls.isEmpty;
    // The common case: messages that are encoded, and nothing else.
    if (!hasControls && this.#close === undefined && this.#current === undefined) {
      if (lanes === undefined) return nothing;
      if (lanes.isPlainRun && this.#length <= budget) {
        this.#length = 0;
        return lanes.ordinary.takeAll();
      }
    }
    this.#output ??= new ByteWriter();
    const output = this.#output;
    let room = hasControls ? budget - this.controls.take(output, budget) : budget;
    while (room > 0 && !this.#closeTaken) {
      const taken = this.#takeData(output, room);
      if (taken === 0 && this.#close !== undefined) this.#takeClose(output, this.#close);
      if (taken === 0) break;
      room -= taken;
    }
    return output.take();
  }

  /** A step of the data that waits; answers what it counts, 0 when there is nothing to take now. */
  #takeData(output: ByteWriter, room: number): number {
    if (this.#current !== undefined) return this.#takeFragment(this.#current, output, room);
    const lane = this.#lanes?.firstReady();
    if (lane === undefined) return 0;
    const first = lane.first();
    if (first === "run") return this.#takeRun(lane, output, room);
    if (!this.#mayLeave(first)) return 0;
    lane.dropFirst();
    const pipeline = this.#isTransformed ? this.#beginPipeline(first) : undefined;
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
    return taken;
  }

  #takeFragment(message: PendingMessage, output: ByteWriter, room: number): number {
    if (!this.#mayLeave(message)) return 0;
    const before = message.length;
    const limit = Math.min(this.#options.fragmentSize, Math.max(room, smallestFragment));
    const { payload, owned, final } = message.takeFragment(limit);
    const left = before - message.length;
    this.#hasLeft(left);
    // A message that is streamed may have nothing to give yet; an extension may swallow what it was given until it is
    // given more.
    if (payload.length === 0 && !final) return 0;
    if (final) {
      this.#current = undefined;
      this.#length -= lastHeader;
    }
    const opcode = message.takeOpcode() | (final ? finBit : 0);
    return Math.max(writeFragment(output, opcode, payload, owned, this.#options.keys), left >> 2);
  }

  /** Whether a message may still leave before the Close frame that waits: if it does so whole, and within the allowance. */
  #mayLeave(message: PendingMessage): boolean {
    return this.#allowance === undefined || (message.ended && message.length <= this.#allowance);
  }

  #closeLength(payload: Uint8Array | undefined): number {
    return payload === undefined ? 0 : headerLength(payload.length, this.#options.keys !== undefined) + payload.length;
  }

  #takeClose(output: ByteWriter, payload: Uint8Array): void {
    writeFrame(output, finBit | close, payload, this.#options.keys);
    this.#closeTaken = true;
    // RFC 6455 §5.5.1: no data frame follows, so what still waits never leaves.
    this.#drop();
    this.#length = 0;
  }

  /** Messages that wait never leave. */
  #drop(): void {
    if (this.#length > this.#closeLength(this.#close)) {
      this.#dropped += this.#lanes!.clear() + (this.#current?.length ?? 0);
    }
    this.#lanes = undefined;
    this.#current = undefined;
  }

  /** Extensions must see messages in the order in which they leave, which is not known before they are taken. */
  get #isTransformed(): boolean {
    return this.#options.transforms.length > 0;
  }

  #lane(options: SendOptions | undefined): Lane {
    this.#lanes ??= new Lanes();
    return options === undefined ? this.#lanes.ordinary : this.#lanes.of(options.priority);
  }

  /** Bytes of messages have left. */
  #hasLeft(bytes: number): void {
    this.#length -= bytes;
    if (this.#allowance !== undefined) this.#allowance -= bytes;
  }

  #push(lane: Lane, message: PendingMessage): void {
    this.#length += message.length;
    this.ended(message);
    lane.push(message);
  }
}
