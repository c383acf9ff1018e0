/**
 * The half of a connection that sends: messages, whole or in parts, control frames, the callbacks of both, and when all of it is written.
 */
import { Buffer } from "node:buffer";
import type { EventEmitter } from "node:events";
import {
  type SendOptions as CoreSendOptions,
  type MessageKind,
  type MessageStream,
  type PreparedMessage,
  UsageError,
} from "@hybi/core";
import type { Pump } from "@hybi/websocket";
import { preparedFor } from "./broadcast.ts";
import { type BinaryType, bytesOf, copyOf, isBlob, payloadOf } from "./data.ts";
import type { SendCallback, SendOptions } from "./options.ts";
import { closed, closing, connecting, notOpen, open, type ReadyState } from "./state.ts";
import { currentTurn, throwLater } from "./turns.ts";

/** The socket of the application, of which this is the connection. */
export interface ApplicationSocket extends EventEmitter {
  readonly _isServer: boolean;
  readonly binaryType: BinaryType;
  readonly url: string;
}

/** In chars: what core encodes as one frame, because it fits into a block. */
const longestTextOfServer = 21_845;
const longestTextOfClient = 4096;

/** What core copies when it is sent, in bytes. */
const copiedByCore = 4096;

const compressed: CoreSendOptions = { compress: true };
const uncompressed: CoreSendOptions = { compress: false };

/** A callback of `send`; of a control frame also how many bytes had been taken before it. */
interface Waiting {
  readonly callback: SendCallback;
  readonly takenBefore?: number;
}

/** The callbacks that wait, and those that are about to be called, when a call of the program has returned. */
interface Callbacks {
  readonly unsent: Set<Waiting>;
  left: Waiting[];
  /** Those of control frames. */
  controls: Waiting[];
}

/** What waits until Blobs have been read: with `blob` set, for its own. */
interface Delayed {
  readonly task: (data?: Buffer) => void;
  readonly blob: Blob | undefined;
  readonly callback: SendCallback | undefined;
  next: Delayed | undefined;
}

/** The connection whose listener is called by its pump, which writes when that has returned. */
let receiving: Outgoing | undefined;
/** The memory of the message that is being emitted, which is often sent back or on. */
let received: ArrayBufferLike | undefined;
/** The connection that a call of the program writes: its callbacks are called when that has returned. */
let writing: Outgoing | undefined;
/** Other connections with output that waits for the end of the turn. */
const unwritten = new Set<Outgoing>();

process.on("exit", () => {
  for (const connection of unwritten) connection.writeNow();
  if (receiving !== undefined) receiving.writeNow();
});

/** From here to `endDelivery`, which takes what this returns, `connection` is written by its pump. `memory` is that of a message. */
export function beginDelivery(connection: Outgoing, memory?: ArrayBufferLike): Outgoing | undefined {
  const before = receiving;
  receiving = connection;
  received = memory;
  return before;
}

export function endDelivery(before: Outgoing | undefined): void {
  receiving = before;
  received = undefined;
}

/**
 * The state of a connection, and its sending half.
 *
 * Only fields are private in this class and the next: the private methods of a class would cost each connection one more field.
 */
export class Outgoing {
  readonly socket: ApplicationSocket;
  state: ReadyState = connecting;
  /** From the opening on. */
  pump: Pump | undefined;
  /** Smallest message that is compressed; undefined without the extension. */
  threshold: number | undefined;
  /** The message that is being sent in parts. */
  #parts: { readonly kind: MessageKind; readonly to: MessageStream; readonly waiting: Waiting[] } | undefined;
  #waiting: Callbacks | undefined;
  /** What waits until a Blob has been read. */
  #lastDelayed: Delayed | undefined;
  /** Bytes that were sent after the connection had begun to close. */
  #lost = 0;
  /** The turn in which the first message was written at once. */
  #writtenIn = 0;

  constructor(socket: ApplicationSocket) {
    this.socket = socket;
  }

  get bufferedAmount(): number {
    return this.#lost + (this.pump?.bufferedLength ?? 0);
  }

  /** @throws Error while connecting */
  send(data: unknown, options: SendOptions | undefined, callback: SendCallback | undefined): void {
    if (this.state !== open) {
      this.sendTooLate(data, callback);
      return;
    }
    if (this.#lastDelayed !== undefined || isBlob(data)) {
      const blob = isBlob(data) ? data : undefined;
      const isText = typeof data === "string" || typeof data === "number";
      // Programs reuse their buffers as soon as `send` has returned.
      const own = blob !== undefined || isText ? data : copyOf(bytesOf(payloadOf(data)));
      this.delay((read) => this.transmit(read ?? own, options, callback), blob, callback);
      return;
    }
    this.transmit(data, options, callback);
  }

  /** @throws Error while connecting, RangeError for more than 125 bytes */
  sendControl(command: "sendPing" | "sendPong", data: unknown, callback: SendCallback | undefined): void {
    if (this.state !== open) {
      this.sendTooLate(data, callback);
      return;
    }
    const bytes = bytesOf(payloadOf(data));
    if (bytes.length > 125) throw new RangeError("The data size must not be greater than 125 bytes");
    if (this.#lastDelayed === undefined) this.transmitControl(command, bytes, callback);
    else {
      const own = copyOf(bytes);
      this.delay(() => this.transmitControl(command, own, callback), undefined, callback);
    }
  }

  /** Begins the closing handshake behind what was sent. */
  sendClose(code: number | undefined, reason: string): void {
    this.state = closing;
    if (this.#lastDelayed === undefined) this.transmitClose(code, reason);
    else this.delay(() => this.transmitClose(code, reason), undefined, undefined);
  }

  // Messages

  transmit(data: unknown, options: SendOptions | undefined, callback: SendCallback | undefined): void {
    const payload = payloadOf(data);
    const isText = !(options?.binary ?? (typeof data !== "string" && typeof data !== "number"));
    let prepared: PreparedMessage | undefined;
    let isLent = false;
    try {
      if (this.#parts !== undefined || options?.fin === false) this.sendPart(payload, isText, options);
      else {
        // A reply is hardly what was sent before it.
        if (receiving !== this && this.threshold === undefined) prepared = preparedFor(data, payload, isText);
        if (prepared !== undefined) this.pump!.endpoint.sendPrepared(prepared);
        else {
          isLent = this.mayLend(payload);
          if (isText) this.sendText(payload, options, isLent);
          else {
            const bytes = bytesOf(payload);
            this.pump!.endpoint.sendBinary(isLent ? bytes : this.kept(bytes), this.compression(bytes, options));
          }
        }
      }
    } catch (error) {
      const isSilent = callback === undefined && error instanceof UsageError && error.code === "send/not-utf8";
      if (!(error instanceof UsageError) || isSilent) throw error;
      callBack(callback, error);
      return;
    }
    if (callback !== undefined) this.whenSent(callback);
    if (isLent) this.writeNow();
    else this.requestWrite(prepared !== undefined);
  }

  /**
   * Whether core gets the payload by reference, and it is written at once: that of a message that is being emitted, which is mostly sent
   * back, or on, as it is. To copy it would take a third of the time. Nothing must be in front of it, which would make it wait.
   */
  mayLend(payload: string | Uint8Array): boolean {
    if (received === undefined || typeof payload === "string" || payload.length <= copiedByCore) return false;
    return payload.buffer === received && this.threshold === undefined && this.pump!.bufferedLength === 0;
  }

  /** Returns the bytes as core may keep them: programs reuse their buffers as soon as `send` has returned. */
  kept(bytes: Uint8Array): Uint8Array {
    return bytes.length <= copiedByCore ? bytes : copyOf(bytes);
  }

  sendText(payload: string | Uint8Array, options: SendOptions | undefined, isLent: boolean): void {
    const { endpoint } = this.pump!;
    const compression = this.compression(payload, options);
    if (typeof payload !== "string") endpoint.sendUtf8(isLent ? payload : this.kept(payload), compression);
    else if (payload.length <= this.longestText()) endpoint.sendText(payload, compression);
    else endpoint.sendUtf8(Buffer.from(payload), compression);
  }

  /** Longest text that core sends as one frame: longer ones are encoded here. */
  longestText(): number {
    return this.socket._isServer ? longestTextOfServer : longestTextOfClient;
  }

  compression(payload: string | Uint8Array, options: SendOptions | undefined): CoreSendOptions | undefined {
    const { threshold } = this;
    if (threshold === undefined) return undefined;
    // In bytes, of which a text has at least as many as chars.
    const isShort =
      payload.length < threshold && (typeof payload !== "string" || Buffer.byteLength(payload) < threshold);
    return options?.compress !== false && !isShort ? compressed : uncompressed;
  }

  sendPart(payload: string | Uint8Array, isText: boolean, options: SendOptions | undefined): void {
    if (this.#parts === undefined) {
      // The first part says what the message is, and whether to compress it.
      const compression = this.compression(payload, options);
      const kind: MessageKind = isText ? "text" : "binary";
      this.#parts = { kind, to: this.pump!.endpoint.startMessage(kind, compression), waiting: [] };
    }
    const { kind, to, waiting } = this.#parts;
    // Bytes may be a part of text.
    if (kind === "binary") to.write(this.kept(bytesOf(payload)));
    else to.write(typeof payload === "string" ? payload : this.kept(payload));
    if (options?.fin === false) return;
    this.#parts = undefined;
    to.end();
    // From here on other messages may keep it from being empty.
    for (const each of waiting) if (this.#waiting?.unsent.has(each) === true) this.mark(each);
  }

  transmitControl(command: "sendPing" | "sendPong", bytes: Uint8Array, callback: SendCallback | undefined): void {
    const { endpoint } = this.pump!;
    // Core sends control frames before messages, but the Pong to this Ping says that the peer has what was sent before it.
    if (endpoint.outputLength > 0) this.writeNow();
    try {
      endpoint[command](new Uint8Array(bytes));
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      callBack(callback, error);
      return;
    }
    if (callback !== undefined) this.whenControlSent(callback);
    this.requestWrite();
  }

  transmitClose(code: number | undefined, reason: string): void {
    // A message that has not ended never will, but its parts have been sent.
    if (this.#parts !== undefined) this.writeNow();
    this.pump!.endpoint.sendClose(code, reason);
    this.requestWrite();
  }

  sendTooLate(data: unknown, callback: SendCallback | undefined): void {
    if (this.state === connecting) throw notOpen(this.state);
    this.#lost += isBlob(data) ? data.size : bytesOf(payloadOf(data)).length;
    if (callback !== undefined) process.nextTick(callback, notOpen(this.state));
  }

  // Behind Blobs

  /** Queues `task` behind Blobs that are being read. `blob` is what has to be read for it, if anything. */
  delay(task: (data?: Buffer) => void, blob: Blob | undefined, callback: SendCallback | undefined): void {
    const delayed: Delayed = { task, blob, callback, next: undefined };
    const last = this.#lastDelayed;
    this.#lastDelayed = delayed;
    if (last === undefined) this.runDelayed(delayed);
    else last.next = delayed;
  }

  /** Runs what waits, from `first` on. A list, which keeps nothing of what has been run, however long some Blob is pending. */
  runDelayed(first: Delayed | undefined): void {
    for (let delayed = first; delayed !== undefined; delayed = delayed.next) {
      const current = delayed;
      const { task, blob, callback } = current;
      if (blob !== undefined) {
        const goOn = (run: () => void): void => {
          this.runUnlessClosed(run, callback);
          this.runDelayed(current.next);
        };
        blob.arrayBuffer().then(
          (bytes) => goOn(() => task(Buffer.from(bytes))),
          (error) => goOn(() => callBack(callback, error)),
        );
        return;
      }
      this.runUnlessClosed(task, callback);
    }
    this.#lastDelayed = undefined;
  }

  runUnlessClosed(run: () => void, callback: SendCallback | undefined): void {
    if (this.state === closed) {
      callBack(callback, unsentError());
      return;
    }
    try {
      run();
    } catch (error) {
      throwLater(error);
    }
  }

  // Writing

  /**
   * Writes what was sent at the end of the turn, so that many messages share a system call; but the first of a turn at once, because
   * programs exit, or block, after they have sent something. What is pending when the process exits is written then.
   */
  requestWrite(isPrepared = false): void {
    const pump = this.pump!;
    if (receiving === this) {
      pump.requestFlush();
      return;
    }
    const turn = currentTurn();
    if (this.#writtenIn === turn) {
      unwritten.add(this);
      if (isPrepared) pump.requestPreparedFlush();
      else pump.requestFlush();
      return;
    }
    this.#writtenIn = turn;
    this.writeNow(isPrepared);
  }

  writeNow(isPrepared = false): void {
    const before = writing;
    writing = this;
    if (isPrepared) this.pump!.flushPrepared();
    else this.pump!.flush();
    writing = before;
    const waiting = this.#waiting;
    if (waiting === undefined) return;
    const count = waiting.left.length;
    this.collectLeft(waiting);
    if (count === 0 && waiting.left.length > 0) process.nextTick(confirm, this);
  }

  /** Output has left. */
  flushed(): void {
    if (unwritten.size > 0) unwritten.delete(this);
    if (writing !== this && this.#waiting !== undefined) this.confirm();
  }

  // Callbacks

  /** Calls `callback` when the messages that were sent up to now have left. */
  whenSent(callback: SendCallback): void {
    const waiting = this.addWaiting({ callback });
    // A mark would stand behind the end of a message in parts: until then these have left when nothing is left.
    if (this.#parts === undefined) this.mark(waiting);
    else this.#parts.waiting.push(waiting);
  }

  /** Calls `callback` when the control frame that was just queued has left. It is in no lane, where a mark would stand. */
  whenControlSent(callback: SendCallback): void {
    const waiting = this.addWaiting({ callback, takenBefore: this.pump!.endpoint.bytesTaken });
    this.#waiting!.controls.push(waiting);
  }

  addWaiting(waiting: Waiting): Waiting {
    this.#waiting ??= { unsent: new Set(), left: [], controls: [] };
    this.#waiting.unsent.add(waiting);
    return waiting;
  }

  mark(waiting: Waiting): void {
    this.pump!.endpoint.mark(waiting);
  }

  /** Moves those whose messages have left to `left`. */
  collectLeft(callbacks: Callbacks): void {
    const { unsent, left, controls } = callbacks;
    const { endpoint, bufferedLength, failure } = this.pump!;
    const marked = endpoint.takeMarks() as readonly Waiting[];
    if (controls.length === 0) for (const each of marked) moveTo(left, unsent, each);
    else {
      // Control frames are taken before messages: once any of the bytes behind those before have left.
      const leftLength = endpoint.bytesTaken - (bufferedLength - endpoint.outputLength);
      const due = new Set([...marked, ...controls.filter(({ takenBefore = 0 }) => leftLength > takenBefore)]);
      if (due.size > 0) {
        callbacks.controls = controls.filter((each) => !due.has(each));
        // In the order in which they were sent.
        for (const each of unsent) if (due.has(each)) moveTo(left, unsent, each);
      }
    }
    // Nothing is left also when it was dropped, because the peer is lost or the connection closes.
    const isAllSent = bufferedLength === 0 && failure === undefined && endpoint.droppedLength === 0;
    if (this.#parts === undefined || !isAllSent) return;
    for (const each of unsent) left.push(each);
    unsent.clear();
    this.#parts.waiting.length = 0;
  }

  /** Calls back for what has left. */
  confirm(): void {
    const waiting = this.#waiting;
    if (waiting === undefined) return;
    this.collectLeft(waiting);
    const { unsent, left } = waiting;
    waiting.left = [];
    if (unsent.size === 0) this.#waiting = undefined;
    for (const { callback } of left) callBack(callback, undefined);
  }

  /** Calls back for what has not left, and never will. */
  rejectUnsent(): void {
    this.confirm();
    const unsent = this.#waiting?.unsent ?? [];
    this.#waiting = undefined;
    for (const { callback } of unsent) callBack(callback, unsentError());
  }
}

function moveTo(left: Waiting[], unsent: Set<Waiting>, waiting: Waiting): void {
  if (unsent.delete(waiting)) left.push(waiting);
}

function confirm(connection: Outgoing): void {
  connection.confirm();
}

function callBack(callback: SendCallback | undefined, error: Error | undefined): void {
  if (callback === undefined) return;
  try {
    callback(error);
  } catch (thrown) {
    throwLater(thrown);
  }
}

function unsentError(): Error {
  return new Error("The connection was closed before the message was sent");
}
