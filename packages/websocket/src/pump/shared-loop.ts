/** What the pumps of one clock have in common, as one object, so that each of them refers to one instead of four. */
import { Alarms } from "../event-loop/alarms.ts";
import type { Clock } from "../event-loop/clock.ts";
import { perClock } from "../event-loop/per-clock.ts";
import { Turn } from "../event-loop/turn.ts";
import { Rounds } from "../load/rounds.ts";

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

  /** Returns the loop of the clock. */
  static readonly of: (clock: Clock) => SharedLoop = perClock((clock) => new SharedLoop(clock));
}
