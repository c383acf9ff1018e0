/** A measurement: a quiet server, the same server under attack, and its state after the attack. */
import type { AttackTallies } from "./attack.ts";
import { AttackProcesses } from "./attack-processes.ts";
import type { AttackTarget } from "./attacker.ts";
import { Crowd, type CrowdFigures, pause } from "./crowd.ts";
import { heapAllowance } from "./heap-allowance.ts";
import { findListeners, type ProcessFigures, readFigures, readResident } from "./process-figures.ts";

export interface HostileOptions {
  readonly target: AttackTarget;
  /** Target of TLS handshakes that are never completed; the target itself, if it uses TLS. */
  readonly secureTarget?: AttackTarget | undefined;
  /** Names of the kinds. */
  readonly kinds: readonly string[];
  readonly clients: number;
  readonly innocents: number;
  /** Milliseconds of the attack, and of the quiet phase before it. */
  readonly duration: number;
  readonly quiet: number;
  /** Maximum milliseconds in which the server must be rid of the hostile clients. */
  readonly recovery: number;
  /** Number of processes that the hostile clients are divided among. */
  readonly processes: number;
  /** A program that calls `serveAttack` when its first argument is `attackersArgument`. */
  readonly program: string;
  /** Process ids of the server; found by its port when omitted. */
  readonly pids?: readonly number[] | undefined;
  /** Returns the bytes of the server's heap after a garbage collection, if the server reports them. */
  readonly heap?: (() => Promise<number>) | undefined;
}

/** A figure of a process before the attack, at its peak, and after the hostile clients were gone. */
export interface Course {
  readonly before: number;
  readonly peak: number;
  readonly after: number;
}

export interface HostileReport {
  readonly options: {
    readonly kinds: readonly string[];
    readonly clients: number;
    readonly innocents: number;
    /** Seconds of the attack. */
    readonly seconds: number;
  };
  readonly quiet: CrowdFigures;
  readonly attacked: CrowdFigures;
  /** Figures of the same innocent clients once the hostile ones are gone. */
  readonly afterwards: CrowdFigures;
  /** Measured from outside; undefined when the server's process cannot be found. */
  readonly process:
    | {
        readonly resident: Course;
        readonly descriptors: Course;
        readonly connections: Course;
        /** Seconds of processor time during the attack. */
        readonly processorTime: number;
        /**
         * Milliseconds after the attack until descriptors and connections were back to their earlier number; undefined
         * if never.
         */
        readonly recovered: number | undefined;
      }
    | undefined;
  /** Bytes of the heap, before and after. */
  readonly heap: { readonly before: number; readonly after: number } | undefined;
  readonly attackers: AttackTallies;
}

const sampleInterval = 200;

/** Milliseconds allowed for this many hostile clients to connect, before they begin their attack. */
const arrival = (clients: number): number => 500 + 4 * clients;

/** Milliseconds in which the innocent clients warm up the server, and at the end check whether it still serves. */
const shortRun = 1_000;

/**
 * Attacks a server, and returns a report of the effects.
 *
 * @throws Error when innocent clients cannot connect to the quiet server
 */
export async function measureUnderAttack(options: HostileOptions): Promise<HostileReport> {
  const { target, innocents, kinds, clients } = options;
  const secureTarget = options.secureTarget ?? (target.secure ? target : undefined);
  const pids = options.pids ?? findListeners(target.port);
  const watch = pids === undefined ? undefined : new Watch(pids, target.port);
  const attack = await AttackProcesses.prepare(options.program, options.processes);
  let crowd: Crowd | undefined;
  try {
    crowd = await Crowd.open(target, innocents);
    await crowd.run(shortRun, true);
    const heapBefore = await options.heap?.();
    const quiet = await crowd.run(options.quiet, false);
    await watch?.begin();
    attack.start({ target, secureTarget, kinds, clients, from: 0 });
    await crowd.run(arrival(clients), false);
    attack.unleash();
    const attacked = await crowd.run(options.duration, true).finally(() => watch?.end());
    const attackers = await attack.stop();
    const ended = performance.now();
    await crowd.reopen();
    const recovered = await watch?.recovered(options.recovery);
    const afterwards = await crowd.run(shortRun, false);
    const heapAfter = await settledHeap(options, heapBefore ?? 0, ended + options.recovery);
    return {
      options: { kinds, clients, innocents, seconds: options.duration / 1000 },
      quiet,
      attacked,
      afterwards,
      process: watch?.report(recovered),
      heap: heapBefore === undefined ? undefined : { before: heapBefore, after: heapAfter ?? Number.NaN },
      attackers,
    };
  } finally {
    watch?.end();
    attack.kill();
    crowd?.leave();
  }
}

/**
 * Returns the bytes of the heap once they are low enough, or at `deadline`: memory of connections that have just ended
 * is released with a short delay.
 */
async function settledHeap({ heap }: HostileOptions, before: number, deadline: number): Promise<number> {
  for (;;) {
    const now = await heap?.().catch(() => Number.NaN);
    if (now === undefined || !(now > before + heapAllowance) || performance.now() >= deadline) return now ?? Number.NaN;
    await pause(1_000);
  }
}

/** Samples the figures of a process repeatedly. */
class Watch {
  readonly #pids: readonly number[];
  readonly #port: number;
  #before: ProcessFigures;
  #after: ProcessFigures;
  #last: ProcessFigures;
  readonly #peak = { resident: 0, descriptors: 0, connections: 0 };
  #timer: NodeJS.Timeout | undefined;

  constructor(pids: readonly number[], port: number) {
    this.#pids = pids;
    this.#port = port;
    this.#before = readFigures(pids, port);
    this.#after = this.#before;
    this.#last = this.#before;
  }

  async begin(): Promise<void> {
    // Late arrivals have left and are gone by then.
    await pause(1_500);
    this.#before = this.#look();
    let count = 0;
    this.#timer = setInterval(() => {
      this.#peak.resident = Math.max(this.#peak.resident, readResident(this.#pids));
      // Counting thousands of descriptors would take processor time from the clients being measured, so do it rarely.
      if (count++ % 5 === 0) this.#look();
    }, sampleInterval);
  }

  end(): void {
    if (this.#timer === undefined) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#last = this.#look();
  }

  /** Waits until the server holds no more descriptors and connections than before; returns the time that took. */
  async recovered(milliseconds: number): Promise<number | undefined> {
    const begun = performance.now();
    while (performance.now() - begun < milliseconds) {
      this.#after = readFigures(this.#pids, this.#port);
      const isBack =
        this.#after.descriptors <= this.#before.descriptors && this.#after.connections <= this.#before.connections;
      if (isBack) return performance.now() - begun;
      await pause(sampleInterval);
    }
    return undefined;
  }

  report(recovered: number | undefined): NonNullable<HostileReport["process"]> {
    const [before, after, peak] = [this.#before, readFigures(this.#pids, this.#port), this.#peak];
    const course = (name: "resident" | "descriptors" | "connections"): Course => ({
      before: before[name],
      peak: Math.max(peak[name], before[name]),
      after: (name === "resident" ? after : this.#after)[name],
    });
    return {
      resident: course("resident"),
      descriptors: course("descriptors"),
      connections: course("connections"),
      processorTime: this.#last.processorTime - before.processorTime,
      recovered,
    };
  }

  #look(): ProcessFigures {
    const figures = readFigures(this.#pids, this.#port);
    for (const name of ["resident", "descriptors", "connections"] as const) {
      this.#peak[name] = Math.max(this.#peak[name], figures[name]);
    }
    return figures;
  }
}
