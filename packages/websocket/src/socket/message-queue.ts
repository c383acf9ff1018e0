/**
 * Queues the messages of a socket, for its loops or until there is a listener. The queue is bounded: when it is full, reading is
 * paused until half of it has been taken.
 */

import { Queue } from "../platform/queue.ts";

/** What a loop does when the connection ends without both Close frames: it throws, or ends as it does after any other end. */
export type OnLoss = "throw" | "end";

/** A queued message: text, bytes in a buffer of their own, or text that was not decoded, as an array over such a buffer. */
export type KeptMessage = string | ArrayBuffer | Uint8Array<ArrayBuffer>;

/** Size of the queue, in bytes or chars, above which reading from the transport is paused. */
const highWaterMark = 65_536;

/** Size that a message counts in addition to its payload, about that of an object, so that empty messages are bounded too. */
const messageCost = 64;

/** Callbacks by which the queue controls reading. */
export interface Reading {
  pause(): void;
  resume(): void;
  /** Called when messages have left the queue. */
  taken(): void;
}

interface Waiting<Message> {
  readonly loop: MessageLoop<Message>;
  resolve(result: IteratorResult<Message, undefined>): void;
  reject(error: unknown): void;
}

/** A FIFO queue of messages. All loops share it: each message goes to one of them. */
export class MessageQueue<Message> {
  readonly #reading: Reading;
  readonly #present: (message: KeptMessage) => Message;
  readonly #items = new Queue<KeptMessage>();
  /** Bytes of each queued buffer, noted when it is queued: the application may transfer one that it also got as an event. */
  readonly #lengths = new Queue<number>();
  /** Sum of the sizes that are compared with the high-water mark. */
  #size = 0;
  /** Bytes of memory that the queued messages take. */
  #held = 0;
  #isPaused = false;
  #loops = 0;
  /** Called in place of pausing, once a loop was left and none has begun since. */
  #onOverflow: (() => void) | undefined;
  readonly #waiting = new Queue<Waiting<Message>>();
  /** Number of entries in `#waiting` whose loops are over. */
  #abandoned = 0;
  /** How the connection ended; undefined until then. */
  #end: { readonly error: unknown } | undefined;

  /** `present` converts a queued message to what loops return, at the moment when they return it. */
  constructor(reading: Reading, present: (message: KeptMessage) => Message) {
    this.#reading = reading;
    this.#present = present;
  }

  /** Bytes of memory that the queued messages take. */
  get heldLength(): number {
    return this.#held;
  }

  get isEmpty(): boolean {
    return this.#items.length === 0;
  }

  /** Whether a loop has begun and has not been left. */
  get isLooped(): boolean {
    return this.#loops > 0;
  }

  push(message: KeptMessage): void {
    const waiting = this.#nextWaiting();
    if (waiting !== undefined) {
      waiting.resolve({ done: false, value: this.#present(message) });
      return;
    }
    const length = lengthOf(message);
    this.#items.push(message);
    if (typeof message !== "string") this.#lengths.push(length);
    this.#size += messageCost + length;
    this.#held += heldBy(message, length);
    this.#restIfFull();
  }

  /** Removes and returns the oldest message. */
  take(): KeptMessage | undefined {
    const message = this.#items.take();
    if (message === undefined) return undefined;
    const length = typeof message === "string" ? message.length : (this.#lengths.take() ?? 0);
    this.#size -= messageCost + length;
    this.#held -= heldBy(message, length);
    this.#reading.taken();
    if (this.#isPaused && this.#size <= highWaterMark / 2) this.#resume();
    return message;
  }

  /** Resumes reading. Keeps the queued messages for another loop; calls `onOverflow` when they exceed the high-water mark. */
  keepReading(onOverflow: () => void): void {
    this.#onOverflow = onOverflow;
    if (this.#isPaused) this.#resume();
    this.#restIfFull();
  }

  /** Drops all queued messages. */
  discard(): void {
    this.#items.takeAll();
    this.#lengths.takeAll();
    this.#size = 0;
    this.#held = 0;
    this.#reading.taken();
    if (this.#isPaused) this.#resume();
  }

  /**
   * Called when no more messages will come. Queued messages can still be taken; after them each loop throws `error` once, or ends
   * if it is undefined.
   */
  end(error: unknown): void {
    this.#end ??= { error };
    for (const { loop, resolve, reject } of this.#waiting.takeAll()) {
      // The first pending `next` of a loop gets how the connection ended; the others get that the loop is over.
      loop.awaited.takeAll();
      loop.finish(error).then(resolve, reject);
    }
    this.#abandoned = 0;
  }

  /** Begins a loop. `onLeft` is called when the loop is over. */
  loop(onLeft: () => void, onLoss: OnLoss = "throw"): AsyncIterableIterator<Message, undefined> {
    this.#loops++;
    this.#onOverflow = undefined;
    return new MessageLoop(this, onLeft, onLoss);
  }

  // Called by loops

  next(loop: MessageLoop<Message>): Promise<IteratorResult<Message, undefined>> {
    const message = this.take();
    if (message !== undefined) return Promise.resolve({ done: false, value: this.#present(message) });
    if (this.#end !== undefined) return loop.finish(this.#end.error);
    return new Promise((resolve, reject) => {
      const waiting = { loop, resolve, reject };
      this.#waiting.push(waiting);
      loop.awaited.push(waiting);
    });
  }

  left(loop: MessageLoop<Message>): void {
    this.#loops--;
    for (const { resolve } of loop.awaited.takeAll()) {
      resolve({ done: true, value: undefined });
      this.#abandoned++;
    }
    // Amortized cost: scan the list only when more than half of it can be removed.
    if (this.#abandoned * 2 <= this.#waiting.length) return;
    this.#waiting.takeWhere(({ loop }) => loop.isOver);
    this.#abandoned = 0;
  }

  /** Removes and returns the first pending `next` of a loop that is not over. */
  #nextWaiting(): Waiting<Message> | undefined {
    for (let waiting = this.#waiting.take(); waiting !== undefined; waiting = this.#waiting.take()) {
      if (!waiting.loop.isOver) {
        waiting.loop.awaited.take();
        return waiting;
      }
      this.#abandoned--;
    }
    return undefined;
  }

  #restIfFull(): void {
    if (this.#size <= highWaterMark || this.#isPaused) return;
    if (this.#onOverflow !== undefined) {
      this.#onOverflow();
      return;
    }
    this.#isPaused = true;
    this.#reading.pause();
  }

  #resume(): void {
    this.#isPaused = false;
    this.#reading.resume();
  }
}

/** The iterator of one loop. */
class MessageLoop<Message> implements AsyncIterableIterator<Message, undefined> {
  readonly #queue: MessageQueue<Message>;
  readonly #onLeft: () => void;
  readonly #onLoss: OnLoss;
  /** The pending calls of `next`, oldest first. */
  readonly awaited: Queue<Waiting<Message>> = new Queue<Waiting<Message>>();
  #isOver = false;

  constructor(queue: MessageQueue<Message>, onLeft: () => void, onLoss: OnLoss) {
    this.#queue = queue;
    this.#onLeft = onLeft;
    this.#onLoss = onLoss;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<Message, undefined>> {
    return this.#isOver ? Promise.resolve({ done: true, value: undefined }) : this.#queue.next(this);
  }

  /** Called when the loop is left. The socket stays open, and queued messages are for the next loop or listener. */
  return(): Promise<IteratorResult<Message, undefined>> {
    this.#leave();
    return Promise.resolve({ done: true, value: undefined });
  }

  /** Ends the loop because the connection has ended. */
  finish(error: unknown): Promise<IteratorResult<Message, undefined>> {
    const isFirst = !this.#isOver;
    this.#leave();
    if (isFirst && error !== undefined && this.#onLoss === "throw") return Promise.reject(error);
    return Promise.resolve({ done: true, value: undefined });
  }

  #leave(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#queue.left(this);
    this.#onLeft();
  }
}

/** Bytes of memory in V8: of a place in the queue, of a text excluding its chars, and of a buffer excluding its bytes. */
const placeCost = 12;
const textCost = 22;
const bufferCost = 96;

/** A text with a char beyond Latin-1 takes two bytes per char. Engines know without a scan when a text has no such char. */
const isWide = /[^\0-\xff]/;
/** Texts shorter than this count as one byte per char. */
const shortText = 8;

/** Returns the bytes of memory that a queued message of `length` takes. */
function heldBy(message: KeptMessage, length: number): number {
  if (typeof message !== "string") return placeCost + bufferCost + length;
  // The engine keeps one copy of each of these texts for itself.
  if (length <= 1) return placeCost;
  return placeCost + textCost + (length >= shortText && isWide.test(message) ? 2 * length : length);
}

function lengthOf(message: KeptMessage): number {
  return typeof message === "string" ? message.length : message.byteLength;
}
