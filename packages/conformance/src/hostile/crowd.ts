/** The innocent clients of a measurement: some stay connected, others arrive one after the other, are served, and leave. */
import type { AttackTarget } from "./attacker.ts";
import { Innocent, type InnocentTally } from "./innocent.ts";
import { type LatencySummary, summarize } from "./latencies.ts";

/** Minimum milliseconds between two messages of one client; a random time of up to as much again is added. */
const interval = 50;

/** Milliseconds between two late arrivals, and how many messages each of them sends. */
const lateInterval = 250;
const messagesOfLate = 5;

/** Milliseconds to wait for the last echoes. */
const patience = 10_000;

/** Counts of the clients that arrived during a phase. */
export interface LateTally {
  opened: number;
  /** Rejected with an HTTP response. */
  refused: number;
  /** Got no response, or were dropped. */
  failed: number;
}

/** Results of a phase. */
export interface CrowdFigures {
  readonly messages: {
    readonly sent: number;
    readonly answered: number;
    readonly wrong: number;
  };
  /** Connections of innocent clients that the server ended. */
  readonly closed: number;
  readonly late: LateTally;
  readonly latencies: LatencySummary;
}

export class Crowd {
  readonly #target: AttackTarget;
  readonly #members: readonly Innocent[];
  /** Late arrivals that have not left yet. */
  readonly #guests = new Set<Innocent>();
  #tally = emptyTally();
  #late: LateTally = { opened: 0, refused: 0, failed: 0 };
  #isSending = false;
  #timers = new Set<NodeJS.Timeout>();

  private constructor(target: AttackTarget, count: number) {
    this.#target = target;
    this.#members = Array.from({ length: count }, (_, index) => new Innocent(target, `innocent ${index}`, this.#tally));
  }

  /**
   * Opens all connections.
   *
   * @throws Error when the server does not accept them although it is not under attack
   */
  static async open(target: AttackTarget, count: number): Promise<Crowd> {
    const crowd = new Crowd(target, count);
    const outcomes = await Promise.all(crowd.#members.map((member) => member.open()));
    const missing = outcomes.filter((outcome) => outcome !== "open").length;
    if (missing === 0) return crowd;
    crowd.leave();
    throw new Error(`${missing} of ${count} innocent clients could not connect to ${target.authority}.`);
  }

  /** Sends messages for `milliseconds`, then waits for the last echoes. New clients arrive meanwhile if `withGuests`. */
  async run(milliseconds: number, withGuests: boolean): Promise<CrowdFigures> {
    this.#reset();
    this.#isSending = true;
    for (const member of this.#members) this.#sendNow(member);
    if (withGuests) this.#repeat(lateInterval, () => void this.#welcome());
    await pause(milliseconds);
    this.#isSending = false;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    await this.#settled();
    for (const innocent of [...this.#members, ...this.#guests]) innocent.giveUp();
    return this.#figures();
  }

  /** Reopens the connections that the server has ended. */
  async reopen(): Promise<void> {
    await Promise.all(this.#members.filter(({ isOpen }) => !isOpen).map((member) => member.open()));
  }

  leave(): void {
    for (const innocent of [...this.#members, ...this.#guests]) innocent.leave();
  }

  #reset(): void {
    this.#tally = emptyTally();
    for (const innocent of [...this.#members, ...this.#guests]) innocent.countIn(this.#tally);
    this.#late = { opened: 0, refused: 0, failed: 0 };
  }

  #figures(): CrowdFigures {
    const { sent, answered, wrong, closed, latencies } = this.#tally;
    return {
      messages: { sent, answered, wrong },
      closed,
      late: { ...this.#late },
      latencies: summarize(latencies),
    };
  }

  #sendNow(member: Innocent): void {
    if (!this.#isSending) return;
    if (member.isOpen) member.send();
    // A client whose connection was closed reconnects, as a real program would.
    else if (!member.isOpening) void member.open();
    this.#after(interval + Math.random() * interval, () => this.#sendNow(member));
  }

  async #welcome(): Promise<void> {
    const guest = new Innocent(this.#target, "late innocent", this.#tally);
    this.#guests.add(guest);
    const outcome = await guest.open();
    if (outcome === "open") {
      this.#late.opened++;
      for (let count = 0; count < messagesOfLate; count++) guest.send();
      for (let waited = 0; guest.waiting > 0 && waited < patience; waited += interval) await pause(interval);
      guest.leave();
    } else this.#late[outcome]++;
    if (guest.waiting === 0) this.#guests.delete(guest);
  }

  async #settled(): Promise<void> {
    const isWaiting = (): boolean =>
      [...this.#members, ...this.#guests].some((innocent) => innocent.waiting > 0 || innocent.isOpening);
    for (let waited = 0; isWaiting() && waited < patience; waited += interval) await pause(interval);
  }

  #repeat(milliseconds: number, task: () => void): void {
    this.#after(milliseconds, () => {
      task();
      this.#repeat(milliseconds, task);
    });
  }

  #after(milliseconds: number, task: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      task();
    }, milliseconds);
    this.#timers.add(timer);
  }
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function emptyTally(): InnocentTally {
  return { sent: 0, answered: 0, wrong: 0, closed: 0, latencies: [] };
}
