/** What the pumps of one clock have in common, as one object, so that each of them refers to one instead of four. */
import { Alarms } from "../event-loop/alarms.ts";
import type { Clock } from "../event-loop/clock.ts";
import { Turn } from "../event-loop/turn.ts";
import { Rounds } from "../load/rounds.ts";
import { hasRequestContexts } from "../platform/runtime.ts";

const loopsByClock = new WeakMap<Clock, SharedLoop>();

/** The event loop as pumps share it. */
export class SharedLoop {
  readonly clock: Clock;
  readonly turn: Turn;
  readonly rounds: Rounds;
  readonly alarms: Alarms;

  private constructor(clock: Clock) {
    this.clock = clock;
    this.turn = Turn.of(clock);
    this.rounds = Rounds.of(clock);
    this.alarms = Alarms.of(clock);
  }

  /** Returns the loop of `clock`. Where I/O is bound to a request, each caller gets its own, as with all parts of it. */
  static of(clock: Clock): SharedLoop {
    if (hasRequestContexts) return new SharedLoop(clock);
    let loop = loopsByClock.get(clock);
    if (loop === undefined) {
      loop = new SharedLoop(clock);
      loopsByClock.set(clock, loop);
    }
    return loop;
  }
}
