/** The messages of `for await`: those that came since it began and have not been taken, of which there are not too many. */

/** Bytes or chars above which nothing more is read from the transport, until half of them are taken. */
const highWaterMark = 65_536;

interface Reading {
  pause(): void;
  resume(): void;
}

interface Waiting<Data> {
  resolve(result: IteratorResult<Data, undefined>): void;
  reject(error: unknown): void;
}

/** A queue between a socket and a loop. */
export class MessageQueue<Data> implements AsyncIterableIterator<Data, undefined> {
  readonly #reading: Reading;
  readonly #onReturn: () => void;
  readonly #items: { data: Data; size: number }[] = [];
  readonly #waiting: Waiting<Data>[] = [];
  #size = 0;
  #paused = false;
  /** How it ended. */
  #end: { error: unknown } | undefined;

  /** `onReturn` is called when the loop is left. */
  constructor(reading: Reading, onReturn: () => void) {
    this.#reading = reading;
    this.#onReturn = onReturn;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  push(data: Data, size: number): void {
    const waiting = this.#waiting.shift();
    if (waiting !== undefined) {
      waiting.resolve({ done: false, value: data });
      return;
    }
    this.#items.push({ data, size });
    this.#size += size;
    if (this.#size <= highWaterMark || this.#paused) return;
    this.#paused = true;
    this.#reading.pause();
  }

  /** No more messages come; what waits may still be taken, and after it `error` is thrown if there is one. */
  end(error: unknown): void {
    this.#end ??= { error };
    for (const waiting of this.#waiting.splice(0)) this.#finish(waiting, { error });
  }

  next(): Promise<IteratorResult<Data, undefined>> {
    const item = this.#items.shift();
    if (item === undefined) {
      return new Promise((resolve, reject) => {
        if (this.#end === undefined) this.#waiting.push({ resolve, reject });
        else this.#finish({ resolve, reject }, this.#end);
      });
    }
    this.#size -= item.size;
    if (this.#paused && this.#size <= highWaterMark / 2) this.#resume();
    return Promise.resolve({ done: false, value: item.data });
  }

  /** The loop was left: nothing is queued any more. The socket stays open. */
  return(): Promise<IteratorResult<Data, undefined>> {
    this.#items.length = 0;
    this.#size = 0;
    this.end(undefined);
    if (this.#paused) this.#resume();
    this.#onReturn();
    return Promise.resolve({ done: true, value: undefined });
  }

  #resume(): void {
    this.#paused = false;
    this.#reading.resume();
  }

  #finish({ resolve, reject }: Waiting<Data>, { error }: { error: unknown }): void {
    if (error === undefined) resolve({ done: true, value: undefined });
    else reject(error);
    // Thrown once: whoever asks again is told that it is over.
    this.#end = { error: undefined };
  }
}
