/**
 * The messages that a socket keeps: for its loops, and until somebody listens. There are never many: when enough wait, reading
 * rests until half of them are taken.
 */

import { Queue } from "./queue.ts";

/** What a loop does when the connection ends without both Close frames: it throws, or ends as with any other end. */
export type OnLoss = "throw" | "end";

/** A message as it is kept: text, or bytes in a buffer of their own. */
export type KeptMessage = string | ArrayBuffer;

/** What may wait, in bytes or chars, before nothing more is read from the transport. */
const highWaterMark = 65_536;

/** What a message counts besides its payload, which is about what an object takes: messages of no bytes are bounded too. */
const messageCost = 64;

/** How the queue stops and starts reading. */
export interface Reading {
  pause(): void;
  resume(): void;
  /** What waits has become less. */
  taken(): void;
}

interface Waiting<Message> {
  readonly loop: MessageLoop<Message>;
  resolve(result: IteratorResult<Message, undefined>): void;
  reject(error: unknown): void;
}

/** First in, first out. All loops share what waits: each message goes to one of them. */
export class MessageQueue<Message> {
  readonly #reading: Reading;
  readonly #present: (message: KeptMessage) => Message;
  readonly #items = new Queue<KeptMessage>();
  /** Counted for the mark above which reading rests. */
  #size = 0;
  /** Bytes of memory that what waits takes. */
  #held = 0;
  #isPaused = false;
  #loops = 0;
  /** What is done in place of pausing, once a loop was left and none has begun since. */
  #onOverflow: (() => void) | undefined;
  readonly #waiting = new Queue<Waiting<Message>>();
  /** How many of them are of loops that are over. */
  #abandoned = 0;
  /** How the connection ended. */
  #end: { readonly error: unknown } | undefined;

  /** `present` makes of a kept message what loops are given, when they are given it. */
  constructor(reading: Reading, present: (message: KeptMessage) => Message) {
    this.#reading = reading;
    this.#present = present;
  }

  /** Bytes of memory that what waits takes. */
  get heldLength(): number {
    return this.#held;
  }

  get isEmpty(): boolean {
    return this.#items.length === 0;
  }

  /** Whether a loop has begun and was not left. */
  get isLooped(): boolean {
    return this.#loops > 0;
  }

  push(message: KeptMessage): void {
    const waiting = this.#nextWaiting();
    if (waiting !== undefined) {
      waiting.resolve({ done: false, value: this.#present(message) });
      return;
    }
    this.#items.push(message);
    this.#size += costOf(message);
    this.#held += heldBy(message);
    this.#restIfFull();
  }

  /** Removes and returns the oldest message. */
  take(): KeptMessage | undefined {
    const message = this.#items.take();
    if (message === undefined) return undefined;
    this.#size -= costOf(message);
    this.#held -= heldBy(message);
    this.#reading.taken();
    if (this.#isPaused && this.#size <= highWaterMark / 2) this.#resume();
    return message;
  }

  /** Lets reading go on. What waits is kept for another loop, and `onOverflow` is called once that is too much. */
  keepReading(onOverflow: () => void): void {
    this.#onOverflow = onOverflow;
    if (this.#isPaused) this.#resume();
    this.#restIfFull();
  }

  /** Drops what waits. */
  discard(): void {
    this.#items.takeAll();
    this.#size = 0;
    this.#held = 0;
    this.#reading.taken();
    if (this.#isPaused) this.#resume();
  }

  /** No more messages come. What waits may still be taken; after it each loop throws `error` once, or ends if it is undefined. */
  end(error: unknown): void {
    this.#end ??= { error };
    for (const { loop, resolve, reject } of this.#waiting.takeAll()) {
      // The first of a loop is told how it ended, and the others that the loop is over.
      loop.awaited.takeAll();
      loop.finish(error).then(resolve, reject);
    }
    this.#abandoned = 0;
  }

  /** Begins a loop. `onLeft` is called when it is left. */
  loop(onLeft: () => void, onLoss: OnLoss = "throw"): AsyncIterableIterator<Message, undefined> {
    this.#loops++;
    this.#onOverflow = undefined;
    return new MessageLoop(this, onLeft, onLoss);
  }

  // For its loops

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
    // What is removed pays for the look at what stays.
    if (this.#abandoned * 2 <= this.#waiting.length) return;
    this.#waiting.takeWhere(({ loop }) => loop.isOver);
    this.#abandoned = 0;
  }

  /** The first that waits in a loop that is not over. */
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

/** One loop. */
class MessageLoop<Message> implements AsyncIterableIterator<Message, undefined> {
  readonly #queue: MessageQueue<Message>;
  readonly #onLeft: () => void;
  readonly #onLoss: OnLoss;
  /** What it waits for, in the order of asking. */
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

  /** The loop was left. The socket stays open, and what waits is for the next loop or listener. */
  return(): Promise<IteratorResult<Message, undefined>> {
    this.#leave();
    return Promise.resolve({ done: true, value: undefined });
  }

  /** The connection has ended. */
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

/** Bytes of memory of a place in the queue, of a text beside its chars, and of a buffer beside its bytes, in V8. */
const placeCost = 12;
const textCost = 22;
const bufferCost = 88;

/** A text with a char beyond Latin-1 takes two bytes for each. Of those that have none, engines know so without a look. */
const isWide = /[^\0-\xff]/;
/** Shorter texts count as what has one byte for each char. */
const shortText = 8;

/** Bytes of memory that a message takes that waits. */
function heldBy(message: KeptMessage): number {
  if (typeof message !== "string") return placeCost + bufferCost + message.byteLength;
  const { length } = message;
  // These are the engine's own.
  if (length <= 1) return placeCost;
  return placeCost + textCost + (length >= shortText && isWide.test(message) ? 2 * length : length);
}

function costOf(message: KeptMessage): number {
  return messageCost + (typeof message === "string" ? message.length : message.byteLength);
}
