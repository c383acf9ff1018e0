/**
 * The internals behind the WebSocket interface: the state, the sending order, and the events (WHATWG WebSockets §3.1).
 * Implements the listener of the pump.
 */
import {
  type Agreement,
  defaultDeadlines,
  type MessageKind,
  type MessageStream,
  type PreparedMessage,
  type SendOptions,
  UsageError,
  type Violation,
} from "@hybi/core";

import { checkOptions, type OptionChecks, sendChecks, takes } from "@hybi/core/options";

import type { EventHandlers } from "../dom/event-handlers.ts";
import { fire } from "../dom/fire.ts";
import {
  keptData,
  type MessageData,
  type MessageTypes,
  messageData,
  messageTypes,
  ownBuffer,
  payloadLength,
} from "../dom/message-data.ts";
import { createMessageEvent, passMessage } from "../dom/message-event.ts";
import { Event, type EventTarget, isBlob } from "../dom/platform-classes.ts";
import { CloseEvent, ControlEvent, FailureEvent } from "../dom/socket-events.ts";
import { closeError, unsentError } from "../dom/websocket-error.ts";
import { type Clock, clockOf } from "../event-loop/clock.ts";
import { asUncaught, type Reporter } from "../event-loop/reporter.ts";
import { startTimer, type Timer } from "../event-loop/timer.ts";
import { Turn } from "../event-loop/turn.ts";
import { errorOf } from "../failure/failure.ts";
import { detach } from "../platform/error-stack.ts";
import { queueMicrotask } from "../platform/runtime.ts";
import type { Pump } from "../pump/pump.ts";
import { sendAliases } from "../sentences/other-names.ts";
import { BlobSendQueue } from "./blob-send-queue.ts";
import { BufferedAmount } from "./buffered-amount.ts";
import { Departures, type SendCallback, type Watched } from "./departures.ts";
import { CLOSED, CLOSING, Lifecycle, OPEN } from "./lifecycle.ts";
import { type KeptMessage, MessageQueue, type OnLoss } from "./message-queue.ts";
import { isMistake, isRefused } from "./send-errors.ts";
import { type SocketStatistics, statisticsOf } from "./socket-statistics.ts";

/** Core copies messages up to this length. It refers to longer ones, so those are copied here unless they are owned. */
const copiedByCore = 4096;

/** Options of `send()`, an extension of the interface. */
export interface SocketSendOptions extends SendOptions {
  /**
   * Transfers ownership: the bytes are not copied and must not be modified any more. By default they may be modified as
   * soon as `send` has returned.
   */
  readonly owned?: boolean | undefined;
}

export const socketSendChecks: OptionChecks<SocketSendOptions> = { ...sendChecks, owned: takes.boolean };

/**
 * Checks the options of `send()` when it is called, because the message may leave later. Valid options cost no object.
 * A primitive value is ignored: the platform ignores further arguments, such as the index that `forEach` passes.
 *
 * @throws UsageError `option/unknown`, `option/type`, `send/priority`
 */
export function sendOptions(given: SocketSendOptions): SocketSendOptions | undefined {
  if (given === null || (typeof given !== "object" && typeof given !== "function")) return undefined;
  if (!isRight(given)) checkOptions("send", given, socketSendChecks, sendAliases());
  return given;
}

function isRight(options: SocketSendOptions): boolean {
  const { priority = 0, compress = false, owned = false } = options;
  for (const name in options) if (name !== "priority" && name !== "compress" && name !== "owned") return false;
  const isKnown = typeof options === "object" && typeof compress === "boolean" && typeof owned === "boolean";
  return isKnown && Number.isInteger(priority);
}

/** Reduces `options` to those that core knows. */
function coreOptions(options: SocketSendOptions | undefined): SendOptions | undefined {
  if (options?.owned === undefined) return options;
  const { priority, compress } = options;
  return { priority, compress };
}

/**
 * Milliseconds that messages wait for a listener or loop: while reading is paused because too many are waiting, and
 * while the end of the connection is waiting behind them. The same as the default deadline for closing.
 */
const keptTime = defaultDeadlines.closing;

/** The same if there is a listener for the end, because the other listeners are usually added right after it. */
const heardEndTime = 1_000;

/** What ended a connection while messages were still waiting for a listener. */
interface KeptEnd {
  readonly isClosing?: boolean;
  readonly violation?: Violation;
  readonly end?: { readonly clean: boolean; readonly statusCode: number; readonly reason: string };
}

/** A message that is sent in pieces, as its socket sees it. */
export interface PiecesOwner {
  /** Whether the application has given it up before it was started. */
  readonly isGivenUp: boolean;
  /** Called once its place is reserved. `forget` is to be called if it is cancelled. */
  started(stream: MessageStream, forget: () => void): void;
  /** Called once: without an error when it has left, or with the reason why it never will. */
  over(error?: Error): void;
}

/** What few sockets need for sending: Blobs that are being read, and who waits for what was sent to leave. */
interface SendingExtras {
  blobs: BlobSendQueue | undefined;
  departures: Departures | undefined;
}

export class SocketCore extends Lifecycle {
  /** `binaryType` and `textType`. */
  types: MessageTypes = messageTypes("blob", "string");
  agreement: Agreement | undefined;
  /** The origin of the URL, for message events. */
  origin = "";
  /** The `on…` attributes, once one has been set. */
  handlers: EventHandlers | undefined;
  /** Whether there are listeners for Pings or Pongs. */
  listensToControl = false;

  readonly #target: EventTarget;
  /** Created by the first message that is sent. */
  #buffered: BufferedAmount | undefined;
  /** One object, so that the sockets that need none of it have one field. */
  #extras: SendingExtras | undefined;
  /** Whether a message listener was ever added, or waiting for one is over: messages are then fired as events. */
  #isHeard = false;
  #wasLooped = false;
  /** Messages that wait for a loop or a listener. */
  #messages: MessageQueue<MessageData> | undefined;
  /** After the end: the pump that reports the messages still queued. */
  #counting: Pump | undefined;
  /** The end of the connection, if it arrived behind waiting messages. */
  #keptEnd: KeptEnd | undefined;
  #keptEndTimer: Timer | undefined;
  /** Whether there is a listener for the end. */
  #isEndHeard = false;
  /** Set while reading is paused because nothing takes messages. */
  #unheardTimer: Timer | undefined;
  #readingPaused = false;
  /** How the connection was lost, for loops that begin afterwards. */
  #loss: { readonly statusCode: number; readonly reason: string } | undefined;
  /** Set once the socket is closed. */
  #finalStatistics: SocketStatistics | undefined;

  readonly #clock: Clock;
  /** Reports errors of the application's handlers and listeners. */
  readonly report: Reporter;

  constructor(target: EventTarget, clock: Clock | undefined, report: Reporter = asUncaught) {
    super();
    this.#target = target;
    this.#clock = clockOf(clock);
    this.report = report;
  }

  /** The socket. */
  get target(): EventTarget {
    return this.#target;
  }

  get statistics(): SocketStatistics {
    return this.#finalStatistics ?? statisticsOf(this.pump);
  }

  /** The value of `bufferedAmount`. */
  get bufferedAmount(): number {
    return this.#buffered?.amount(bufferedLength(this.pump), droppedLength(this.pump)) ?? 0;
  }

  // Called by the interface

  send(data: string | Blob | Uint8Array, options: SocketSendOptions | undefined, done?: SendCallback): void {
    if (this.readyState !== OPEN) {
      this.#counted().lost(payloadLength(data));
      if (done !== undefined) this.#refuse(done);
      return;
    }
    const watched = done === undefined ? undefined : this.#departures().watch(done);
    if (isBlob(data)) {
      const { size } = data;
      const how = coreOptions(options);
      if (this.#hasRoom(size, watched)) this.#inTurn(size, data, (bytes) => this.#transmit(bytes, how, true, watched));
    } else if (this.#hasBlobs()) {
      const length = payloadLength(data);
      if (!this.#hasRoom(length, watched)) return;
      const kept = typeof data === "string" ? data : data.slice();
      const how = coreOptions(options);
      this.#inTurn(length, undefined, () => this.#transmit(kept, how, true, watched), typeof kept !== "string");
    } else {
      this.#transmit(data, coreOptions(options), options?.owned === true, watched);
    }
  }

  /**
   * Resolves when less than `below` bytes are left, at once if that is so. Rejects when the connection ends before, or has ended, and
   * with its end when some of what was sent will never leave.
   */
  async room(below: number): Promise<void> {
    if (this.readyState === CLOSED) throw new UsageError("endpoint/ended");
    if (this.#waitingLength() >= below || this.#isIncomplete()) await this.#departures().room(below);
  }

  /** Reserves the place of a message that is sent in pieces: behind everything that was sent before. */
  startMessage(kind: MessageKind, options: SocketSendOptions | undefined, owner: PiecesOwner): void {
    if (this.readyState !== OPEN) {
      this.#refuse((error) => owner.over(error));
      return;
    }
    const watched = this.#departures().watch((error) => owner.over(error));
    const how = coreOptions(options);
    const start = (): void => {
      if (owner.isGivenUp) {
        this.#departures().forget(watched);
        return;
      }
      const { endpoint } = this.pump!;
      try {
        owner.started(endpoint.startMessage(kind, how), () => {
          this.#departures().forget(watched);
          // What waited behind it may leave.
          this.pump?.requestFlush();
        });
        endpoint.mark(watched, how?.priority);
      } catch (error) {
        this.#notSent(error, 0, watched);
      }
    };
    if (this.#hasBlobs()) this.#inTurn(0, undefined, start);
    else start();
  }

  /** Runs a command of a message that is sent in pieces. */
  sendPiece(command: () => void): void {
    const { pump } = this;
    if (pump === undefined) throw new UsageError("endpoint/ended");
    const { endpoint } = pump;
    const pending = pump.bufferedLength;
    const before = endpoint.outputLength;
    try {
      command();
    } catch (error) {
      // A function of the application has failed, such as a source of randomness.
      if (!(error instanceof UsageError)) pump.brokeOff(error);
      throw error;
    }
    this.#counted().queued(Math.max(0, endpoint.outputLength - before), pending);
    pump.requestFlush();
  }

  /** Resolves when the socket is closed, behind its last event. */
  async ended(): Promise<void> {
    // A message that never leaves: its sender is told with the end.
    if (this.readyState !== CLOSED) await new Promise<unknown>((resolve) => void this.#departures().watch(resolve));
  }

  /** A listener for `drain` was added. */
  listenToDrain(): void {
    this.#departures().isListenedTo = true;
  }

  sendPrepared(message: PreparedMessage, options: SendOptions | undefined): void {
    const { length } = message.payload;
    if (this.readyState !== OPEN) this.#counted().lost(length);
    else if (!this.#hasBlobs()) this.#transmitPrepared(message, options);
    else if (this.#hasRoom(length)) this.#inTurn(length, undefined, () => this.#transmitPrepared(message, options));
  }

  /** Sends a Ping or a Pong while the socket is open. If it is too late or there is no room, the frame is dropped. */
  sendControl(send: (pump: Pump) => void): void {
    if (this.readyState !== OPEN || this.pump === undefined) return;
    try {
      send(this.pump);
    } catch (error) {
      if (!isRefused(error)) throw error;
    }
  }

  override startClosing(statusCode: number | undefined, reason: string): void {
    if (this.#keptEnd !== undefined) this.#stopListening();
    super.startClosing(statusCode, reason);
  }

  /** If the socket was open, `error` is only fired if `reason` is given. */
  override terminate(reason?: unknown): void {
    if (this.readyState === OPEN || this.readyState === CLOSING) {
      this.readyState = CLOSING;
      this.#stopListening();
      if (reason !== undefined) this.cause ??= { kind: "given-up", error: reason };
    }
    super.terminate();
  }

  /** Whether the application has paused reading. */
  get isPaused(): boolean {
    return this.#readingPaused && this.readyState < CLOSING;
  }

  pause(): void {
    // There are no more messages to pause, and the peer's Close frame must be read.
    if (this.readyState >= CLOSING) return;
    this.#readingPaused = true;
    // While connecting, the response must be read.
    if (this.readyState === OPEN) this.pump?.pause();
  }

  resume(): void {
    this.#readingPaused = false;
    this.pump?.resume();
  }

  /** A message listener was added. Waiting messages are delivered once the running code has finished. */
  listen(): void {
    if (this.#isHeard) return;
    this.#isHeard = true;
    if (this.#messages?.isLooped === false) queueMicrotask(() => this.#deliverKept());
  }

  /** A listener for the end of the connection was added. */
  listenToEnd(): void {
    if (this.#isEndHeard) return;
    this.#isEndHeard = true;
    if (this.#keptEnd?.end !== undefined) this.#waitWithEnd();
  }

  /** Returns a loop over the messages not delivered yet. All loops share them. */
  messages(onLoss?: OnLoss): AsyncIterableIterator<MessageData, undefined> {
    const queue = this.#queue();
    this.#wasLooped = true;
    if (this.readyState === CLOSED)
      queue.end(this.#loss && closeError(this.#loss.statusCode, this.#loss.reason, this.cause));
    if (this.#keptEnd !== undefined) queueMicrotask(() => this.#deliverKeptEnd());
    return queue.loop(() => this.#loopLeft(queue), onLoss);
  }

  // Called by the opening and by the pump

  text(data: string): void {
    if (this.readyState !== OPEN) return;
    if (this.#isHeard && this.#messages === undefined) this.#dispatchMessage(data);
    else this.#keep(data);
  }

  get takesTextBytes(): boolean {
    return this.types.text === "bytes";
  }

  textBytes(bytes: Uint8Array, start: number, end: number): void {
    if (this.readyState !== OPEN) return;
    if (this.#isHeard && this.#messages === undefined)
      this.#dispatchMessage(messageData(bytes, start, end, "bytes"), "bytes");
    else this.#keep(new Uint8Array(ownBuffer(bytes, start, end)));
  }

  binary(bytes: Uint8Array, start: number, end: number): void {
    if (this.readyState !== OPEN) return;
    if (this.#isHeard && this.#messages === undefined)
      this.#dispatchMessage(messageData(bytes, start, end, this.types.binary));
    // A view would keep its whole chunk in memory, which no limit and no budget counts.
    else this.#keep(ownBuffer(bytes, start, end));
  }

  override ping(payload: Uint8Array): void {
    super.ping(payload);
    if (this.listensToControl) this.#fire(new ControlEvent("ping", payload));
  }

  override pong(payload: Uint8Array): void {
    super.pong(payload);
    if (this.listensToControl) this.#fire(new ControlEvent("pong", payload));
  }

  override close(): void {
    if (this.#keepsMessages()) this.#keepEnd({ isClosing: true });
    else super.close();
  }

  override failure(violation: Violation): void {
    if (this.#keepsMessages()) this.#keepEnd({ violation });
    else super.failure(violation);
  }

  override end(clean: boolean, statusCode: number, reason: string): void {
    if (this.#keepsMessages()) this.#keepEnd({ end: { clean, statusCode, reason } });
    else super.end(clean, statusCode, reason);
  }

  get heldLength(): number {
    // After the end, what a loop has not taken yet still counts, or clients that send and leave would fill the memory.
    if (this.readyState === CLOSED) return this.#messages?.heldLength ?? 0;
    return (this.#messages?.heldLength ?? 0) + (this.#extras?.blobs?.heldLength ?? 0);
  }

  override shed(): void {
    this.#messages?.discard();
    super.shed();
  }

  flushed(): void {
    const buffered = this.#buffered;
    const isDrained = buffered !== undefined && bufferedLength(this.pump) === 0 && buffered.drained();
    if (this.#extras?.departures !== undefined) this.#depart(this.#extras.departures, isDrained);
  }

  // Called by `Lifecycle`

  protected get hasOpened(): boolean {
    return this.agreement !== undefined;
  }

  protected handleOpen(agreement: Agreement): void {
    this.agreement = agreement;
    if (this.#readingPaused) this.pump?.pause();
    this.#fire(new Event("open"));
  }

  protected override sendClose(statusCode: number | undefined, reason: string): void {
    this.#stopListening();
    if (this.#hasBlobs()) this.#inTurn(0, undefined, () => super.sendClose(statusCode, reason));
    else super.sendClose(statusCode, reason);
  }

  protected discard(): void {
    this.#stopListening();
    this.#extras?.blobs?.clear();
  }

  protected handleEnd(clean: boolean, statusCode: number, reason: string, pump: Pump | undefined): void {
    this.#buffered?.end(bufferedLength(pump), droppedLength(pump));
    this.#finalStatistics = statisticsOf(pump);
    if (!clean) this.#loss = { statusCode, reason };
    const { cause } = this;
    if (cause !== undefined) detach(errorOf(cause));
    this.#extras?.blobs?.clear();
    const departures = this.#extras?.departures;
    this.#extras = undefined;
    pump?.heldChanged();
    if (this.#messages?.isEmpty === false) this.#counting = pump;
    this.owner?.closed();
    if (departures !== undefined) {
      departures.left(pump?.endpoint.takeMarks() ?? []);
      departures.end(clean ? unsentError(statusCode, reason) : closeError(statusCode, reason, cause));
    }
    if (cause !== undefined) this.#fire(new FailureEvent("error", cause));
    this.#fire(new CloseEvent("close", { wasClean: clean, code: statusCode, reason }));
    this.#messages?.end(clean ? undefined : closeError(statusCode, reason, cause));
  }

  // Internals

  #sendingExtras(): SendingExtras {
    this.#extras ??= { blobs: undefined, departures: undefined };
    return this.#extras;
  }

  #departures(): Departures {
    const extras = this.#sendingExtras();
    extras.departures ??= new Departures(this.report);
    return extras.departures;
  }

  /** Tells the sender of a message that it was sent too late, but not in its call. */
  #refuse(done: SendCallback): void {
    const error = new UsageError(this.readyState === CLOSED ? "endpoint/ended" : "send/after-close");
    const departures = new Departures(this.report);
    departures.watch(done);
    queueMicrotask(() => departures.end(error));
  }

  /** A turn is over: tells who waits for output what has left. `isDrained`: nothing is left of what was counted. */
  #depart(departures: Departures, isDrained: boolean): void {
    if (this.pump === undefined) return;
    departures.left(this.pump.endpoint.takeMarks());
    const isIncomplete = this.#isIncomplete();
    if (!isIncomplete) departures.remaining(this.#waitingLength());
    // An idle socket keeps nothing of it.
    if (departures.isIdle && !this.#hasBlobs()) this.#extras = undefined;
    if (isDrained && !isIncomplete && departures.isListenedTo) this.#fire(new Event("drain"));
  }

  #counted(): BufferedAmount {
    this.#buffered ??= new BufferedAmount();
    return this.#buffered;
  }

  /** Called when queued messages are taken or discarded. */
  #messagesTaken(): void {
    this.pump?.taken();
    this.#counting?.heldChanged();
    if (this.#messages?.isEmpty === true) this.#counting = undefined;
  }

  // Messages waiting for a listener or loop

  #queue(): MessageQueue<MessageData> {
    this.#messages ??= new MessageQueue(
      { pause: () => this.#rest(), resume: () => this.#readOn(), taken: () => this.#messagesTaken() },
      (message) => this.#present(message),
    );
    return this.#messages;
  }

  #rest(): void {
    this.pump?.pause("loop");
    // The peer's Close frame, or its end, may be behind messages that nothing takes.
    this.#unheardTimer ??= startTimer(this.#clock, keptTime, () => {
      this.#unheardTimer = undefined;
      if (this.#messages?.isLooped === false) this.#waitForNobody();
    });
  }

  #readOn(): void {
    this.#unheardTimer?.cancel();
    this.#unheardTimer = undefined;
    this.pump?.resume("loop");
  }

  /** Stops waiting for a listener: messages are fired as events from now on. */
  #waitForNobody(): void {
    this.#isHeard = true;
    this.#dropKept();
  }

  /** Queues a message for the loops or the first listener. Listeners that exist beside a loop receive it at once. */
  #keep(message: KeptMessage): void {
    const queue = this.#queue();
    const isFired = this.#isHeard && queue.isLooped;
    queue.push(message);
    if (isFired) this.#dispatchKept(message);
  }

  /** Converts a message to what the application receives, binary ones by the current `binaryType`. */
  #present(message: KeptMessage): MessageData {
    return message instanceof ArrayBuffer ? keptData(message, this.types.binary) : message;
  }

  #dispatchKept(message: KeptMessage): void {
    this.#dispatchMessage(this.#present(message), message instanceof Uint8Array ? "bytes" : undefined);
  }

  /** Whether messages wait for the first listener. Everything behind them, including the end, then waits too. */
  #keepsMessages(): boolean {
    return this.#messages !== undefined && !this.#wasLooped && this.#mayDeliver();
  }

  /** Whether messages may still be delivered, which includes those in front of an end that is waiting. */
  #mayDeliver(): boolean {
    return this.readyState === OPEN || this.#keptEnd !== undefined;
  }

  /** Remaining messages are kept for another loop or listener, but no longer pause reading. */
  #loopLeft(queue: MessageQueue<MessageData>): void {
    if (queue.isLooped || queue !== this.#messages) return;
    if (this.#isHeard || queue.isEmpty) this.#dropKept();
    if (this.#isHeard) return;
    this.#queue().keepReading(() => this.#waitForNobody());
  }

  /**
   * Delivers the waiting messages to the first listener, each in a turn of its own, because code awaiting one message
   * may add the listener for the next.
   */
  #deliverKept(): void {
    const queue = this.#messages;
    // A listener may close the socket, or start a loop that takes the rest.
    if (queue === undefined || queue.isLooped) return;
    const message = this.#mayDeliver() ? queue.take() : undefined;
    if (message !== undefined) {
      this.#dispatchKept(message);
      Turn.of(this.#clock).after({ endTurn: () => this.#deliverKept() });
      return;
    }
    this.#dropKept();
    this.#deliverKeptEnd();
  }

  #dropKept(): void {
    if (this.#messages?.isLooped !== false) return;
    this.#messages.discard();
    this.#messages = undefined;
  }

  /** Lets the end of the connection wait behind its last messages. After a while it is fired without them. */
  #keepEnd(more: KeptEnd): void {
    this.#keptEnd = { ...this.#keptEnd, ...more };
    // Messages sent from now on would be lost, so show that.
    this.readyState = CLOSING;
    if (more.end !== undefined) this.#waitWithEnd();
  }

  #waitWithEnd(): void {
    this.#keptEndTimer?.cancel();
    this.#keptEndTimer = startTimer(this.#clock, this.#isEndHeard ? heardEndTime : keptTime, () => {
      this.#dropKept();
      this.#deliverKeptEnd();
    });
    if (this.#isEndHeard) this.#keptEndTimer.keepProcess();
  }

  #deliverKeptEnd(): void {
    const kept = this.#keptEnd;
    if (kept === undefined) return;
    this.#keptEnd = undefined;
    this.#keptEndTimer?.cancel();
    if (kept.violation !== undefined) this.failure(kept.violation);
    if (kept.isClosing === true) this.close();
    if (kept.end !== undefined) this.end(kept.end.clean, kept.end.statusCode, kept.end.reason);
  }

  /** The application has closed the socket and wants no more messages. */
  #stopListening(): void {
    this.#dropKept();
    if (this.#keptEnd !== undefined) queueMicrotask(() => this.#deliverKeptEnd());
  }

  /** `text` is "bytes" for a text message that was not decoded. */
  #dispatchMessage(data: MessageData, text?: "bytes"): void {
    const handler = this.handlers?.direct;
    if (handler === undefined) this.#fire(createMessageEvent(data, this.origin, text));
    else passMessage(data, this.origin, this.#target, handler, this.report, text);
  }

  #fire(event: Event): void {
    this.handlers?.register(event.type);
    fire(this.#target, event);
  }

  /** Bytes that were sent and have not left yet, with those that wait for a Blob. */
  #waitingLength(): number {
    return bufferedLength(this.pump) + (this.#hasBlobs() ? (this.#extras?.blobs?.length ?? 0) : 0);
  }

  /**
   * Whether some of what was sent will never leave. The end of the connection follows, and tells who waits: nobody is told that
   * there is room, or that everything has left.
   */
  #isIncomplete(): boolean {
    return this.#buffered?.hasLost(droppedLength(this.pump)) ?? false;
  }

  /** Whether a Blob is still being read. Messages sent now must wait for it. */
  #hasBlobs(): boolean {
    const blobs = this.#extras?.blobs;
    return blobs !== undefined && !blobs.isEmpty;
  }

  /**
   * Whether a message of `length` bytes may wait for a Blob to be read. Waiting messages count as output and have the
   * same limit.
   */
  #hasRoom(length: number, watched?: Watched): boolean {
    const { queuedLength, limits } = this.pump!.endpoint;
    const waiting = this.#extras?.blobs?.length ?? 0;
    if (waiting + queuedLength <= limits.queuedOutput) return true;
    this.#notSent(new UsageError("send/queue-full"), length, watched);
    return false;
  }

  /** Runs `act` once all Blobs sent before have been read, and `blob` as well if there is one. */
  #inTurn(length: number, blob: Blob | undefined, act: (bytes: Uint8Array) => void, hasArray = false): void {
    const extras = this.#sendingExtras();
    extras.blobs ??= new BlobSendQueue((error) => this.terminate(error));
    this.#counted().held(length);
    const step = (bytes: Uint8Array): void => {
      this.#counted().held(-length);
      act(bytes);
      this.pump!.requestFlush();
    };
    extras.blobs.push(blob, length, step, hasArray);
    this.pump!.heldChanged();
  }

  #transmit(
    data: string | Uint8Array,
    options: SendOptions | undefined,
    owned: boolean,
    watched: Watched | undefined,
  ): void {
    const pump = this.pump!;
    const { endpoint } = pump;
    const pending = pump.bufferedLength;
    try {
      if (typeof data === "string") {
        this.#counted().queued(endpoint.sendText(data, options), pending);
      } else {
        const isKept = owned || data.length <= copiedByCore;
        this.#counted().queued(endpoint.sendBinary(isKept ? data : data.slice(), options), pending);
      }
    } catch (error) {
      this.#notSent(error, payloadLength(data), watched);
      return;
    }
    if (watched !== undefined) endpoint.mark(watched, options?.priority);
    pump.requestFlush();
  }

  #transmitPrepared(message: PreparedMessage, options: SendOptions | undefined): void {
    const pump = this.pump!;
    const { endpoint } = pump;
    const pending = pump.bufferedLength;
    try {
      this.#counted().queued(endpoint.sendPrepared(message, options), pending);
    } catch (error) {
      this.#notSent(error, message.payload.length);
      return;
    }
    pump.requestPreparedFlush();
  }

  /**
   * Handles an error of a send command: if it came too late or there was no room, the payload is lost, and the end of the
   * connection, which follows, tells its sender; other usage errors are thrown to the caller.
   */
  #notSent(error: unknown, length: number, watched?: Watched): void {
    if (!isRefused(error)) {
      if (isMistake(error)) {
        if (watched !== undefined) this.#departures().forget(watched);
        throw error;
      }
      this.#counted().lost(length);
      this.pump!.brokeOff(error);
      return;
    }
    this.#counted().lost(length);
    if (watched !== undefined) watched.refusal = error;
    // WHATWG WebSockets §3.1: if the buffer is full, the socket is flagged as full and closed.
    if (error.code === "send/queue-full") this.terminate(error);
  }
}

/** Bytes that were sent and have not left yet. */
function bufferedLength(pump: Pump | undefined): number {
  return pump?.bufferedLength ?? 0;
}

/** Bytes of payload dropped in favor of a Close frame. */
function droppedLength(pump: Pump | undefined): number {
  return pump?.endpoint.droppedLength ?? 0;
}
