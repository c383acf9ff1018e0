/**
 * Limits the memory that all connections of a server together hold on behalf of their peers (RFC 6455 §10.4): heads being read,
 * messages in progress, messages that wait for the application, output that waits for the peer, compression windows.
 *
 * Theory of operation. At the end of a turn each connection reports how many bytes it holds, and the sum changes by the
 * difference, which costs a few additions. A shortage of memory is handled in passes over the connections. A pass considers only
 * connections that hold more than a fair share, which is three quarters of the budget divided by the number of connections, and
 * begins with those that hold most and move least. Connections below a fair share hold less than three quarters of the budget in
 * total, so a pass can always bring the sum below that. It frees at least an eighth of the budget, so it costs little for each
 * byte that must arrive between two passes.
 *
 * While much data arrives, much memory is released too, but stays in use until the runtime collects it. So under load only a
 * share of the budget may be counted, and all fractions above are fractions of that share.
 */
import { takes } from "@hybi/core/options";
import type { Clock } from "../event-loop/clock.ts";
import { systemClock } from "../event-loop/clock.ts";
import { asUncaught, callGuarded, createReporter } from "../event-loop/reporter.ts";
import { startTimer, type Timer } from "../event-loop/timer.ts";
import { type Member, MemberList } from "../platform/member-list.ts";
import { clockCheck } from "../platform/option-checks.ts";

/** The default budget in bytes where the runtime does not report how much memory there is: 256 MiB. */
export const defaultMemoryBudget = 268_435_456;

/** The fraction of a budget that arrives between two calls of `collect`, and between two looks at the clock. */
const collectedPart = 1 / 64;

/** Milliseconds: if an eighth of the budget arrives within this time, the server counts as under load for the same time. */
const loadSpan = 2_000;

/** Milliseconds: a connection that has released nothing for two such spans is stagnant. */
const stagnantSpan = 2_000;

/** The part of a fair share that a stagnant connection must hold for a pass to consider it. */
const leastStagnant = 1 / 2;

// Shares of the bytes that may be counted.
/** New openings are rejected with 503 above this share. A pass brings the sum down to it. */
const shortAt = 3 / 4;
/** Above this share, the connections that hold most are no longer read. */
const restAt = 7 / 8;

/**
 * Longest time in milliseconds for which reading is paused for want of memory. The pause does not release a half-received
 * message: if memory is still short after it, the heaviest connections are shed in favour of those that move.
 */
const longestRest = 10_000;

/** A connection or an opening whose memory is counted. */
export interface Holder {
  /** Pauses reading until `goOn`. */
  rest(): void;
  goOn(): void;
  /** Ends the connection or opening, and releases all of its memory at once. */
  shed(): void;
}

/** Counts the bytes that one connection holds, for the budget that opened the account. */
export class Account implements Member {
  place = 0;
  readonly holder: Holder;
  held = 0;
  isResting = false;
  /**
   * Bytes that the connection has released, halved with each epoch since. A connection that moves nothing releases nothing, so
   * this measures how much it moves.
   */
  #released = 0;
  #epoch = 0;
  /** The span of time in which it last released something, or was opened. */
  movedIn: number;
  /** The span in which reading was paused: until it goes on, a connection cannot move. */
  restedIn = 0;
  readonly #budget: MemoryBudget;

  constructor(budget: MemoryBudget, holder: Holder, span: number) {
    this.#budget = budget;
    this.holder = holder;
    this.movedIn = span;
  }

  /** Reports that the connection now holds `bytes`. */
  change(bytes: number): void {
    if (bytes !== this.held) this.#budget.changed(this, bytes);
  }

  /** Reports that the connection is over: it holds nothing, and the budget forgets it. */
  close(): void {
    this.change(0);
    this.#budget.closed(this);
  }

  release(bytes: number, epoch: number): void {
    this.#age(epoch);
    this.#released += bytes;
  }

  /** Returns a weight that grows with the bytes that the connection holds, and shrinks with those that it moves. */
  weight(epoch: number): number {
    this.#age(epoch);
    return this.held * (this.held / (this.held + this.#released));
  }

  #age(epoch: number): void {
    if (epoch === this.#epoch) return;
    this.#released *= 0.5 ** (epoch - this.#epoch);
    this.#epoch = epoch;
  }
}

/**
 * A memory budget. A server creates its own; to share one among several servers, create it and pass it to each of them.
 *
 * @example
 * const memoryBudget = new MemoryBudget(500_000_000);
 * const first = new WebSocketServer(handler, { memoryBudget });
 * const second = new WebSocketServer(handler, { memoryBudget });
 */
export class MemoryBudget {
  /** The budget in bytes. */
  readonly limit: number;
  /**
   * For adapters: the share of the budget that may be counted under load. The rest is for memory that cannot be counted: arrays
   * that were released but are not collected yet, what allocators keep, the buffers of sockets. docs/design/hostile-load.md says
   * how much that is.
   */
  shareUnderLoad: number = 1 / 2;
  /**
   * For adapters: called each time a 64th of the budget has arrived. Where a runtime lets garbage grow to a multiple of what is
   * alive, the callback can make it collect.
   */
  collect: (() => void) | undefined;

  readonly #clock: Clock;
  readonly #accounts = new MemberList<Account>();
  readonly #resting = new Set<Account>();
  #held = 0;
  #rested = 0;
  #shed = 0;
  /** Counts how often an eighth of the budget has arrived; the unit of time for accounts. */
  #epoch = 0;
  #epochAt = Number.NEGATIVE_INFINITY;
  /** The server is under load until this instant. */
  #loadEnd = Number.NEGATIVE_INFINITY;
  /** Counts spans of time of `stagnantSpan` or longer, to know whether a connection has moved lately. */
  #span = 0;
  #spanAt = Number.NEGATIVE_INFINITY;
  #grown = 0;
  #uncollected = 0;
  /** The sum above which the next pass starts. */
  #nextPass: number;
  #isPassing = false;
  #timer: Timer | undefined;

  /**
   * @param limit bytes, at least 1; Infinity for no limit
   * @throws UsageError `option/range`, `option/type`
   */
  constructor(limit: number, clock: Clock = systemClock) {
    takes.atLeast(1)(limit, "memoryBudget");
    clockCheck(clock, "clock");
    this.limit = limit;
    this.#clock = clock;
    this.#nextPass = limit * restAt;
  }

  /** Bytes that all connections hold in total. */
  get held(): number {
    return this.#held;
  }

  /** How often reading from a connection was paused for want of memory. */
  get rested(): number {
    return this.#rested;
  }

  /** How many connections and openings were ended for want of memory. */
  get shed(): number {
    return this.#shed;
  }

  /** Whether memory is too short for new openings. */
  get isShort(): boolean {
    return this.#held > this.#capacity() * shortAt;
  }

  open(holder: Holder): Account {
    const account = new Account(this, holder, this.#span);
    this.#accounts.add(account);
    return account;
  }

  // Called by accounts

  changed(account: Account, bytes: number): void {
    const difference = bytes - account.held;
    account.held = bytes;
    this.#held += difference;
    if (difference > 0) this.#hasGrown(difference);
    else this.#hasShrunk(account, -difference);
  }

  closed(account: Account): void {
    this.#accounts.delete(account);
    this.#resting.delete(account);
  }

  #hasGrown(bytes: number): void {
    this.#grown += bytes;
    this.#uncollected += bytes;
    if (this.#uncollected > this.limit * collectedPart) {
      this.#uncollected = 0;
      this.#advanceSpan();
      if (this.collect !== undefined) {
        callGuarded(this.collect, createReporter(undefined, this.#clock, asUncaught));
      }
    }
    if (this.#grown > this.limit / 8) this.#beginEpoch();
    if (this.#held <= this.#nextPass || this.#isPassing) return;
    this.#isPassing = true;
    try {
      // When load shrinks the budget, pause reading before shedding any connection, as when memory grows.
      const isOver = this.#held > this.limit || (this.#held > this.#capacity() && this.#resting.size > 0);
      if (isOver) this.#shedHeaviest();
      else this.#restHeaviest();
    } finally {
      this.#isPassing = false;
    }
  }

  #beginEpoch(): void {
    const now = this.#clock.now();
    if (now - this.#epochAt < loadSpan) {
      if (now >= this.#loadEnd) this.#nextPass = Math.min(this.#nextPass, this.limit * this.shareUnderLoad * restAt);
      this.#loadEnd = now + loadSpan;
    }
    this.#grown = 0;
    this.#epoch++;
    this.#epochAt = now;
  }

  #hasShrunk(account: Account, bytes: number): void {
    account.release(bytes, this.#epoch);
    account.movedIn = this.#span;
    if (account.isResting && account.held <= this.#fairShare() / 2) this.#goOn(account);
    if ((this.#resting.size > 0 || this.#nextPass !== this.limit * restAt) && !this.isShort) this.#ease();
  }

  /** Ends a shortage: resets the threshold of the next pass, and resumes reading from all paused connections. */
  #ease(): void {
    this.#nextPass = this.#capacity() * restAt;
    this.#timer?.cancel();
    this.#timer = undefined;
    for (const account of [...this.#resting]) this.#goOn(account);
  }

  #goOn(account: Account): void {
    account.isResting = false;
    this.#resting.delete(account);
    account.holder.goOn();
  }

  /** Pauses reading from the heaviest connections, as many as are needed for the sum without them to be below three quarters. */
  #restHeaviest(): void {
    let excess = this.#held - this.#capacity() * shortAt;
    for (const account of this.#heaviest()) {
      if (excess <= 0) break;
      excess -= account.held;
      if (account.isResting) continue;
      account.isResting = true;
      account.restedIn = this.#span;
      this.#resting.add(account);
      this.#rested++;
      account.holder.rest();
    }
    // Until the sum has grown by some more, another pass would find the same connections.
    // When load has shrunk the budget, more growth is allowed first.
    const capacity = this.#capacity();
    this.#nextPass =
      this.#held > capacity
        ? Math.min(this.limit, this.#held + capacity / 8)
        : Math.min(capacity, this.#held + capacity / 32);
    if (this.#resting.size > 0) this.#timer ??= startTimer(this.#clock, longestRest, () => this.#hasRested());
  }

  #hasRested(): void {
    this.#timer = undefined;
    this.#isPassing = true;
    try {
      this.#shedHeaviest();
    } finally {
      this.#isPassing = false;
    }
    // Resume the connections that are left: none stays paused for ever.
    this.#ease();
  }

  #shedHeaviest(): void {
    for (const account of this.#heaviest()) {
      if (!this.isShort) break;
      this.#shed++;
      account.holder.shed();
    }
  }

  /**
   * Returns the connections that a pass may rest or shed, in this order: first those that have released nothing for a while,
   * then those that hold more than a fair share, the heaviest and least moving first. Many stagnant connections, each below
   * its share, would otherwise lower the share until others are ended in their place.
   */
  #heaviest(): Account[] {
    this.#advanceSpan();
    const fairShare = this.#fairShare();
    const weights = new Map<Account, number>();
    const stagnant: Account[] = [];
    for (const account of this.#accounts) {
      const until = account.isResting ? account.restedIn : this.#span;
      const isStagnant = until - account.movedIn >= 2;
      if (isStagnant && account.held > fairShare * leastStagnant) stagnant.push(account);
      else if (account.held > fairShare) weights.set(account, account.weight(this.#epoch));
    }
    const moving = [...weights].sort(([, one], [, other]) => other - one).map(([account]) => account);
    return [...stagnant.sort((one, other) => other.held - one.held), ...moving];
  }

  #advanceSpan(): void {
    const now = this.#clock.now();
    if (now - this.#spanAt < stagnantSpan) return;
    this.#span++;
    this.#spanAt = now;
  }

  /** Bytes that may be counted at present. */
  #capacity(): number {
    return this.#clock.now() < this.#loadEnd ? this.limit * this.shareUnderLoad : this.limit;
  }

  #fairShare(): number {
    return (this.#capacity() * shortAt) / this.#accounts.size;
  }
}
