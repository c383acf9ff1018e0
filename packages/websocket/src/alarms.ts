/**
 * One timer of the host for all pumps of a clock: each has an alarm, and the timer is set for the earliest. A timer of its
 * own would cost each idle connection 300 bytes in Node; this costs 8 (bench/micro/connection-memory.ts).
 */
import type { Instant } from "@hybi/core";
import type { Clock } from "./clock.ts";
import { hasRequestContexts } from "./platform.ts";
import { createReporter, printed } from "./reporter.ts";
import { startTimer, type Timer } from "./timer.ts";

/** What rings at an instant. Its fields are those of `Alarms`. */
export interface Alarm {
  /** When it rings; Infinity when it does not. */
  at: Instant;
  /** Where it stands among those that are set. */
  place: number;
  /** It is time, or has been. It is not set any more. */
  ring(): void;
}

/** Milliseconds by which a timer is late when the program was away, and not merely busy. */
const longDelay = 100;

const alarmsByClock = new WeakMap<Clock, Alarms>();

/** The alarms of one clock: a heap, in which each is due no later than the two below it. */
export class Alarms {
  readonly #clock: Clock;
  readonly #heap: Alarm[] = [];
  /** When the timer last fired so late that nothing can have been read for a while; see `Deadlines.observe`. */
  awayUntil: Instant = Number.NEGATIVE_INFINITY;
  #timer: Timer | undefined;
  #timerAt: Instant = Number.POSITIVE_INFINITY;

  private constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Those of `clock`. Where a timer belongs to a request, and is never heard of again when that is over, they are new. */
  static of(clock: Clock): Alarms {
    if (hasRequestContexts) return new Alarms(clock);
    let alarms = alarmsByClock.get(clock);
    if (alarms === undefined) {
      alarms = new Alarms(clock);
      alarmsByClock.set(clock, alarms);
    }
    return alarms;
  }

  /** What the clock says. */
  now(): Instant {
    return this.#clock.now();
  }

  /** Lets `alarm` ring at `at`, in place of when it was to ring before. `now` is what the clock says. */
  set(alarm: Alarm, at: Instant, now: Instant): void {
    const heap = this.#heap;
    if (alarm.at === Number.POSITIVE_INFINITY) alarm.place = heap.push(alarm) - 1;
    alarm.at = at;
    this.#settle(alarm);
    this.#arm(now);
  }

  /** Lets `alarm` not ring. */
  clear(alarm: Alarm): void {
    if (alarm.at === Number.POSITIVE_INFINITY) return;
    this.#remove(alarm);
    // A timer that is too early is left while there are others: it finds nothing due and is set anew.
    if (this.#heap.length === 0) this.#disarm();
  }

  #remove(alarm: Alarm): void {
    const heap = this.#heap;
    const last = heap.pop()!;
    alarm.at = Number.POSITIVE_INFINITY;
    if (last === alarm) return;
    heap[alarm.place] = last;
    last.place = alarm.place;
    this.#settle(last);
  }

  /** Moves an alarm to where it belongs, up or down. */
  #settle(alarm: Alarm): void {
    const heap = this.#heap;
    let place = alarm.place;
    for (let above = (place - 1) >> 1; place > 0 && heap[above]!.at > alarm.at; above = (place - 1) >> 1) {
      this.#put(heap[above]!, place);
      place = above;
    }
    for (;;) {
      let below = 2 * place + 1;
      if (below + 1 < heap.length && heap[below + 1]!.at < heap[below]!.at) below++;
      if (below >= heap.length || heap[below]!.at >= alarm.at) break;
      this.#put(heap[below]!, place);
      place = below;
    }
    this.#put(alarm, place);
  }

  #put(alarm: Alarm, place: number): void {
    this.#heap[place] = alarm;
    alarm.place = place;
  }

  #arm(now: Instant): void {
    const first = this.#heap[0];
    if (first === undefined || first.at >= this.#timerAt) return;
    this.#disarm();
    this.#timerAt = first.at;
    const span = Math.max(0, Math.ceil(first.at - now));
    this.#timer = startTimer(this.#clock, span, () => this.#fire(), this.#late);
  }

  readonly #late = (delay: number): void => {
    if (delay >= longDelay) this.awayUntil = this.#clock.now();
  };

  #disarm(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#timerAt = Number.POSITIVE_INFINITY;
  }

  #fire(): void {
    this.#timer = undefined;
    this.#timerAt = Number.POSITIVE_INFINITY;
    const now = this.#clock.now();
    const due: Alarm[] = [];
    for (let first = this.#heap[0]; first !== undefined && first.at <= now; first = this.#heap[0]) {
      this.#remove(first);
      due.push(first);
    }
    // All are taken out before the first rings: what it causes may set and clear others.
    for (const alarm of due) {
      try {
        alarm.ring();
      } catch (error) {
        // A transport that throws when it is dropped is no reason to let the deadlines of others pass.
        createReporter(undefined, this.#clock, printed)(error);
      }
    }
    this.#arm(now);
  }
}
