/** Many hostile clients in one process. */

import { selectKinds } from "@hybi/testing/attacks";
import { Attacker, type AttackTally, type AttackTarget, emptyTally } from "./attacker.ts";

/** The attackers and their targets. */
export interface AttackPlan {
  readonly target: AttackTarget;
  /** Target of TLS handshakes; without it, none are started. */
  readonly secureTarget: AttackTarget | undefined;
  /** Names of the kinds. */
  readonly kinds: readonly string[];
  readonly clients: number;
  /** Index of the first client, so that processes that share an attack all have clients of every kind. */
  readonly from: number;
}

export type AttackTallies = Readonly<Record<string, AttackTally>>;

/** Milliseconds between the steps of a client. */
const tickInterval = 100;

/** Number of groups that take turns: the clients' steps are spread over the tick interval. */
const groups = 10;

/** New clients per turn and process: two processes reach a thousand after 2.5 seconds. */
const newInTurn = 2;

export class Attack {
  readonly #attackers: Attacker[] = [];
  readonly #tallies: Record<string, AttackTally> = {};
  #timer: NodeJS.Timeout | undefined;
  #isUnleashed = false;

  constructor(plan: AttackPlan, chance: () => number = Math.random) {
    const { target, secureTarget, clients, from } = plan;
    const kinds = selectKinds(plan.kinds).filter(
      ({ transport }) => transport !== "secure" || secureTarget !== undefined,
    );
    for (const { name } of kinds) this.#tallies[name] = emptyTally();
    for (let index = from; index < from + clients; index++) {
      const kind = kinds[index % kinds.length];
      if (kind === undefined) break;
      const aim = kind.transport === "secure" ? secureTarget! : target;
      // Counted within the kind, so that each kind has clients of even and of odd index.
      const ofKind = Math.floor(index / kinds.length);
      this.#attackers.push(new Attacker(kind, ofKind, aim, this.#tallies[kind.name]!, chance));
    }
  }

  get tallies(): AttackTallies {
    return this.#tallies;
  }

  /**
   * Opens the connections before the attack: a server too slow to accept them all would otherwise be attacked by only a
   * few.
   */
  start(): void {
    let turn = 0;
    this.#timer = setInterval(() => {
      const there = Math.min(turn * newInTurn, this.#attackers.length);
      for (let index = turn++ % groups; index < there; index += groups) this.#attackers[index]!.tick(this.#isUnleashed);
    }, tickInterval / groups);
  }

  /** Lets the clients begin their attack. */
  unleash(): void {
    this.#isUnleashed = true;
  }

  /** Drops all connections at once. */
  stop(): void {
    clearInterval(this.#timer);
    for (const attacker of this.#attackers) attacker.stop();
  }
}

/** Returns the sum of the tallies of several processes. */
export function addTallies(all: readonly AttackTallies[]): AttackTallies {
  const sums: Record<string, AttackTally> = {};
  for (const [name, { connected, opened, sent, endings }] of all.flatMap((tallies) => Object.entries(tallies))) {
    sums[name] ??= emptyTally();
    const sum = sums[name];
    sum.connected += connected;
    sum.opened += opened;
    sum.sent += sent;
    for (const [ending, count] of Object.entries(endings)) sum.endings[ending] = (sum.endings[ending] ?? 0) + count;
  }
  return sums;
}
