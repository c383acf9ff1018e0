/**
 * Shares one timer of the host among all pumps of a clock: each pump has an alarm, and the timer is set for the earliest one.
 * A timer per idle connection would cost 300 bytes in Node; an alarm costs 8.
 */
import type { Instant } from "@hybi/core";
import { type Clock, systemClock } from "./clock.ts";
import { perClock } from "./per-clock.ts";
import { clockThrew, createReporter, printed } from "./reporter.ts";
import { startTimer, type Timer } from "./timer.ts";

/** A callback due at an instant. Only `Alarms` sets the fields. */
export interface Alarm {
  /** When the alarm rings. */
  at: Instant;
  /** Index in the heap of alarms that are set; `unset` otherwise. */
  place: number;
  /** Called when the alarm is due, or later. By then it is no longer set. */
  ring(): void;
}

/** Place of an alarm that is not set. */
export const unset = -1;

/** Least delay of a timer, in milliseconds, that shows that the program was suspended and not merely busy. */
export const longDelay = 100;

/** The alarms of one clock, in a binary heap: each is due no later than its two children. */
export class Alarms {
  readonly #clock: Clock;
  readonly #heap: Alarm[] = [];
  /** Instant when the timer last fired so late that nothing can have been read for a while; see `Deadlines.observe`. */
  awayUntil: Instant = Number.NEGATIVE_INFINITY;
  #timer: Timer | undefined;
  #timerAt: Instant = Number.POSITIVE_INFINITY;

  private constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Returns the alarms of the clock. */
  static readonly of: (clock: Clock) => Alarms = perClock((clock) => new Alarms(clock));

  /** Returns the current time of the clock. */
  now(): Instant {
    return this.#clock.now();
  }

  /** Sets `alarm` to ring at `at`, in place of any earlier setting. `now` is the current time of the clock. */
  set(alarm: Alarm, at: Instant, now: Instant): void {
    const heap = this.#heap;
    if (alarm.place === unset) alarm.place = heap.push(alarm) - 1;
    alarm.at = at;
    this.#settle(alarm);
    this.#arm(now);
  }

  /** Cancels `alarm`. A no-op if it is not set. */
  clear(alarm: Alarm): void {
    if (alarm.place === unset) return;
    this.#remove(alarm);
    // While other alarms are set, the timer may stay, even if it is now too early: it finds nothing due and is set again.
    if (this.#heap.length === 0) this.#disarm();
  }

  #remove(alarm: Alarm): void {
    const heap = this.#heap;
    const last = heap.pop()!;
    if (last !== alarm) {
      heap[alarm.place] = last;
      last.place = alarm.place;
      this.#settle(last);
    }
    alarm.place = unset;
  }

  /** Restores the heap order by moving `alarm` up or down. */
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
    const span = Math.max(0, Math.ceil(first.at - now));
    this.#timerAt = first.at;
    const fire = (): void => this.#fire();
    try {
      this.#timer = startTimer(this.#clock, span, fire, this.#late);
    } catch (error) {
      clockThrew(this.#clock, error);
      // All connections of the clock wait for this timer.
      this.#timer = startTimer(systemClock, span, fire, this.#late);
    }
  }

  readonly #late = (delay: number): void => {
    if (delay >= longDelay) this.awayUntil = this.#clock.now();
  };

  #disarm(): void {
    const timer = this.#timer;
    this.#timer = undefined;
    this.#timerAt = Number.POSITIVE_INFINITY;
    try {
      timer?.cancel();
    } catch (error) {
      clockThrew(this.#clock, error);
    }
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
    // Remove all due alarms before the first one rings: its callback may set and clear others.
    for (const alarm of due) {
      try {
        alarm.ring();
      } catch (error) {
        // A transport that throws when it is dropped must not make other connections miss their deadlines.
        createReporter(undefined, this.#clock, printed)(error);
      }
    }
    this.#arm(now);
  }
}
