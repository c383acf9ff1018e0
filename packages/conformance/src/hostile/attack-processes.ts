/**
 * Runs an attack in separate processes, so that hostile clients take no time from the innocent ones being measured.
 * The program starts itself again with `attackersArgument` as its first argument, and then calls `serveAttack`.
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { Attack, type AttackPlan, type AttackTallies, addTallies } from "./attack.ts";

/** First argument of a process of attackers. */
export const attackersArgument = "attackers";

const ready = "ready";

/** Runs in a process of attackers: waits for the plan, attacks, and sends its tallies when the parent asks for them. */
export function serveAttack(): void {
  let attack: Attack | undefined;
  process.on("message", (message: AttackPlan | "unleash" | "stop") => {
    if (message === "unleash") {
      attack?.unleash();
      return;
    }
    if (message === "stop") {
      attack?.stop();
      process.send?.(attack?.tallies ?? {}, () => process.exit());
      return;
    }
    attack = new Attack(message);
    attack.start();
  });
  process.on("disconnect", () => process.exit());
  process.send?.(ready);
}

export class AttackProcesses {
  readonly #children: readonly ChildProcess[];

  private constructor(children: readonly ChildProcess[]) {
    this.#children = children;
  }

  /** Starts `count` processes of `program`; resolves when they are ready to attack. */
  static async prepare(program: string, count: number): Promise<AttackProcesses> {
    const children = Array.from({ length: count }, () => fork(program, [attackersArgument]));
    await Promise.all(
      children.map(async (child) => {
        const [code] = await Promise.race([once(child, "message"), once(child, "exit")]);
        if (code !== ready) throw new Error(`${program} did not start as a process of hostile clients.`);
      }),
    );
    return new AttackProcesses(children);
  }

  /** Opens the connections of the clients, which are divided among the processes. */
  start(plan: AttackPlan): void {
    const each = Math.ceil(plan.clients / this.#children.length);
    for (const [index, child] of this.#children.entries()) {
      const from = index * each;
      child.send({ ...plan, from: plan.from + from, clients: Math.max(0, Math.min(each, plan.clients - from)) });
    }
  }

  /** Starts the attack itself. */
  unleash(): void {
    for (const child of this.#children) child.send("unleash");
  }

  /** Drops all connections; resolves with the tallies. */
  async stop(): Promise<AttackTallies> {
    const tallies = this.#children.map(async (child) => {
      const exit = once(child, "exit");
      const told = once(child, "message");
      child.send("stop");
      const [tally] = (await Promise.race([told, exit.then(() => [{}])])) as [AttackTallies];
      await exit;
      return tally;
    });
    return addTallies(await Promise.all(tallies));
  }

  /** Kills the processes at once. */
  kill(): void {
    for (const child of this.#children) child.kill("SIGKILL");
  }
}
