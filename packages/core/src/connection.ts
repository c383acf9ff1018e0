/**
 * A WebSocket connection after its opening handshake (RFC 6455 §5–§7): bytes in, events out; commands in, bytes out.
 * It composes the frame decoder, the assembler, the outgoing queue and the closing handshake, and holds no rule of its
 * own.
 */
import { claimChunk, isWholeLoan, newOwner, noteHandedBack, returnChunk } from "./bytes/block-pool.ts";
import { isBytes } from "./bytes/is-bytes.ts";
import { LentChunks } from "./bytes/lent-chunks.ts";
import { plainBytes } from "./bytes/plain-bytes.ts";
import { utf8Bytes } from "./bytes/text-encode.ts";
import { quiet } from "./callback-result.ts";
import { closePayload, formatClosePayload, parseClosePayload, replyPayload } from "./closing/close-payload.ts";
import { ClosingHandshake } from "./closing/closing-handshake.ts";
import type { ClosingState, TransportInstruction } from "./closing/states.ts";
import { statusCodes } from "./closing/status-code.ts";
import {
  type ConnectionOptions,
  type ConnectionSettings,
  checkConnectionOptions,
  createTransforms,
  resolveOptions,
  withTransforms,
} from "./connection-options.ts";
import { type ConnectionSink, EventCollector } from "./connection-sink.ts";
import type { ConnectionEvent, EndEvent } from "./events.ts";
import { FrameDecoder, longestSlice, type SinkVerdict } from "./frame/frame-decoder.ts";
import { maxControlPayload } from "./frame/header.ts";
import { ping, pong } from "./frame/opcode.ts";
import { Keepalive } from "./keepalive.ts";
import type { Leniency } from "./leniency.ts";
import type { Limits } from "./limits.ts";
import { Assembler } from "./message/assembler.ts";
import type { ActiveTransform } from "./message/decode-pipeline.ts";
import { MessageStream } from "./message/message-stream.ts";
import { checkSendOptions, Outgoing, type SendOptions } from "./message/outgoing.ts";
import type { PreparedMessage } from "./message/prepared-message.ts";
import type { MessageKind } from "./message-kind.ts";
import type { Agreement } from "./opening/agreement.ts";
import { checkOptions, type OptionChecks, takes } from "./options.ts";
import type { DeadlineReason, Output, Statistics } from "./output.ts";
import type { Role } from "./role.ts";
import { UsageError } from "./usage-error.ts";
import { type ViolationCode, violation } from "./violation.ts";

/** How a Close frame is sent. */
export interface CloseOptions {
  /**
   * False lets the Close frame overtake the messages that wait, of which at most 1 MiB still leaves; the rest is
   * dropped. True, the default, sends everything first.
   */
  readonly afterMessages?: boolean | undefined;
}

const closeChecks: OptionChecks<CloseOptions> = { afterMessages: takes.boolean };

const noPayload = new Uint8Array(0);

/** A slice may become a thousand times as long: the less there is to be done, the shorter it is. */
function sliceFor(budget: number): number {
  return budget >= longestSlice * 128 ? longestSlice : Math.max(64, budget >> 7);
}

function checkedSettings(role: Role, options: ConnectionOptions): ConnectionSettings {
  checkConnectionOptions(options);
  const settings = resolveOptions(role, options);
  // An opening handshake would have drawn a nonce.
  settings.keys?.check();
  return settings;
}

/**
 * One connection.
 *
 * *Inputs* are `receive` (or `receiveInto`), `receiveEnd` and `expire`: they return the events they caused, in wire
 * order, and never throw for anything that a peer may do. *Commands* are `send…` and `startMessage`: they throw a
 * `UsageError` and change nothing, or succeed and add output. *Output* is `takeOutput` and `transport`. After any input
 * or command: handle the events, write what `takeOutput` returns, obey `transport`. After `failure` only `end` can
 * follow; after `end`, nothing.
 *
 * @example
 * const connection = new Connection(plainAgreement("server"));
 * for (const event of connection.receive(chunk)) {
 *   if (event.type === "text") connection.sendText(event.data);
 *   if (event.type === "binary") connection.sendBinary(event.data);
 * }
 * for (const bytes of connection.takeOutput()) transport.write(bytes);
 */
export class Connection implements Output {
  readonly agreement: Agreement;

  readonly #settings: ConnectionSettings;
  readonly #decoder: FrameDecoder;
  readonly #assembler: Assembler;
  readonly #outgoing: Outgoing;
  #transforms: readonly ActiveTransform[];
  readonly #offset: number;

  readonly #closing: ClosingHandshake;
  /** Whether bytes received still mean something. */
  #reading = true;
  #receiving = false;
  /** The event of the end, until it is returned. */
  #end: EndEvent | undefined;
  #collector: EventCollector | undefined;
  #keepalive: Keepalive | undefined;
  /** Whose output lies in a block of memory. */
  readonly #owner = newOwner();
  /** What a transport that hands chunks back has been given. */
  #lent: LentChunks | undefined;
  #bytesTaken = 0;
  #messagesSent = 0;
  #controlFramesReceived = 0;

  /**
   * `settings` are for an endpoint, which has resolved the options already; then only `extensions` and `offset` of them count.
   *
   * @throws UsageError `option/range`, `option/random-missing`, `option/random`, `extension/unknown`, `extension/rsv-conflict`
   */
  constructor(
    agreement: Agreement,
    options: ConnectionOptions = {},
    settings: ConnectionSettings = checkedSettings(agreement.role, options),
  ) {
    const { role } = agreement;
    this.agreement = agreement;
    this.#closing = new ClosingHandshake(role);
    this.#offset = options.offset ?? 0;
    this.#transforms = createTransforms(agreement, options.extensions ?? []);
    this.#settings = withTransforms(settings, this.#transforms);
    this.#assembler = new Assembler((opcode, payload) => this.#control(opcode, payload), this.#settings);
    this.#decoder = new FrameDecoder(this.#assembler, this.#settings);
    this.#outgoing = new Outgoing(this.#settings);
  }

  get role(): Role {
    return this.agreement.role;
  }

  /** Where the closing handshake stands. */
  get state(): ClosingState {
    return this.#closing.state;
  }

  /** The leniencies that were needed, in the opening handshake and since. */
  get tolerated(): readonly Leniency[] {
    const { tolerated } = this.agreement;
    return this.#decoder.toleratedNonMinimalLength ? [...tolerated, "non-minimal-length"] : tolerated;
  }

  /** What holds, defaults included. */
  get limits(): Limits {
    return this.#settings.limits;
  }

  get statistics(): Statistics {
    return {
      bytesReceived: this.#decoder.received,
      bytesTaken: this.#bytesTaken,
      messagesReceived: this.#assembler.messagesReceived,
      messagesSent: this.#messagesSent,
      controlFramesReceived: this.#controlFramesReceived,
      pingsTaken: this.#outgoing.pingsTaken,
    };
  }

  /** Whether a Ping of `expire("ping")` has been taken that no Pong has answered. */
  get awaitsPong(): boolean {
    return this.#keepalive?.isAwaiting(this.#outgoing.pingsTaken) === true;
  }

  /**
   * Units of work of the latest `receive` or `receiveInto`: a count, which is the same on every machine, of about one for
   * each nanosecond on a fast one. Bytes received, bytes that extensions made of them, frames and messages are counted.
   */
  get work(): number {
    return this.#assembler.work;
  }

  /** Whether a message of the peer's has begun and not ended. */
  get isWithinMessage(): boolean {
    return this.#decoder.isWithinMessage;
  }

  // Inputs

  /**
   * Bytes arrived. Takes `chunk` over: it is unmasked in place, and events may point into it. Never throws for what
   * the bytes are; cost is linear in their number.
   */
  receive(chunk: Uint8Array): ConnectionEvent[] {
    // One for all chunks: where they are small, making one is a third of the cost (bench, chunks of 1 B).
    this.#collector ??= new EventCollector();
    this.receiveInto(chunk, this.#collector);
    return this.#collector.take();
  }

  /**
   * The same machine without event objects, for pumps and proxies: about 10 ns less for a short message.
   *
   * Stops when about `budget` units of work are done, at least one frame or 4 KiB of it, and returns how many bytes of
   * `chunk` it has taken. What follows them is to be passed again, before anything else. See `work`.
   */
  receiveInto(chunk: Uint8Array, sink: ConnectionSink, budget: number = Number.POSITIVE_INFINITY): number {
    if (this.#receiving) throw new UsageError("endpoint/reentrant");
    if (!isBytes(chunk)) throw new UsageError("endpoint/chunk-type");
    const assembler = this.#assembler;
    assembler.work = 0;
    if (!this.#reading) return chunk.length;
    this.#receiving = true;
    this.#reading = false;
    assembler.sink = sink;
    assembler.budget = budget;
    try {
      const fault = this.#decoder.decode(plainBytes(chunk), sliceFor(budget));
      // What a sink of the caller's throws goes to the caller, and ends the reading: the machine was left midway.
      if (fault === undefined) {
        this.#reading = true;
        assembler.endChunk();
      } else {
        assembler.release();
        if (fault !== "stop") this.#fail(sink, fault.code, fault.offset);
      }
    } finally {
      this.#receiving = false;
      assembler.sink = undefined;
    }
    return this.#decoder.taken;
  }

  /**
   * The transport ended: the peer closed its half, or it was lost. What is still queued may be written if it can be. Throws
   * what an extension throws that cannot release what it holds; then the next call returns the event.
   */
  receiveEnd(): ConnectionEvent[] {
    if (this.#receiving) throw new UsageError("endpoint/reentrant");
    if (this.state !== "ended") {
      this.#stopReading();
      this.#end = this.#closing.end();
      this.#releaseTransforms();
    }
    const end = this.#end;
    this.#end = undefined;
    return end === undefined ? [] : [end];
  }

  /** A deadline has passed. `Deadlines` knows when and calls this; it is public for those who keep time otherwise. */
  expire(reason: DeadlineReason): ConnectionEvent[] {
    if (this.#receiving) throw new UsageError("endpoint/reentrant");
    if (this.state === "ended") return [];
    if (reason === "closing") this.#abort();
    else if (reason === "stalled" || reason === "resting") return this.#drop(reason);
    else if (reason === "ping") {
      if (this.state === "open") this.#sendKeepalive();
    } else if (reason === "idle") {
      if (this.state === "open") this.sendClose(statusCodes.goingAway, "idle");
    } else if (this.#closing.canFail && (reason === "pong" || reason === "message" || reason === "control-flood")) {
      const collector = new EventCollector();
      this.#fail(collector, `deadline/${reason}`, this.#decoder.received);
      return collector.events;
    }
    return [];
  }

  // Commands

  /**
   * Sends a text message. Lone surrogates become U+FFFD.
   *
   * @throws UsageError `send/after-close`, `send/queue-full`, `send/priority`, `send/data-type`, `endpoint/ended`
   */
  sendText(data: string, options?: SendOptions): void {
    if (typeof data !== "string") throw new UsageError("send/data-type");
    this.#checkSend(options);
    this.#messagesSent++;
    this.#outgoing.sendText(data, options);
  }

  /**
   * Sends a binary message. `data` must not be changed until it was written: more than 4 KiB may go by reference.
   *
   * @throws UsageError as `sendText`
   */
  sendBinary(data: Uint8Array, options?: SendOptions): void {
    if (!isBytes(data)) throw new UsageError("send/data-type");
    this.#checkSend(options);
    this.#messagesSent++;
    this.#outgoing.sendBinary(data, options);
  }

  /**
   * Sends a message that was encoded once for many connections.
   *
   * @throws UsageError as `sendText`
   */
  sendPrepared(message: PreparedMessage, options?: SendOptions): void {
    if (!isBytes(message?.frame)) throw new UsageError("send/data-type");
    this.#checkSend(options);
    this.#messagesSent++;
    this.#outgoing.sendPrepared(message, options);
  }

  /**
   * Starts a message of unknown length. Messages sent later wait until it has ended; control frames do not.
   *
   * @throws UsageError as `sendText`
   */
  startMessage(kind: MessageKind, options?: SendOptions): MessageStream {
    this.#checkSend(options);
    this.#messagesSent++;
    return new MessageStream(this.#outgoing, this.#outgoing.startMessage(kind, options), (adding) =>
      adding === "payload" ? this.#checkSend(undefined) : this.#checkUnclosed(),
    );
  }

  /**
   * Sends a Ping of at most 125 bytes. Its Pong comes as an event; `Deadlines` has Pings of its own.
   *
   * @throws UsageError `control/payload-too-long`, `send/after-close`, `send/queue-full`, `send/data-type`,
   *   `endpoint/ended`
   */
  sendPing(payload: Uint8Array = noPayload): void {
    this.#checkControl(payload);
    this.#outgoing.controls.ping(payload);
  }

  /**
   * Sends an unsolicited Pong of at most 125 bytes (RFC 6455 §5.5.3). Pings are answered without this.
   *
   * @throws UsageError as `sendPing`
   */
  sendPong(payload: Uint8Array = noPayload): void {
    this.#checkControl(payload);
    this.#outgoing.controls.pong(payload);
  }

  /**
   * Starts the closing handshake (RFC 6455 §7.1.2). Without a status code the Close frame is empty. Does nothing when a
   * Close frame is on its way already.
   *
   * @throws UsageError `close/status-code`, `close/client-only`, `close/reason-without-code`, `close/reason-too-long`,
   *   `send/data-type`
   */
  sendClose(statusCode?: number, reason = "", options?: CloseOptions): void {
    const payload = formatClosePayload(this.role, statusCode, reason, this.#settings.host);
    if (options !== undefined) checkOptions("sendClose", options, closeChecks);
    if (!this.#closing.request()) return;
    if (options?.afterMessages === false) this.#outgoing.hastenClose(payload);
    else this.#outgoing.sendClose(payload);
  }

  /**
   * Gives the connection up, as for want of memory: the message in progress and all that waits to leave are dropped, a Close
   * frame is output in their place if none was taken before, and nothing more is read. It ends as one that has failed, without
   * an event that says so.
   *
   * @throws UsageError as `sendClose`, and `endpoint/reentrant`
   */
  giveUp(statusCode?: number, reason = ""): void {
    const payload = formatClosePayload(this.role, statusCode, reason, this.#settings.host);
    if (this.#receiving) throw new UsageError("endpoint/reentrant");
    if (this.state === "ended") return;
    if (!this.#closing.canFail) {
      this.#abort();
      return;
    }
    this.#stopReading();
    if (!this.#outgoing.closeTaken) this.#outgoing.dropFor(payload);
    this.#closing.fail();
    this.#releaseTransforms();
  }

  // Output

  /** Bytes to write, oldest first; see `Output`. */
  takeOutput(budget: number = Number.POSITIVE_INFINITY): readonly Uint8Array[] {
    const chunks = this.#outgoing.take(budget);
    for (let index = 0; index < chunks.length; index++) {
      const chunk = chunks[index]!;
      this.#bytesTaken += chunk.length;
      if (claimChunk(chunk, this.#owner)) this.#lent?.add(chunk);
    }
    if (this.#outgoing.closeTaken) this.#closing.taken();
    if (this.state === "ended") this.#releaseTransforms();
    return chunks;
  }

  /**
   * Hands back chunks that the transport has written, so that their memory is used again. Never needed; faster. What this
   * connection has not handed out, such as a view of a chunk, and what came back before are left alone.
   */
  releaseOutput(chunks: readonly Uint8Array[]): void {
    const lent = this.#lent;
    for (const chunk of chunks) {
      // What comes back first was not remembered: a transport that never hands anything back would keep it alive.
      if (lent === undefined ? isWholeLoan(chunk, this.#owner) : lent.remove(chunk)) returnChunk(chunk);
      else noteHandedBack(chunk);
    }
    this.#lent ??= new LentChunks();
  }

  get outputLength(): number {
    return this.#outgoing.length;
  }

  /**
   * Bytes of memory that the connection takes for its peer, about, besides the bytes of `outputLength`: the message in progress
   * with all of the blocks that it lies in, what the objects of waiting output take, and the windows of extensions.
   */
  get heldLength(): number {
    let held = this.#assembler.heldLength + this.#outgoing.overhead;
    for (const { transform } of this.#transforms) {
      const { heldLength } = transform;
      // An extension of the application's may say anything.
      if (heldLength !== undefined && heldLength > 0 && heldLength < Number.POSITIVE_INFINITY) held += heldLength;
    }
    return held;
  }

  /**
   * What `limits.queuedOutput` bounds: the bytes of `outputLength`, and those that the objects take that hold them.
   */
  get queuedLength(): number {
    return this.#outgoing.queuedLength;
  }

  /**
   * Bytes of payload that were given to be sent and never leave, because our Close frame left in their place: more than what
   * may leave before an answer or a failure, and streamed messages that were cut off.
   */
  get droppedLength(): number {
    return this.#outgoing.droppedLength;
  }

  get transport(): TransportInstruction {
    return this.#closing.transport;
  }

  // What they are made of

  #control(opcode: number, payload: Uint8Array): SinkVerdict {
    const sink = this.#assembler.sink as ConnectionSink;
    this.#controlFramesReceived++;
    if (opcode === ping) {
      this.#outgoing.controls.reply(payload);
      sink.ping(payload);
      return undefined;
    }
    if (opcode === pong) {
      this.#keepalive?.acknowledge(payload);
      sink.pong(payload);
      return undefined;
    }
    const received = parseClosePayload(payload, this.#settings.host);
    if (typeof received === "string") return { code: received };
    // RFC 6455 §5.5.1: one Close frame each; ours, if it is queued already, answers this one.
    if (this.state === "open") this.#outgoing.hastenClose(replyPayload(received.statusCode));
    else if (this.state === "closing") this.#outgoing.hastenClose(undefined);
    this.#outgoing.controls.dropReplies();
    this.#closing.receive(received);
    // RFC 6455 §1.4: what follows a Close frame is discarded.
    sink.close(received.statusCode, received.reason);
    return "stop";
  }

  /** RFC 6455 §7.1.7: a Close frame says why, and nothing more is read. */
  #fail(sink: ConnectionSink, code: ViolationCode, offset: number): void {
    const fault = violation(code, this.#offset + offset);
    this.#stopReading();
    if (!this.#outgoing.closeTaken) {
      // Every fault that a connection can find has a status code in the table.
      this.#outgoing.hastenClose(closePayload(fault.statusCode!, utf8Bytes(code, this.#settings.host)));
    }
    this.#closing.fail();
    sink.failure(fault);
  }

  /** RFC 6455 §7.1.7: a Close frame MAY be omitted that the peer is unlikely to receive. This one takes nothing at all. */
  #drop(reason: "stalled" | "resting"): ConnectionEvent[] {
    if (!this.#closing.canFail) {
      this.#abort();
      return [];
    }
    this.#stopReading();
    this.#closing.drop();
    return [{ type: "failure", violation: violation(`deadline/${reason}`, this.#offset + this.#decoder.received) }];
  }

  #abort(): void {
    this.#stopReading();
    this.#closing.abort();
  }

  /** Nothing received means anything any more. */
  #stopReading(): void {
    this.#reading = false;
    this.#assembler.release();
  }

  /** Releases what extensions hold, once no message can arrive and none waits to leave. */
  #releaseTransforms(): void {
    if (this.#outgoing.hasData) return;
    const transforms = this.#transforms;
    this.#transforms = [];
    releaseAll(transforms);
  }

  #sendKeepalive(): void {
    this.#keepalive ??= new Keepalive();
    this.#outgoing.controls.ping(this.#keepalive.next(this.#outgoing.controls.pingsQueued + 1));
  }

  /** Messages may be sent until our Close frame is taken, unless the application itself has asked for it. */
  #checkSend(options: SendOptions | undefined): void {
    if (this.state !== "open") this.#checkUnclosed();
    if (this.#outgoing.queuedLength > this.#settings.limits.queuedOutput) throw new UsageError("send/queue-full");
    if (options !== undefined) checkSendOptions(options);
  }

  #checkUnclosed(): void {
    if (this.state === "ended") throw new UsageError("endpoint/ended");
    // What answers messages that came with the peer's Close frame, or before its fault, may leave before our Close.
    if (this.#closing.isRequested || this.#outgoing.closeTaken) throw new UsageError("send/after-close");
  }

  #checkControl(payload: Uint8Array): void {
    if (!isBytes(payload)) throw new UsageError("send/data-type");
    if (payload.length > maxControlPayload) throw new UsageError("control/payload-too-long");
    this.#checkSend(undefined);
  }
}

/** Each once, though another throws. */
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
