/**
 * Marks behind messages whose sender wants to know when they have left. A message has no number by which it could be recognized
 * when it leaves: priorities change the order, short messages become parts of one chunk, and extensions change lengths. So a mark
 * stands in the lane behind its message, and is passed when the message has been taken. What has no mark costs nothing.
 */

/** Memory of a mark in bytes, with what its owner keeps to recognize it. It counts against `limits.queuedOutput`. */
export const markCost = 160;

/** Stands in a lane behind the message that it marks. */
export class Mark {
  readonly subject: object;

  constructor(subject: object) {
    this.subject = subject;
  }
}

const none: readonly object[] = [];

/** A lane, as its marks see it. */
interface MarkedLane {
  /** Moves the marks that nothing precedes any more to `to`. */
  takeMarks(to: object[]): void;
}

/** The marks of one connection that have been passed, in the order of their messages on the wire. */
export class Marks {
  /** Those behind the message that has begun and not ended. */
  readonly #current: object[] = [];
  /** Those whose messages have been taken, but not handed back. */
  #taken: object[] = [];
  #left: object[] = [];

  /** Whether there is no mark that was passed and not returned. */
  get isEmpty(): boolean {
    return this.#current.length === 0 && this.#taken.length === 0 && this.#left.length === 0;
  }

  /** The first message of `lane` has become the current one. */
  begin(lane: MarkedLane): void {
    lane.takeMarks(this.#current);
  }

  /** The current message has been taken as a whole. */
  endCurrent(): void {
    moveAll(this.#current.splice(0), this.#taken);
  }

  /** The messages in front of the next one of `lane` have been taken. */
  pass(lane: MarkedLane): void {
    lane.takeMarks(this.#taken);
  }

  /** Adds a mark of a lane that is empty: `isCurrent` if it has given the current message, `isWriting` if output has been taken and not handed back. */
  add(subject: object, isCurrent: boolean, isWriting: boolean): void {
    if (isCurrent) this.#current.push(subject);
    else if (isWriting) this.#taken.push(subject);
    else this.#left.push(subject);
  }

  /** Everything that was taken has been handed back. */
  handedBack(): void {
    if (this.#taken.length === 0) return;
    moveAll(this.#taken, this.#left);
    this.#taken = [];
  }

  /** Removes and returns the marks of messages that have left. */
  take(): readonly object[] {
    if (this.#left.length === 0) return none;
    const left = this.#left;
    this.#left = [];
    return left;
  }
}

/** Adds `from` to `to`. There may be more than engines take as arguments of one call. */
function moveAll(from: readonly object[], to: object[]): void {
  for (const subject of from) to.push(subject);
}
