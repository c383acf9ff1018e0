/**
 * Who waits for the output of a socket to leave: callbacks of single messages, `drained()`, and listeners for `drain`. A socket has
 * none of this until one of them is used. A message has left when its last byte was passed to the transport and the transport had
 * room again; whether the peer has got it, only the peer can say.
 */
import { callGuarded, type Reporter } from "../event-loop/reporter.ts";

/**
 * Called once: without an error when the message has left, or with the reason why it never will. What it throws, or rejects with, is
 * reported as that of a listener.
 */
export type SendCallback = (error?: Error) => unknown;

/** A message whose sender wants to know when it has left: the subject of its mark in core. */
export class Watched {
  readonly done: SendCallback;
  /** Why it was not even queued. */
  refusal: Error | undefined;

  constructor(done: SendCallback) {
    this.done = done;
  }
}

export class Departures {
  /** Whether there are listeners for `drain`. */
  isListenedTo = false;
  readonly #report: Reporter;
  /** In the order in which they were sent. */
  readonly #watched = new Set<Watched>();
  /** Who waits until less than `below` bytes are left. */
  #waiting: { readonly below: number; resolve(): void; reject(error: Error): void }[] = [];

  constructor(report: Reporter) {
    this.#report = report;
  }

  /** Whether nobody waits for anything. */
  get isIdle(): boolean {
    return this.#watched.size === 0 && this.#waiting.length === 0 && !this.isListenedTo;
  }

  /** Expects a message. It counts as lost unless `left` is called with the result before `end`. */
  watch(done: SendCallback): Watched {
    const watched = new Watched(done);
    this.#watched.add(watched);
    return watched;
  }

  /** The message was not sent, and its sender knows. */
  forget(watched: Watched): void {
    this.#watched.delete(watched);
  }

  /** Resolves when `remaining` is told of less than `below` bytes, and rejects with the `end`. */
  room(below: number): Promise<void> {
    return new Promise((resolve, reject) => void this.#waiting.push({ below, resolve, reject }));
  }

  /** These messages have left, in this order. */
  left(subjects: readonly object[]): void {
    for (const watched of subjects as readonly Watched[]) if (this.#watched.delete(watched)) this.#call(watched);
  }

  /** So many bytes have not left yet. */
  remaining(length: number): void {
    if (this.#waiting.length === 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const each of waiting) {
      if (length < each.below) each.resolve();
      else this.#waiting.push(each);
    }
  }

  /** Nothing will leave any more. */
  end(error: Error): void {
    for (const watched of this.#watched) {
      this.#watched.delete(watched);
      this.#call(watched, watched.refusal ?? error);
    }
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }

  #call({ done }: Watched, error?: Error): void {
    callGuarded(() => (error === undefined ? done() : done(error)), this.#report);
  }
}
