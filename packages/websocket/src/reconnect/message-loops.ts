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
  readonly #begun: () => void;
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
    this.#begun = begun;
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

  async *loop(): AsyncGenerator<unknown, undefined> {
    this.#loops++;
    this.#begun();
    try {
      for (;;) {
        const item = this.#items.take();
        if (item !== undefined) {
          this.#size -= item.size;
          if (this.#isPaused && this.#size <= highWaterMark / 2) this.#setPaused(false);
          yield item.data;
        } else if (this.#end !== undefined) {
          if (this.#end.error !== undefined) throw this.#end.error;
          return undefined;
        } else {
          this.#arrival ??= new Promise((resolve) => {
            this.#wake = resolve;
          });
          await this.#arrival;
        }
      }
    } finally {
      this.#loops--;
      if (this.#loops === 0 && this.#isPaused) {
        this.#discard();
        this.#setPaused(false);
      }
    }
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
