/**
 * What a WebSocket object consists of behind its interface: its state, what it sends and in which order, and the events that
 * it fires (WHATWG WebSockets §3.1). It is the listener of the pump.
 */
import {
  type Agreement,
  checkOptions,
  type OptionChecks,
  type PreparedMessage,
  type ResponseHead,
  type SendOptions,
  sendChecks,
  takes,
  UsageError,
  type Violation,
} from "@hybi/core";
import { BufferedAmount } from "./buffered-amount.ts";
import type { ClientOpening, OpeningListener } from "./client-opening.ts";
import { type Clock, clockOf, defer } from "./clock.ts";
import { detach } from "./error-stack.ts";
import { fire } from "./fire.ts";
import { type BinaryType, ownBuffer, payloadLength } from "./message-data.ts";
import { type KeptMessage, MessageQueue, type OnLoss } from "./message-queue.ts";
import { queueMicrotask } from "./platform.ts";
import { createMessageEvent, Event, type EventTarget, isBlob } from "./platform-classes.ts";
import type { Pump } from "./pump.ts";
import { asUncaught, type Reporter } from "./reporter.ts";
import { SendQueue } from "./send-queue.ts";
import { CloseEvent, ControlEvent, type FailureDetail, FailureEvent, failureOf } from "./socket-events.ts";
import { type SocketStatistics, statisticsOf } from "./socket-statistics.ts";
import { startTimer, type Timer } from "./timer.ts";
import { turnOfPump } from "./turn.ts";
import { closeError } from "./websocket-error.ts";

/** The states, as numbers (WHATWG WebSockets §3.1). */
export const CONNECTING = 0;
export const OPEN = 1;
export const CLOSING = 2;
export const CLOSED = 3;
export type ReadyState = typeof CONNECTING | typeof OPEN | typeof CLOSING | typeof CLOSED;

/** Up to here a message is copied when it is sent; above, core refers to it, and the application must be kept from it. */
const copyLimit = 4096;

/** Chars up to which the bytes of a text may have to be counted one by one. */
const shortText = 65_536;

/** Bytes by which core counts a long message longer than its payload, until it is taken: its last header. */
const lastHeader = 2;

/** How a message is sent; an extension of the interface. */
export interface SocketSendOptions extends SendOptions {
  /**
   * True gives the bytes away: they are not copied, and must not be changed any more. Otherwise they may be as soon as
   * `send` has returned.
   */
  readonly owned?: boolean | undefined;
}

const socketSendChecks: OptionChecks<SocketSendOptions> = { ...sendChecks, owned: takes.boolean };

/**
 * How a message is to be sent, checked when that is said, for it may leave later. What is right costs no object. A primitive
 * value is none of ours: the platform ignores further arguments, such as the index that `forEach` passes.
 *
 * @throws UsageError `option/unknown`, `option/type`, `send/priority`
 */
export function sendOptions(given: SocketSendOptions): SocketSendOptions | undefined {
  if (given === null || (typeof given !== "object" && typeof given !== "function")) return undefined;
  if (!isRight(given)) checkOptions("send", given, socketSendChecks);
  return given;
}

function isRight(options: SocketSendOptions): boolean {
  const { priority = 0, compress = false, owned = false } = options;
  for (const name in options) if (name !== "priority" && name !== "compress" && name !== "owned") return false;
  const isKnown = typeof options === "object" && typeof compress === "boolean" && typeof owned === "boolean";
  return isKnown && Number.isInteger(priority);
}

/** What core knows of `options`. */
function coreOptions(options: SocketSendOptions | undefined): SendOptions | undefined {
  if (options?.owned === undefined) return options;
  const { priority, compress } = options;
  return { priority, compress };
}

/** Why a connection was ended for want of memory, for who asks the event. */
export const shedReason =
  "The memory budget of the server was spent, and this connection held more of it than others: it was ended with 1013.";

/** What a server does with what it accepted, when it ends. */
export interface Closable {
  startClosing(statusCode: number | undefined, reason: string): void;
  terminate(): void;
  /** Whose it is; one for all, because a function for each would be kept as long as the connection. */
  owner?: ClosableOwner | undefined;
}

/** The server that a connection belongs to. */
export interface ClosableOwner {
  /** A socket is closed, which it is about to tell. */
  closed(socket: EventTarget): void;
  /** It is over. */
  ended(connection: Closable): void;
}

/**
 * How long a connection waits for somebody to hear its messages: when reading rests because too many wait, and when its end
 * waits behind them. As `Deadlines` has it for "closing".
 */
const keptTime = 10_000;

/** The same for an end that somebody listens to: who sets up one listener is about to set up the others. */
const heardEndTime = 1_000;

/** What ended a connection behind messages that nobody has heard. */
interface KeptEnd {
  readonly isClosing?: boolean;
  readonly violation?: Violation;
  readonly end?: { readonly clean: boolean; readonly statusCode: number; readonly reason: string };
}

export class SocketCore implements OpeningListener, Closable {
  /** What it tells the application is fenced one by one. */
  get isGuarded(): boolean {
    return true;
  }

  readyState: ReadyState = CONNECTING;
  binaryType: BinaryType = "blob";
  agreement: Agreement | undefined;
  /** The origin of the URL, for message events. */
  origin = "";
  /** Whether somebody listens to Pings or Pongs. */
  listensToControl = false;
  owner: ClosableOwner | undefined;

  readonly #target: EventTarget;
  #opening: ClientOpening | undefined;
  #pump: Pump | undefined;
  readonly #buffered = new BufferedAmount();
  #sendQueue: SendQueue | undefined;
  /** Whether a listener of messages was ever added, or nobody can be waited for any more: then messages are events. */
  #isHeard = false;
  #wasLooped = false;
  /** Messages that wait for a loop, or for somebody to listen. */
  #messages: MessageQueue<string | ArrayBuffer | Blob> | undefined;
  /** What came behind them. */
  #keptEnd: KeptEnd | undefined;
  #keptEndTimer: Timer | undefined;
  /** Whether somebody listens to the end. */
  #isEndHeard = false;
  /** Set while reading rests because nobody takes messages. */
  #unheardTimer: Timer | undefined;
  /** Set once the connection has failed; then `error` is fired before `close`. */
  #failure: FailureDetail | undefined;
  #readingPaused = false;
  /** Once it is closed. */
  #finalStatistics: SocketStatistics | undefined;

  readonly #clock: Clock;
  /** Where errors of the application's handlers and listeners go. */
  readonly report: Reporter;

  constructor(target: EventTarget, clock: Clock | undefined, report: Reporter = asUncaught) {
    this.#target = target;
    this.#clock = clockOf(clock);
    this.report = report;
  }

  get statistics(): SocketStatistics {
    return this.#finalStatistics ?? statisticsOf(this.#pump);
  }

  /** The bytes of `bufferedAmount`. */
  get bufferedAmount(): number {
    return this.#buffered.amount(this.#pending, this.#dropped);
  }

  // What the application does

  /** A client's: begins to open the connection. */
  begin(opening: ClientOpening): void {
    this.#opening = opening;
    opening.start();
  }

  send(data: string | Blob | Uint8Array, options: SocketSendOptions | undefined): void {
    if (this.readyState !== OPEN) {
      this.#buffered.lost(payloadLength(data));
    } else if (isBlob(data)) {
      const { size } = data;
      const how = coreOptions(options);
      if (this.#hasRoom(size)) this.#inTurn(size, data, (bytes) => this.#transmit(bytes, how, true));
    } else if (this.#hasBlobs) {
      const length = payloadLength(data);
      if (!this.#hasRoom(length)) return;
      const kept = typeof data === "string" ? data : data.slice();
      const how = coreOptions(options);
      this.#inTurn(length, undefined, () => this.#transmit(kept, how, true), typeof kept !== "string");
    } else {
      this.#transmit(data, coreOptions(options), options?.owned === true);
    }
  }

  sendPrepared(message: PreparedMessage, options: SendOptions | undefined): void {
    const { length } = message.payload;
    if (this.readyState !== OPEN) this.#buffered.lost(length);
    else if (!this.#hasBlobs) this.#transmitPrepared(message, options);
    else if (this.#hasRoom(length)) this.#inTurn(length, undefined, () => this.#transmitPrepared(message, options));
  }

  /** Sends a Ping or a Pong while the socket is open. One that comes too late, or that there is no room for, is dropped. */
  sendControl(send: (pump: Pump) => void): void {
    if (this.readyState !== OPEN || this.#pump === undefined) return;
    try {
      send(this.#pump);
    } catch (error) {
      if (!isRefused(error)) throw error;
    }
  }

  /** `statusCode` was checked. */
  startClosing(statusCode: number | undefined, reason: string): void {
    if (this.#keptEnd !== undefined) this.#stopListening();
    if (this.readyState >= CLOSING) return;
    if (this.readyState === CONNECTING) {
      this.#giveUp();
      return;
    }
    this.readyState = CLOSING;
    this.#stopListening();
    const sendClose = (): void => this.#pump!.endpoint.sendClose(statusCode, reason);
    if (this.#hasBlobs) this.#inTurn(0, undefined, sendClose);
    else sendClose();
    // The peer's Close frame may stand behind messages that nobody takes any more.
    this.#pump!.resume("any");
    this.#pump!.touch();
  }

  /** Drops the transport, at whatever point; `error` is not fired once it was open. */
  terminate(reason?: unknown): void {
    if (this.readyState === CLOSED) return;
    if (this.readyState === CONNECTING) this.#giveUp();
    else {
      this.readyState = CLOSING;
      this.#stopListening();
      if (reason !== undefined) this.#failure ??= { error: reason };
      this.#pump?.abort();
    }
  }

  pause(): void {
    // Nothing is told any more that one could rest from, and the peer's Close frame is awaited.
    if (this.readyState >= CLOSING) return;
    this.#readingPaused = true;
    this.#pump?.pause();
  }

  resume(): void {
    this.#readingPaused = false;
    this.#pump?.resume();
  }

  /** Somebody listens to messages from now on. Those that have come meanwhile are told once the code that runs now has ended. */
  listen(): void {
    if (this.#isHeard) return;
    this.#isHeard = true;
    if (this.#messages?.isLooped === false) queueMicrotask(() => this.#tellKept());
  }

  /** Somebody listens to the end of the connection from now on. */
  listenToEnd(): void {
    if (this.#isEndHeard) return;
    this.#isEndHeard = true;
    if (this.#keptEnd?.end !== undefined) this.#waitWithEnd();
  }

  /** The messages that nobody has heard, for a loop. All loops share them. */
  messages(onLoss?: OnLoss): AsyncIterableIterator<string | ArrayBuffer | Blob, undefined> {
    const queue = this.#queue();
    this.#wasLooped = true;
    if (this.readyState === CLOSED) queue.end(undefined);
    if (this.#keptEnd !== undefined) queueMicrotask(() => this.#tellKeptEnd());
    return queue.loop(() => this.#loopLeft(queue), onLoss);
  }

  // What happens: `OpeningListener`

  attach(pump: Pump): void {
    this.#pump = pump;
    if (this.#readingPaused) pump.pause();
  }

  openingFailed(detail: FailureDetail): void {
    this.#fail(detail);
    this.end(false, 1006, "");
  }

  acceptedLate(detail: FailureDetail): void {
    this.#fail(detail);
    queueMicrotask(() => this.end(false, 1006, ""));
  }

  request(): void {}

  open(agreement: Agreement): void {
    this.#opening?.leave();
    // It was given up in the same turn.
    if (this.readyState !== CONNECTING) return;
    this.agreement = agreement;
    this.readyState = OPEN;
    fire(this.#target, new Event("open"));
  }

  rejection(response: ResponseHead, body: Uint8Array): void {
    if (this.readyState === CONNECTING && this.#opening?.follow(response) === true) return;
    this.#fail({ response, body });
    // There is nothing to say to a server that has said no.
    this.#pump!.abort();
  }

  text(data: string): void {
    if (this.readyState !== OPEN) return;
    if (this.#isHeard && this.#messages === undefined) this.#dispatchMessage(data);
    else this.#keep(data);
  }

  binary(bytes: Uint8Array, start: number, end: number): void {
    if (this.readyState !== OPEN) return;
    if (!this.#isHeard || this.#messages !== undefined) this.#keep(ownBuffer(bytes, start, end));
    else if (this.binaryType === "arraybuffer") this.#dispatchMessage(ownBuffer(bytes, start, end));
    else this.#dispatchMessage(new Blob([bytes.subarray(start, end) as Uint8Array<ArrayBuffer>]));
  }

  fragment(): void {}

  ping(payload: Uint8Array): void {
    if (this.listensToControl) fire(this.#target, new ControlEvent("ping", payload));
  }

  pong(payload: Uint8Array): void {
    this.#pump!.pongReceived(payload);
    if (this.listensToControl) fire(this.#target, new ControlEvent("pong", payload));
  }

  close(): void {
    if (this.#keepsMessages) this.#keepEnd({ isClosing: true });
    else this.readyState = CLOSING;
  }

  failure(violation: Violation): void {
    if (this.#keepsMessages) {
      this.#keepEnd({ violation });
      return;
    }
    const wasConnecting = this.readyState === CONNECTING;
    this.#fail(failureOf(violation, this.#pump?.lost));
    // A client whose opening handshake failed has nothing to say, and nothing to wait for (RFC 6455 §7.1.7).
    if (wasConnecting && this.#opening !== undefined) this.#pump!.abort();
  }

  end(clean: boolean, statusCode: number, reason: string): void {
    if (this.#keepsMessages) {
      this.#keepEnd({ end: { clean, statusCode, reason } });
      return;
    }
    this.#opening?.leave();
    const lost = this.#pump?.lost;
    if (lost !== undefined && !clean) this.#failure ??= { error: lost };
    this.#buffered.end(this.#pending, this.#dropped);
    this.readyState = CLOSED;
    this.#letGo();
    this.owner?.closed(this.#target);
    const detail = this.#failure;
    if (detail !== undefined) fire(this.#target, new FailureEvent("error", detail));
    fire(this.#target, new CloseEvent("close", { wasClean: clean, code: statusCode, reason }));
    this.#messages?.end(clean ? undefined : closeError(statusCode, reason, detail));
    this.owner?.ended(this);
    this.owner = undefined;
  }

  get heldLength(): number {
    // What is left for a loop after the end is the application's.
    if (this.readyState === CLOSED) return 0;
    return this.#buffered.heldLength + (this.#messages?.heldLength ?? 0) + (this.#sendQueue?.heldLength ?? 0);
  }

  /** The server is short of memory, and this connection holds much of it. */
  shed(): void {
    if (this.readyState === CLOSED) return;
    this.readyState = CLOSING;
    this.#failure ??= { error: new Error(shedReason) };
    this.#messages?.discard();
    this.#stopListening();
    this.#sendQueue?.clear();
    this.#pump?.giveUp();
  }

  settled(): void {
    if (this.#pending === 0) this.#buffered.drained();
  }

  // What they are made of

  get #pending(): number {
    return this.#pump?.bufferedLength ?? 0;
  }

  get #dropped(): number {
    return this.#pump?.endpoint.droppedLength ?? 0;
  }

  /** Applications keep closed sockets: what they keep with them is the outcome, and not what was to be sent. */
  #letGo(): void {
    this.#finalStatistics = this.statistics;
    detach(this.#failure?.error);
    this.#sendQueue?.clear();
    this.#sendQueue = undefined;
    this.#opening = undefined;
    this.#pump?.heldChanged();
    this.#pump = undefined;
  }

  /** Gives up a connection that is not open yet (WHATWG WebSockets §3.1: "fail the WebSocket connection"). */
  #giveUp(): void {
    this.#fail({});
    if (this.#opening === undefined) this.#pump!.abort();
    else this.#opening.abort();
  }

  #fail(detail: FailureDetail): void {
    this.#failure ??= detail;
    this.readyState = CLOSING;
  }

  // Messages that nobody has heard yet

  #queue(): MessageQueue<string | ArrayBuffer | Blob> {
    this.#messages ??= new MessageQueue(
      { pause: () => this.#rest(), resume: () => this.#readOn(), taken: () => this.#pump?.taken() },
      (message) => this.#present(message),
    );
    return this.#messages;
  }

  #rest(): void {
    this.#pump?.pause("loop");
    // A peer's Close frame, or its end, stands behind what nobody takes.
    this.#unheardTimer ??= startTimer(this.#clock, keptTime, () => {
      this.#unheardTimer = undefined;
      if (this.#messages?.isLooped === false) this.#waitForNobody();
    });
  }

  #readOn(): void {
    this.#unheardTimer?.cancel();
    this.#unheardTimer = undefined;
    this.#pump?.resume("loop");
  }

  /** Messages are events from now on, be there listeners or not. */
  #waitForNobody(): void {
    this.#isHeard = true;
    this.#dropKept();
  }

  /** Puts a message into the queue: for the loops, or for whoever listens first. Listeners beside a loop hear it now. */
  #keep(message: KeptMessage): void {
    const queue = this.#queue();
    const isTold = this.#isHeard && queue.isLooped;
    queue.push(message);
    if (isTold) this.#dispatchMessage(this.#present(message));
  }

  /** What the application is given for a message, by the `binaryType` of now. */
  #present(message: KeptMessage): string | ArrayBuffer | Blob {
    return typeof message === "string" || this.binaryType === "arraybuffer" ? message : new Blob([message]);
  }

  /** Whether messages wait for the first who listens. What comes after them, the end included, waits too. */
  get #keepsMessages(): boolean {
    return this.#messages !== undefined && !this.#wasLooped && this.#mayTell;
  }

  /** Whether messages may still be told: of a connection that ends behind them, too. */
  get #mayTell(): boolean {
    return this.readyState === OPEN || this.#keptEnd !== undefined;
  }

  /** What is left is for another loop or listener, but it does not keep the connection from being read. */
  #loopLeft(queue: MessageQueue<string | ArrayBuffer | Blob>): void {
    if (queue.isLooped || queue !== this.#messages) return;
    if (this.#isHeard || queue.isEmpty) this.#dropKept();
    if (this.#isHeard) return;
    this.#queue().keepReading(() => this.#waitForNobody());
  }

  /** Tells the first listener what was kept for it, each message in a turn of its own: what it awaits may listen for the next. */
  #tellKept(): void {
    const queue = this.#messages;
    // A listener may close the socket, or begin a loop that takes the rest.
    if (queue === undefined || queue.isLooped) return;
    const message = this.#mayTell ? queue.take() : undefined;
    if (message !== undefined) {
      this.#dispatchMessage(this.#present(message));
      defer(this.#clock, turnOfPump(), () => this.#tellKept());
      return;
    }
    this.#dropKept();
    this.#tellKeptEnd();
  }

  #dropKept(): void {
    if (this.#messages?.isLooped !== false) return;
    this.#messages.discard();
    this.#messages = undefined;
  }

  /** The end of the connection waits behind its last messages for a while: then it is told without them. */
  #keepEnd(more: KeptEnd): void {
    this.#keptEnd = { ...this.#keptEnd, ...more };
    // What is sent now would be lost, which is no secret.
    this.readyState = CLOSING;
    if (more.end !== undefined) this.#waitWithEnd();
  }

  #waitWithEnd(): void {
    this.#keptEndTimer?.cancel();
    this.#keptEndTimer = startTimer(this.#clock, this.#isEndHeard ? heardEndTime : keptTime, () => {
      this.#dropKept();
      this.#tellKeptEnd();
    });
    if (this.#isEndHeard) this.#keptEndTimer.keepProcess();
  }

  #tellKeptEnd(): void {
    const kept = this.#keptEnd;
    if (kept === undefined) return;
    this.#keptEnd = undefined;
    this.#keptEndTimer?.cancel();
    if (kept.violation !== undefined) this.failure(kept.violation);
    if (kept.isClosing === true) this.close();
    if (kept.end !== undefined) this.end(kept.end.clean, kept.end.statusCode, kept.end.reason);
  }

  /** The application closes: it wants no more messages. */
  #stopListening(): void {
    this.#dropKept();
    if (this.#keptEnd !== undefined) queueMicrotask(() => this.#tellKeptEnd());
  }

  #dispatchMessage(data: string | ArrayBuffer | Blob): void {
    fire(this.#target, createMessageEvent(data, this.origin));
  }

  /** Whether a Blob that was sent has not been read: what is sent now must wait for it. */
  get #hasBlobs(): boolean {
    return this.#sendQueue !== undefined && !this.#sendQueue.isEmpty;
  }

  /** Whether a message of `length` may wait for a Blob, or for being read. What waits so is output as well, and as limited. */
  #hasRoom(length: number): boolean {
    const { queuedLength, limits } = this.#pump!.endpoint;
    const waiting = this.#sendQueue?.length ?? 0;
    if (waiting + queuedLength <= limits.queuedOutput) return true;
    this.#notSent(new UsageError("send/queue-full"), length);
    return false;
  }

  /** Does `act` once all Blobs that were sent before have been read, and `blob` as well if there is one. */
  #inTurn(length: number, blob: Blob | undefined, act: (bytes: Uint8Array) => void, hasArray = false): void {
    this.#sendQueue ??= new SendQueue((error) => this.terminate(error));
    this.#buffered.held(length);
    const step = (bytes: Uint8Array): void => {
      this.#buffered.held(-length);
      act(bytes);
      this.#pump!.touch();
    };
    this.#sendQueue.push(blob, length, step, hasArray);
    this.#pump!.heldChanged();
  }

  #transmit(data: string | Uint8Array, options: SendOptions | undefined, owned: boolean): void {
    const pump = this.#pump!;
    const { endpoint, bufferedLength } = pump;
    const before = endpoint.outputLength;
    try {
      if (typeof data === "string") {
        endpoint.sendText(data, options);
        if (data.length <= shortText) this.#buffered.queuedText(data, bufferedLength);
        else this.#buffered.queued(endpoint.outputLength - before - lastHeader, bufferedLength);
      } else {
        const isKept = owned || data.length <= copyLimit;
        endpoint.sendBinary(isKept ? data : data.slice(), options);
        this.#buffered.queued(data.length, bufferedLength);
      }
    } catch (error) {
      this.#notSent(error, payloadLength(data));
      return;
    }
    pump.touch();
  }

  #transmitPrepared(message: PreparedMessage, options: SendOptions | undefined): void {
    const pump = this.#pump!;
    const { bufferedLength } = pump;
    const { length } = message.payload;
    try {
      pump.endpoint.sendPrepared(message, options);
    } catch (error) {
      this.#notSent(error, length);
      return;
    }
    this.#buffered.queued(length, bufferedLength);
    pump.touch();
  }

  /** It was too late, or too much, and the payload is lost; anything else is the caller's to know. */
  #notSent(error: unknown, length: number): void {
    if (!isRefused(error)) {
      if (isMistake(error)) throw error;
      this.#buffered.lost(length);
      this.#pump!.brokeOff(error);
      return;
    }
    this.#buffered.lost(length);
    // WHATWG WebSockets §3.1: a socket whose buffer is full is flagged as full, and closed.
    if (error.code === "send/queue-full") this.terminate(error);
  }
}

/** Whether a command was refused for what the peer or the network did: that is no mistake of the caller's. */
function isRefused(error: unknown): error is UsageError {
  return error instanceof UsageError && refusals.has(error.code);
}

/** Whether a command was wrong, and not what it calls: a source of randomness that fails is no mistake of whoever sends. */
export function isMistake(error: unknown): boolean {
  return error instanceof UsageError && error.code !== "option/random";
}

const refusals: ReadonlySet<string> = new Set(["send/queue-full", "send/after-close", "endpoint/ended"]);
