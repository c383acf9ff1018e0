/**
 * A timer of any length that runs its task only after all input that has already arrived was read.
 *
 * Theory of operation. When a busy or suspended program resumes, timers and I/O are due at the same time, and runtimes
 * run timers first: a peer whose reply has been in the kernel's buffer all the while would seem silent. So a turn of
 * I/O always passes between the host timer and the task. It is unconditional because no threshold can tell which timer
 * is late enough to be wrong (even one that is late by less than the clock's resolution may be), and a turn costs a
 * microsecond for each of the few timers that fire. One turn is not enough if the runtime reads from few sockets per
 * turn (Deno: 128), or if much input is queued. Therefore more turns follow while input arrives, at most for as long as
 * the timer was late.
 */
import type { Instant } from "@hybi/core";
import { arrivals } from "./arrivals.ts";
import type { Clock } from "./clock.ts";
import { LongTimer } from "./long-timer.ts";
import { clockThrew } from "./reporter.ts";

/** Maximum turns to wait, however late the timer is. */
const mostTurns = 1_000;

/** Created by `startTimer`. */
export class Timer {
  readonly #clock: Clock;
  readonly #due: Instant;
  readonly #onFire: ((delay: number) => void) | undefined;
  #task: (() => void) | undefined;
  #host: LongTimer;
  #keepsProcess = false;

  constructor(clock: Clock, milliseconds: number, task: () => void, onFire?: (delay: number) => void) {
    this.#onFire = onFire;
    this.#clock = clock;
    this.#task = task;
    this.#due = clock.now() + milliseconds;
    this.#host = new LongTimer(clock, milliseconds, () => this.#letArrive());
  }

  /** Cancels the task. Calling it again, or after the task has run, is a no-op. */
  cancel(): void {
    this.#task = undefined;
    this.#host.cancel();
  }

  /** As `LongTimer.keepProcess`. */
  keepProcess(): void {
    this.#keepsProcess = true;
    this.#host.keepProcess();
  }

  /** Lets pending input be read, then runs the task. */
  #letArrive(): void {
    const clock = this.#clock;
    const firedAt = clock.now();
    const patience = firedAt - this.#due;
    this.#onFire?.(patience);
    // A timer of 0 ms is not quite a turn of I/O: occasionally it fires before available input was read.
    const enough = clock.nextTurn === undefined ? 2 : 1;
    let turns = 0;
    let quiet = 0;
    let seen = arrivals();
    const look = (): void => {
      turns++;
      quiet = arrivals() === seen ? quiet + 1 : 0;
      seen = arrivals();
      const isTime = clock.now() - firedAt >= patience || turns >= mostTurns;
      if (quiet >= enough || (isTime && turns >= enough)) this.#run();
      else this.#turn(look);
    };
    this.#turn(look);
  }

  #turn(then: () => void): void {
    const clock = this.#clock;
    try {
      if (clock.nextTurn === undefined) {
        this.#host = new LongTimer(clock, 0, then);
        if (this.#keepsProcess) this.#host.keepProcess();
      } else
        clock.nextTurn(() => {
          if (this.#task !== undefined) then();
        });
    } catch (error) {
      clockThrew(clock, error);
      // The task is due, and would otherwise never run: it may be that of all alarms of the clock.
      this.#run();
    }
  }

  #run(): void {
    const task = this.#task;
    this.#task = undefined;
    task?.();
  }
}

/**
 * Runs `task` once, after `milliseconds`, which must already have been checked, and after all input that has arrived by
 * then was read. Infinity never fires. `onFire` is called before that input is read, with the milliseconds by which the
 * timer was late.
 */
export function startTimer(
  clock: Clock,
  milliseconds: number,
  task: () => void,
  onFire?: (delay: number) => void,
): Timer {
  return new Timer(clock, milliseconds, task, onFire);
}
