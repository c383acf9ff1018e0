/**
 * A timer of any length, which judges nobody before what has arrived is read: the only place that sets a timer with what a
 * user gave.
 *
 * Theory of operation. After a busy or suspended program has come back, timers and I/O are due at once, and runtimes run the
 * timers first: a peer whose answer has been in the kernel's buffer all the while would be found to be silent. So between
 * the timer of the host and the task lies a turn of I/O, always: when a timer is late enough to be wrong nobody can say
 * (one that is late by less than the clock can tell may be), and a turn costs a microsecond for each of the few timers that fire.
 * One turn is not enough where the runtime reads from few sockets in each (Deno: 128), or much waits behind one another;
 * therefore turns go on while something arrives, for as long as the timer was late at most.
 */
import type { Instant } from "@hybi/core";
import { arrivals } from "./arrivals.ts";
import type { Clock } from "./clock.ts";

/** Milliseconds of the longest timer of a host. A longer one overflows 31 bits, and fires at once (HTML §8.7, Node, Deno). */
const longestTimer = 0x7fff_ffff;

/** Turns of a timer, however late it is. */
const mostTurns = 1_000;

/** The timers of Node and Bun, which the clock of the platform lets the process end before. */
interface MaybeRef {
  ref?(): void;
}

/** Made by `startTimer`. */
export class Timer {
  readonly #clock: Clock;
  readonly #due: Instant;
  readonly #onFire: ((delay: number) => void) | undefined;
  #task: (() => void) | undefined;
  /** Milliseconds beyond the timer of the host that is set. */
  #left: number;
  #handle: unknown;
  #keepsProcess = false;

  constructor(clock: Clock, milliseconds: number, task: () => void, onFire?: (delay: number) => void) {
    this.#onFire = onFire;
    this.#clock = clock;
    this.#task = task;
    this.#left = milliseconds;
    this.#due = clock.now() + milliseconds;
    if (milliseconds !== Number.POSITIVE_INFINITY) this.#arm();
  }

  /** The task is not run any more. May be called again, and afterwards. */
  cancel(): void {
    if (this.#task === undefined) return;
    this.#task = undefined;
    if (this.#handle !== undefined) this.#clock.clearTimeout(this.#handle);
    this.#handle = undefined;
  }

  /** The process does not end before the task has run: what the application waits for comes with it. */
  keepProcess(): void {
    this.#keepsProcess = true;
    (this.#handle as MaybeRef | undefined)?.ref?.();
  }

  #arm(): void {
    const span = Math.min(this.#left, longestTimer);
    this.#left -= span;
    this.#wait(span, () => (this.#left > 0 ? this.#arm() : this.#letArrive()));
  }

  /** Lets what is there be read, then runs the task. */
  #letArrive(): void {
    const clock = this.#clock;
    const firedAt = clock.now();
    const patience = firedAt - this.#due;
    this.#onFire?.(patience);
    // A timer of 0 ms is only nearly a turn of I/O: now and then nothing is read in it that is there.
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
    if (this.#clock.nextTurn === undefined) this.#wait(0, then);
    else
      this.#clock.nextTurn(() => {
        if (this.#task !== undefined) then();
      });
  }

  #wait(span: number, then: () => void): void {
    this.#handle = this.#clock.setTimeout(() => {
      this.#handle = undefined;
      // A host that has no way to clear a timer may fire one that was cancelled.
      if (this.#task !== undefined) then();
    }, span);
    if (this.#keepsProcess) this.keepProcess();
  }

  #run(): void {
    const task = this.#task;
    this.#task = undefined;
    task?.();
  }
}

/**
 * Runs `task` once, after `milliseconds`, which were checked where they were given, and after what had arrived by then was
 * read; never after Infinity. Before anything is read, `onFire` is told by how much it is late.
 */
export function startTimer(
  clock: Clock,
  milliseconds: number,
  task: () => void,
  onFire?: (delay: number) => void,
): Timer {
  return new Timer(clock, milliseconds, task, onFire);
}
