/**
 * A WebSocket connection after its opening handshake (RFC 6455 §5–§7): bytes in, events out; commands in, bytes out. It only
 * composes: what is received goes through the frame decoder and the assembler, what is sent through the output scheduler.
 * The rules of Ping and Pong are in control/ping-pong.ts, those of Close and of failing in closing/closing-handshake.ts.
 */

import { claimChunk, isWholeLoan, newOwner, noteHandedBack, returnChunk } from "./bytes/block-pool.ts";
import { isBytes, noBytes, plainBytes } from "./bytes/byte-arrays.ts";
import { LentChunks } from "./bytes/lent-chunks.ts";
import { isUtf8 } from "./bytes/text-decode.ts";
import { utf8Bytes } from "./bytes/text-encode.ts";
import { quiet } from "./checks/callback-result.ts";
import { checkOptions, type OptionChecks, takes } from "./checks/option-checks.ts";
import { UsageError } from "./checks/usage-error.ts";
import { ClosingHandshake } from "./closing/closing-handshake.ts";
import type { ClosingState, TransportAction } from "./closing/states.ts";
import {
  type ConnectionConfig,
  type ConnectionOptions,
  type ConnectionSettings,
  type ConnectionStart,
  connectionConfig,
  createTransforms,
  startChecks,
  withTransforms,
} from "./config/connection-config.ts";
import { type ConnectionSink, EventCollector } from "./connection-sink.ts";
import type { ConnectionEvent, EndEvent } from "./events.ts";
import { formatClosePayload } from "./frame/close-payload.ts";
import { FrameDecoder, longestSlice, type SinkVerdict } from "./frame/frame-decoder.ts";
import { maxControlPayload, ping, pong } from "./frame/header.ts";
import type { Output } from "./output.ts";
import { Assembler, type AssemblerSink } from "./receiving/assembler.ts";
import { MessageStream } from "./sending/message-stream.ts";
import { checkSendOptions, OutputScheduler, type SendOptions } from "./sending/output-scheduler.ts";
import { checkPrepared, type PreparedMessage } from "./sending/prepared-message.ts";
import type { DeadlineReason } from "./time/deadlines.ts";
import { type Statistics, statisticsOf } from "./time/statistics.ts";
import type { Agreement } from "./vocabulary/agreement.ts";
import type { ActiveTransform } from "./vocabulary/extension.ts";
import type { Leniency } from "./vocabulary/leniency.ts";
import type { Limits } from "./vocabulary/limits.ts";
import { statusCodes } from "./vocabulary/status-code.ts";
import type { MessageKind, Role } from "./vocabulary/terms.ts";
import { type ConnectionViolationCode, connectionViolation } from "./vocabulary/violation.ts";

/** Options of `sendClose`. */
export interface CloseOptions {
  /**
   * False lets the Close frame overtake the pending messages: at most 1 MiB of them is still sent, the rest is dropped.
   * True, the default, sends everything first.
   */
  readonly afterMessages?: boolean | undefined;
}

const closeChecks: OptionChecks<CloseOptions> = { afterMessages: takes.boolean };

const noStart: ConnectionStart = {};

/** Nothing is added to this one: a connection whose transport hands chunks back has its own once a block was lent to it. */
const noneLent = new LentChunks();

/** Memory of a receiver in bytes. */
const receiverCost = 400;

/**
 * What a connection needs to receive. Between messages it has no state except counters, so that connections with
 * the same settings share what few of them need at a time.
 */
interface Receiver {
  /** The connection that uses it. */
  connection: Connection | undefined;
  readonly decoder: FrameDecoder;
  readonly assembler: Assembler;
}

/** Receivers that are not in use, by the rules of bytes/scratch.ts. */
const spareReceivers = new WeakMap<ConnectionSettings, SpareReceivers>();
/** More are in use only while many messages arrive in parts. */
const mostSpares = 16;

/**
 * A stack that keeps its array: V8 gives up the memory of an array that `pop` empties, and `push` then allocates room for 17
 * items again, 136 bytes for each message.
 */
class SpareReceivers {
  readonly #spares: (Receiver | undefined)[] = [];
  #count = 0;

  static of(settings: ConnectionSettings): SpareReceivers {
    let found = spareReceivers.get(settings);
    if (found === undefined) {
      found = new SpareReceivers();
      spareReceivers.set(settings, found);
    }
    return found;
  }

  take(): Receiver | undefined {
    if (this.#count === 0) return undefined;
    const receiver = this.#spares[--this.#count];
    this.#spares[this.#count] = undefined;
    return receiver;
  }

  give(receiver: Receiver): void {
    if (this.#count < mostSpares) this.#spares[this.#count++] = receiver;
  }
}

/** A slice may expand a thousandfold, so the smaller the remaining budget, the shorter the slice. */
function sliceFor(budget: number): number {
  return budget >= longestSlice * 128 ? longestSlice : Math.max(64, budget >> 7);
}

/**
 * One connection.
 *
 * *Inputs* are `receive` (or `receiveInto`), `receiveEnd` and `expire`: they return the events they caused, in wire
 * order, and never throw for anything that a peer may do. *Commands* are `send…`, `startMessage` and `fail`: they throw a
 * `UsageError` and change nothing, or succeed and add output. *Output* is `takeOutput` and `transportAction`. After any
 * input or command: handle the events, write what `takeOutput` returns, obey `transportAction`. After `failure` only
 * `end` can follow; after `end`, nothing.
 *
 * @example
 * const connection = new Connection(plainAgreement("server"));
 * for (const event of connection.receive(chunk)) {
 *   if (event.type === "text") connection.sendText(event.data);
 *   if (event.type === "binary") connection.sendBinary(event.data);
 * }
 * for (const bytes of connection.takeOutput()) transport.write(bytes);
 */
export class Connection implements Output, Statistics {
  readonly agreement: Agreement;

  readonly #settings: ConnectionSettings;
  /** Undefined between messages, when the connection has returned it to `#receivers`. */
  #receiver: Receiver | undefined;
  readonly #receivers: SpareReceivers;
  readonly #outgoing: OutputScheduler;
  #transforms: readonly ActiveTransform[];
  readonly #offset: number;

  /** Undefined until the first step of closing or failing. */
  #closing: ClosingHandshake | undefined;
  /** Whether received bytes are still processed. */
  #reading = true;
  /** Receiver of the events of the chunk being received; undefined between chunks. */
  #sink: ConnectionSink | undefined;
  /** The end event, until it is returned. */
  #end: EndEvent | undefined;
  #collector: EventCollector | undefined;
  /** Owner id of this connection's output in pooled blocks. */
  readonly #owner = newOwner();
  /** Chunks passed to a transport that hands chunks back; undefined until it has done so. */
  #lent: LentChunks | undefined;
  #bytesTaken = 0;
  #messagesSent = 0;
  #controlFramesReceived = 0;
  // The counters of the receiver, between messages.
  #bytesReceived = 0;
  #messagesReceived = 0;
  #work = 0;
  #hasToleratedLength = false;

  /**
   * @throws UsageError `option/unknown`, `option/type`, `option/range`, `option/random-missing`, `option/random`,
   * `extension/unknown`, `extension/rsv-conflict`
   */
  constructor(agreement: Agreement, options: ConnectionOptions | ConnectionConfig = {}, start?: ConnectionStart) {
    const config = connectionConfig(agreement.role, options);
    // An endpoint passes a valid offset, and the check of names would be a part of each opening.
    if (start !== undefined && !(typeof start.offset === "number" && start.offset >= 0)) {
      checkOptions("a connection", start, startChecks);
    }
    const { offset = 0, extensions = config.extensions } = start ?? noStart;
    this.agreement = agreement;
    this.#offset = offset;
    this.#transforms = createTransforms(agreement, extensions);
    this.#settings = withTransforms(config.settings, this.#transforms);
    this.#receivers = SpareReceivers.of(this.#settings);
    this.#outgoing = new OutputScheduler(this.#settings);
  }

  get role(): Role {
    return this.agreement.role;
  }

  /** State of the closing handshake. */
  get state(): ClosingState {
    return this.#closing === undefined ? "open" : this.#closing.state;
  }

  /** The leniencies that were needed, in the opening handshake and since. */
  get tolerated(): readonly Leniency[] {
    const { tolerated } = this.agreement;
    const hasTolerated = this.#receiver?.decoder.toleratedNonMinimalLength ?? this.#hasToleratedLength;
    return hasTolerated ? [...tolerated, "non-minimal-length"] : tolerated;
  }

  /** The limits in effect, including defaults. */
  get limits(): Limits {
    return this.#settings.limits;
  }

  /** The counters at this moment, as plain data. */
  get statistics(): Statistics {
    return statisticsOf(this);
  }

  // The counters themselves: `Deadlines` reads them in every turn, and `statistics` would be an object each time.

  get bytesReceived(): number {
    return this.#receiver === undefined ? this.#bytesReceived : this.#receiver.decoder.received;
  }

  get bytesTaken(): number {
    return this.#bytesTaken;
  }

  get messagesReceived(): number {
    return this.#receiver === undefined ? this.#messagesReceived : this.#receiver.assembler.messagesReceived;
  }

  get messagesSent(): number {
    return this.#messagesSent;
  }

  get controlFramesReceived(): number {
    return this.#controlFramesReceived;
  }

  get pingsTaken(): number {
    return this.#outgoing.pingsTaken;
  }

  /** Whether a Ping of `expire("ping")` has been taken that no Pong has acknowledged. */
  get awaitsPong(): boolean {
    return this.#outgoing.awaitsPong;
  }

  /** Whether Pings are answered without the application. */
  get autoPong(): boolean {
    return this.#settings.autoPong;
  }

  /** Whether there is nothing to take until the application goes on with a message of `startMessage`. */
  get awaitsSender(): boolean {
    return this.#outgoing.awaitsSender;
  }

  /**
   * The last Ping, counted from 1 as in `statistics.pingsTaken`, that a Pong with its payload answered before the next
   * Ping was sent; 0 before the first.
   */
  get pingsAnswered(): number {
    return this.#outgoing.pingsAnswered;
  }

  /**
   * Units of work of the latest `receive` or `receiveInto`. A count that is the same on every machine, about one per
   * nanosecond on a fast one. It covers received bytes, bytes that extensions made of them, frames and messages.
   */
  get work(): number {
    return this.#receiver === undefined ? this.#work : this.#receiver.assembler.work;
  }

  /** Whether a message from the peer has begun and not ended. */
  get isWithinMessage(): boolean {
    return this.#receiver?.decoder.isWithinMessage === true;
  }

  // Inputs

  /**
   * Handles received bytes. Takes ownership of `chunk`: it is unmasked in place, and events may point into it. Never
   * throws because of the content; the cost is linear in the length.
   */
  receive(chunk: Uint8Array): readonly ConnectionEvent[] {
    // One collector for all chunks: creating one is a third of the cost of small chunks (bench/decode-task.ts, chunks of 1 B).
    this.#collector ??= new EventCollector();
    this.receiveInto(chunk, this.#collector);
    return this.#collector.take();
  }

  /**
   * Like `receive`, but without event objects, for pumps and proxies: about 10 ns less for a short message.
   *
   * Stops after about `budget` units of work, but not before one frame or 4 KiB of it, and returns how many bytes of
   * `chunk` were taken. Pass the remaining bytes again, before anything else. See `work`.
   */
  receiveInto(chunk: Uint8Array, sink: ConnectionSink, budget: number = Number.POSITIVE_INFINITY): number {
    if (this.#sink !== undefined) throw new UsageError("endpoint/reentrant");
    if (!isBytes(chunk)) throw new UsageError("endpoint/chunk-type");
    this.#work = 0;
    if (!this.#reading) return chunk.length;
    const receiver = this.#receiver ?? this.#borrowReceiver();
    const { assembler, decoder } = receiver;
    this.#sink = sink;
    this.#reading = false;
    assembler.work = 0;
    assembler.budget = budget;
    try {
      const fault = decoder.decode(plainBytes(chunk), sliceFor(budget));
      // An error thrown by the caller's sink propagates, and reading stops for good: the state may be inconsistent.
      if (fault === undefined) {
        this.#reading = true;
        assembler.endChunk();
        if (decoder.isAtRest && assembler.isAtRest) this.#returnReceiver(receiver);
      } else if (fault === "stop") this.#stopReading();
      else this.#fail(sink, fault.code, fault.offset, fault.firstByte);
    } finally {
      this.#sink = undefined;
    }
    return decoder.taken;
  }

  /**
   * Handles the end of the transport: the peer closed its half, or the connection was lost. Queued output may still be
   * written if possible.
   *
   * @throws whatever an extension throws when releasing its memory; the next call then returns the event
   */
  receiveEnd(): readonly ConnectionEvent[] {
    if (this.#sink !== undefined) throw new UsageError("endpoint/reentrant");
    if (this.state !== "ended") {
      this.#stopReading();
      this.#end = this.#closingHandshake().end();
      this.#releaseTransforms();
    }
    const end = this.#end;
    this.#end = undefined;
    return end === undefined ? [] : [end];
  }

  /** Handles a deadline that has passed. Normally called by `Deadlines`; public for callers with their own timekeeping. */
  expire(reason: DeadlineReason): readonly ConnectionEvent[] {
    if (this.#sink !== undefined) throw new UsageError("endpoint/reentrant");
    if (this.state === "ended") return [];
    switch (reason) {
      case "closing":
        this.#abort();
        return [];
      case "stalled":
      case "resting":
        return this.#drop(reason);
      case "ping":
        if (this.state !== "open") return [];
        // The peer has been silent for long, so what its last messages needed may not be needed soon.
        this.#outgoing.shrink();
        this.#outgoing.pingPong.sendKeepalive();
        return [];
      case "idle":
        if (this.state === "open") this.sendClose(statusCodes.goingAway, "idle");
        return [];
      case "pong":
      case "message":
      case "control-flood": {
        if (!this.#closingHandshake().canFail) return [];
        const collector = new EventCollector();
        this.#fail(collector, `deadline/${reason}`, this.bytesReceived);
        return collector.events;
      }
      case "opening":
        return [];
      default:
        // A name that is not a reason, from JavaScript.
        reason satisfies never;
        return [];
    }
  }

  // Commands

  /**
   * Sends a text message. Lone surrogates become U+FFFD.
   *
   * @returns the length of the payload in bytes, before extensions transform it
   * @throws UsageError `send/after-close`, `send/queue-full`, `send/priority`, `send/data-type`, `endpoint/ended`
   */
  sendText(data: string, options?: SendOptions): number {
    if (typeof data !== "string") throw new UsageError("send/data-type");
    this.#checkSend(options);
    this.#messagesSent++;
    return this.#outgoing.sendText(data, options);
  }

  /**
   * Sends a binary message. Do not change `data` until it has been written: more than 4 KiB may be sent by reference.
   *
   * @returns as `sendText`
   * @throws UsageError as `sendText`
   */
  sendBinary(data: Uint8Array, options?: SendOptions): number {
    if (!isBytes(data)) throw new UsageError("send/data-type");
    this.#checkSend(options);
    this.#messagesSent++;
    return this.#outgoing.sendBinary(data, options);
  }

  /**
   * Sends a text message of which the application has the UTF-8, such as one that `textBytes` of a sink has delivered. Do not change
   * `data` until it has been written, as with `sendBinary`.
   *
   * @returns as `sendText`
   * @throws UsageError as `sendText`, and `send/not-utf8`
   */
  sendUtf8(data: Uint8Array, options?: SendOptions): number {
    if (!isBytes(data)) throw new UsageError("send/data-type");
    this.#checkSend(options);
    if (!isUtf8(data, 0, data.length, this.#settings.native)) throw new UsageError("send/not-utf8");
    this.#messagesSent++;
    return this.#outgoing.sendUtf8(data, options);
  }

  /**
   * Sends a message that was encoded once for many connections.
   *
   * @returns as `sendText`
   * @throws UsageError as `sendText`
   */
  sendPrepared(message: PreparedMessage, options?: SendOptions): number {
    checkPrepared(message);
    this.#checkSend(options);
    this.#messagesSent++;
    return this.#outgoing.sendPrepared(message, options);
  }

  /**
   * Starts a message of unknown length. Messages sent later wait until it has ended; control frames do not wait.
   *
   * @throws UsageError as `sendText`
   */
  startMessage(kind: MessageKind, options?: SendOptions): MessageStream {
    this.#checkSend(options);
    this.#messagesSent++;
    return new MessageStream(this.#outgoing, this.#outgoing.startMessage(kind, options), (adding) =>
      adding === "payload" ? this.#checkSend(undefined) : this.#closing?.checkCanSend(),
    );
  }

  /**
   * Puts a mark behind the messages sent so far with the same priority, to learn when they have left: `takeMarks` returns `subject`
   * once they have been taken, and what was taken has been handed back with `releaseOutput`. Call it right after `sendText`,
   * `sendBinary`, `sendPrepared` or `startMessage`. Nothing is said of a message that is dropped in favor of our Close frame, or that
   * was sent after that had been taken. A mark counts as 160 bytes of queued output.
   */
  mark(subject: object, priority?: number): void {
    this.#outgoing.mark(subject, priority);
  }

  /**
   * Removes and returns the subjects of the marks whose messages have left, in the order of these messages on the wire. Exact if all
   * output that was taken is handed back before more is taken, as with one write at a time.
   */
  takeMarks(): readonly object[] {
    return this.#outgoing.takeMarks();
  }

  /**
   * Sends a Ping of at most 125 bytes; a text is sent as UTF-8. The Pong is reported as an event. `Deadlines` sends its own Pings.
   *
   * @throws UsageError `control/payload-too-long`, `send/after-close`, `send/queue-full`, `send/data-type`,
   * `endpoint/ended`
   */
  sendPing(payload: Uint8Array | string = noBytes): void {
    this.#outgoing.pingPong.sendPing(this.#controlPayload(payload));
  }

  /**
   * Sends a Pong of at most 125 bytes, a text as UTF-8. It is an unsolicited one (RFC 6455 §5.5.3), because replies to Pings are sent
   * automatically, or with `autoPong: false` such a reply.
   *
   * @throws UsageError as `sendPing`
   */
  sendPong(payload: Uint8Array | string = noBytes): void {
    this.#outgoing.pingPong.sendPong(this.#controlPayload(payload));
  }

  /**
   * Starts the closing handshake (RFC 6455 §7.1.2). Without a status code the Close frame is empty. Does nothing if a
   * Close frame is already queued or sent.
   *
   * @throws UsageError `close/status-code`, `close/client-only`, `close/reason-without-code`, `close/reason-too-long`,
   * `send/data-type`
   */
  sendClose(statusCode?: number, reason = "", options?: CloseOptions): void {
    const payload = formatClosePayload(this.role, statusCode, reason, this.#settings.native);
    if (options !== undefined) checkOptions("sendClose", options, closeChecks);
    this.#closingHandshake().request(payload, options?.afterMessages !== false);
  }

  /**
   * Gives up the connection, for example for lack of memory. Drops the message in progress and all pending output,
   * queues a Close frame instead unless one was taken before, and stops reading. Afterwards the connection ends like a
   * failed one, but without a `failure` event.
   *
   * @throws UsageError as `sendClose`, and `endpoint/reentrant`
   */
  fail(statusCode?: number, reason = ""): void {
    const payload = formatClosePayload(this.role, statusCode, reason, this.#settings.native);
    if (this.#sink !== undefined) throw new UsageError("endpoint/reentrant");
    if (this.state === "ended") return;
    if (!this.#closingHandshake().canFail) {
      this.#abort();
      return;
    }
    this.#stopReading();
    this.#closingHandshake().giveUp(payload);
    this.#releaseTransforms();
  }

  // Output

  /** Takes bytes to write, oldest first; see `Output`. */
  takeOutput(budget: number = Number.POSITIVE_INFINITY): readonly Uint8Array[] {
    const chunks = this.#outgoing.take(budget);
    for (let index = 0; index < chunks.length; index++) {
      const chunk = chunks[index]!;
      this.#bytesTaken += chunk.length;
      if (claimChunk(chunk, this.#owner) && this.#lent !== undefined) this.#track(chunk);
    }
    if (this.#outgoing.closeTaken) this.#closingHandshake().taken();
    if (this.state === "ended") this.#releaseTransforms();
    return chunks;
  }

  /**
   * Takes the frame of a prepared message, of at most `budget` bytes, if it is all that there is to take; returns undefined
   * otherwise, and `takeOutput` takes what there is. For broadcasts: it looks at little, and creates nothing.
   */
  takePrepared(budget: number): Uint8Array | undefined {
    const frame = this.#outgoing.takeAlone(budget);
    if (frame !== undefined) this.#bytesTaken += frame.length;
    return frame;
  }

  /**
   * Hands back chunks that the transport has written, so that their memory is reused. Optional; improves speed. Ignores
   * chunks that this connection has not passed out, such as views of a chunk, and chunks that were handed back before.
   */
  releaseOutput(chunks: readonly Uint8Array[]): void {
    const lent = this.#lent;
    for (const chunk of chunks) {
      // Chunks are tracked only from the first hand-back on: otherwise transports that never hand back would keep them alive.
      if (lent === undefined ? isWholeLoan(chunk, this.#owner) : lent.remove(chunk)) returnChunk(chunk);
      else noteHandedBack(chunk);
    }
    this.#lent ??= noneLent;
    this.#outgoing.handedBack();
  }

  #track(chunk: Uint8Array): void {
    if (this.#lent === noneLent) this.#lent = new LentChunks();
    this.#lent?.add(chunk);
  }

  get outputLength(): number {
    return this.#outgoing.length;
  }

  /**
   * Approximate memory in bytes that the connection holds for its peer, in addition to `outputLength`: the message in
   * progress including whole blocks, the objects of pending output, and the windows of extensions.
   */
  get heldLength(): number {
    let held = (this.#receiver?.assembler.heldLength ?? 0) + this.#outgoing.overhead;
    if (this.isWithinMessage) held += receiverCost;
    for (const { transform } of this.#transforms) {
      const { heldLength } = transform;
      // An extension supplied by the application may report anything.
      if (typeof heldLength === "number" && heldLength > 0 && heldLength < Number.POSITIVE_INFINITY) held += heldLength;
    }
    return held;
  }

  /** The quantity that `limits.queuedOutput` bounds: `outputLength` plus the memory of the objects that hold it. */
  get queuedLength(): number {
    return this.#outgoing.queuedLength;
  }

  /**
   * Payload bytes that were sent by the application but dropped in favor of our Close frame: pending messages beyond
   * what may precede a Close in reply or a failure, and streamed messages that were cut off.
   */
  get droppedLength(): number {
    return this.#outgoing.droppedLength;
  }

  get transportAction(): TransportAction {
    return this.#closing === undefined ? "keep" : this.#closing.transportAction;
  }

  // Internals

  /** Passes on what the assembler finds to the sink of the chunk that its connection is receiving. */
  static readonly #Receiver = class implements Receiver, AssemblerSink {
    connection: Connection | undefined;
    readonly assembler: Assembler;
    readonly decoder: FrameDecoder;

    constructor(settings: ConnectionSettings) {
      this.assembler = new Assembler(this, settings);
      this.decoder = new FrameDecoder(this.assembler, settings);
    }

    get takesTextBytes(): boolean {
      return this.connection!.#sink!.takesTextBytes === true;
    }

    text(data: string): void {
      this.connection!.#sink!.text(data);
    }

    textBytes(bytes: Uint8Array, start: number, end: number): void {
      this.connection!.#sink!.textBytes!(bytes, start, end);
    }

    binary(bytes: Uint8Array, start: number, end: number): void {
      this.connection!.#sink!.binary(bytes, start, end);
    }

    piece(kind: MessageKind, bytes: Uint8Array, start: number, end: number, final: boolean): void {
      this.connection!.#sink!.piece(kind, bytes, start, end, final);
    }

    control(opcode: number, payload: Uint8Array): SinkVerdict {
      return this.connection!.#control(this.connection!.#sink!, opcode, payload);
    }
  };

  /** Passes a control frame to the rules of its kind, then to the sink. */
  #control(sink: ConnectionSink, opcode: number, payload: Uint8Array): SinkVerdict {
    this.#controlFramesReceived++;
    if (opcode === ping) {
      if (this.#settings.autoPong) this.#outgoing.pingPong.receivePing(payload);
      sink.ping(payload);
      return undefined;
    }
    if (opcode === pong) {
      this.#outgoing.pingPong.receivePong(payload);
      sink.pong(payload);
      return undefined;
    }
    const received = this.#closingHandshake().receive(payload);
    if (typeof received === "string") return { code: received };
    sink.close(received.statusCode, received.reason);
    return "stop";
  }

  #fail(
    sink: ConnectionSink,
    code: ConnectionViolationCode,
    offset: number,
    firstByte: number | undefined = undefined,
  ): void {
    const fault = connectionViolation(code, this.#offset + offset, firstByte);
    this.#stopReading();
    this.#closingHandshake().fail(fault);
    sink.failure(fault);
  }

  #drop(reason: "stalled" | "resting"): ConnectionEvent[] {
    if (!this.#closingHandshake().canFail) {
      this.#abort();
      return [];
    }
    this.#stopReading();
    this.#closingHandshake().drop();
    return [
      { type: "failure", violation: connectionViolation(`deadline/${reason}`, this.#offset + this.bytesReceived) },
    ];
  }

  #abort(): void {
    this.#stopReading();
    this.#closingHandshake().abort();
  }

  /** Discards everything received from now on. */
  #stopReading(): void {
    this.#reading = false;
    const receiver = this.#receiver;
    if (receiver === undefined) return;
    receiver.assembler.release();
    this.#takeCounters(receiver);
  }

  #closingHandshake(): ClosingHandshake {
    this.#closing ??= new ClosingHandshake(this.#outgoing, this.#settings);
    return this.#closing;
  }

  /** Takes a receiver for a chunk that begins between messages. */
  #borrowReceiver(): Receiver {
    const receiver = this.#receivers.take() ?? new Connection.#Receiver(this.#settings);
    receiver.connection = this;
    receiver.decoder.begin(this.#bytesReceived);
    receiver.assembler.begin(this.#messagesReceived);
    this.#receiver = receiver;
    return receiver;
  }

  /** Returns the receiver after a chunk that ends between messages. */
  #returnReceiver(receiver: Receiver): void {
    this.#takeCounters(receiver);
    receiver.connection = undefined;
    this.#receivers.give(receiver);
  }

  #takeCounters({ decoder, assembler }: Receiver): void {
    this.#bytesReceived = decoder.received;
    this.#messagesReceived = assembler.messagesReceived;
    this.#work = assembler.work;
    this.#hasToleratedLength ||= decoder.toleratedNonMinimalLength;
    this.#receiver = undefined;
  }

  /** Releases the memory of extensions once no message can arrive and none is pending. */
  #releaseTransforms(): void {
    if (this.#outgoing.hasData) return;
    const transforms = this.#transforms;
    this.#transforms = [];
    releaseAll(transforms);
  }

  /** Messages may be sent until our Close frame is taken, unless the application has requested the Close itself. */
  #checkSend(options: SendOptions | undefined): void {
    this.#closing?.checkCanSend();
    if (this.#outgoing.queuedLength > this.#settings.limits.queuedOutput) throw new UsageError("send/queue-full");
    if (options !== undefined) checkSendOptions(options);
  }

  /** Returns the payload of a control frame as bytes, after all checks. */
  #controlPayload(payload: Uint8Array | string): Uint8Array {
    if (typeof payload !== "string" && !isBytes(payload)) throw new UsageError("send/data-type");
    // Each char takes at least one byte, so a longer string is rejected without encoding it.
    const isShort = payload.length <= maxControlPayload;
    const bytes = isShort && typeof payload === "string" ? utf8Bytes(payload, this.#settings.native) : payload;
    if (bytes.length > maxControlPayload) throw new UsageError("control/payload-too-long");
    this.#checkSend(undefined);
    return bytes as Uint8Array;
  }
}

/** Releases each transform once, even if another one throws. */
function releaseAll(transforms: readonly ActiveTransform[]): void {
  for (const [index, { transform }] of transforms.entries()) {
    try {
      quiet(transform.release());
    } catch (error) {
      releaseAll(transforms.slice(index + 1));
      throw error;
    }
  }
}
