/** The messages of a reconnecting client, as its loops take them: one queue across all connections. */
import { Queue } from "../platform/queue.ts";
import type { Outcome } from "./outcome.ts";
import type { Decision } from "./plan.ts";

/** As in the loops of a socket: the size above which reading is paused, and what a message counts beside its payload. */
const highWaterMark = 65_536;
const messageCost = 64;

/** What a loop over a reconnecting client throws when the client gives up. */
export class ReconnectError extends Error {
  /** How the last connection or attempt ended. */
  readonly outcome: Outcome;
  /** Why there is no other: as in `EndedEvent`. */
  readonly why: Extract<Decision, { type: "stop" }>["why"];

  constructor(outcome: Outcome, why: ReconnectError["why"]) {
    super(
      `The client has stopped reconnecting: ${why === "attempts" ? "no attempts are left" : "another attempt would end the same way"}.`,
    );
    this.name = "ReconnectError";
    this.outcome = outcome;
    this.why = why;
  }
}

export class MessageLoops {
  readonly #onBegun: () => void;
  readonly #pauseChanged: () => void;
  readonly #items = new Queue<{ readonly data: unknown; readonly size: number }>();
  #size = 0;
  #loops = 0;
  #isPaused = false;
  /** Called when a message has arrived, or the client has ended. */
  #wake: (() => void) | undefined;
  #arrival: Promise<void> | undefined;
  #end: { readonly error: unknown } | undefined;

  /** `begun` is called when a loop begins, and `pauseChanged` when `isPaused` has changed. */
  constructor(begun: () => void, pauseChanged: () => void) {
    this.#onBegun = begun;
    this.#pauseChanged = pauseChanged;
  }

  /** Whether no more is to be read for now. */
  get isPaused(): boolean {
    return this.#isPaused;
  }

  push(data: unknown): void {
    const { length, byteLength, size } = Object(data) as { length?: number; byteLength?: number; size?: number };
    const counted = messageCost + (byteLength ?? size ?? length ?? 0);
    this.#items.push({ data, size: counted });
    this.#size += counted;
    if (this.#size > highWaterMark && !this.#isPaused) {
      // As at a socket: once all loops were left, nothing waits for a message that nobody may want.
      if (this.#loops === 0) this.#discard();
      else this.#setPaused(true);
    }
    this.#awake();
  }

  /** No more messages will come. After those that wait, each loop throws `error`, or ends if it is undefined. */
  end(error: unknown): void {
    this.#end ??= { error };
    this.#awake();
  }

  loop(): AsyncIterableIterator<unknown, undefined> {
    return new MessageLoop(this);
  }

  // Called by loops

  begun(): void {
    this.#loops++;
    this.#onBegun();
    if (this.#size > highWaterMark && !this.#isPaused) this.#setPaused(true);
  }

  /** What waits is for the next loop; without one, reading goes on until there is too much. */
  left(): void {
    this.#loops--;
    if (this.#loops === 0 && this.#isPaused) this.#setPaused(false);
    this.#awake();
  }

  take(): { readonly data: unknown } | undefined {
    const item = this.#items.take();
    if (item === undefined) return undefined;
    this.#size -= item.size;
    if (this.#isPaused && this.#size <= highWaterMark / 2) this.#setPaused(false);
    return item;
  }

  get ended(): { readonly error: unknown } | undefined {
    return this.#end;
  }

  /** Resolves when there may be something to take, or a loop was left. */
  get arrival(): Promise<void> {
    this.#arrival ??= new Promise((resolve) => {
      this.#wake = resolve;
    });
    return this.#arrival;
  }

  #discard(): void {
    this.#items.takeAll();
    this.#size = 0;
  }

  #setPaused(isPaused: boolean): void {
    this.#isPaused = isPaused;
    this.#pauseChanged();
  }

  #awake(): void {
    this.#arrival = undefined;
    this.#wake?.();
  }
}

/** The iterator of one loop. Not a generator, whose `return` would wait for the `next` that waits for a message. */
class MessageLoop implements AsyncIterableIterator<unknown, undefined> {
  readonly #loops: MessageLoops;
  #phase: "new" | "begun" | "over" = "new";
  /** The latest call of `next`: each waits for the one before, so that messages come in the order of the calls. */
  #latest: Promise<unknown> = Promise.resolve();

  constructor(loops: MessageLoops) {
    this.#loops = loops;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<unknown, undefined>> {
    if (this.#phase === "new") {
      this.#phase = "begun";
      this.#loops.begun();
    }
    const result = this.#latest.then(() => this.#take());
    this.#latest = result.catch(() => {});
    return result;
  }

  return(): Promise<IteratorResult<unknown, undefined>> {
    this.#leave();
    return Promise.resolve({ done: true, value: undefined });
  }

  async #take(): Promise<IteratorResult<unknown, undefined>> {
    for (;;) {
      if (this.#phase === "over") return { done: true, value: undefined };
      const item = this.#loops.take();
      if (item !== undefined) return { done: false, value: item.data };
      const { ended } = this.#loops;
      if (ended === undefined) await this.#loops.arrival;
      else {
        this.#leave();
        if (ended.error !== undefined) throw ended.error;
      }
    }
  }

  #leave(): void {
    const wasBegun = this.#phase === "begun";
    this.#phase = "over";
    if (wasBegun) this.#loops.left();
  }
}
