/** A measurement: a quiet server, the same server under attack, and what is left of that afterwards. */
import type { AttackTallies } from "./attack.ts";
import { AttackProcesses } from "./attack-processes.ts";
import type { AttackTarget } from "./attacker.ts";
import { Crowd, type CrowdFigures, pause } from "./crowd.ts";
import { heapAllowance } from "./heap-allowance.ts";
import { findListeners, type ProcessFigures, readFigures, readResident } from "./process-figures.ts";

export interface HostileOptions {
  readonly target: AttackTarget;
  /** Where TLS handshakes are begun that never end; the target, when it is one of TLS. */
  readonly secureTarget?: AttackTarget | undefined;
  /** Names of kinds. */
  readonly kinds: readonly string[];
  readonly clients: number;
  readonly innocents: number;
  /** Milliseconds of the attack, and of the quiet before it. */
  readonly duration: number;
  readonly quiet: number;
  /** Milliseconds in which the server must be rid of the hostile clients, at most. */
  readonly recovery: number;
  /** Processes that the hostile clients are shared by. */
  readonly processes: number;
  /** A program that calls `serveAttack` when its first argument is `attackersArgument`. */
  readonly program: string;
  /** The server's processes; found by its port when left out. */
  readonly pids?: readonly number[] | undefined;
  /** Bytes of the server's heap after a collection, if it tells. */
  readonly heap?: (() => Promise<number>) | undefined;
}

/** A figure of a process before the attack, at its highest, and when the hostile clients were gone. */
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
  /** Of the same innocent clients, once the hostile ones are gone. */
  readonly afterwards: CrowdFigures;
  /** Seen from outside; undefined where the server's process cannot be found. */
  readonly process:
    | {
        readonly resident: Course;
        readonly descriptors: Course;
        readonly connections: Course;
        /** Seconds of the processor during the attack. */
        readonly processorTime: number;
        /** Milliseconds after the attack until descriptors and connections were as many as before; undefined if never. */
        readonly recovered: number | undefined;
      }
    | undefined;
  /** Bytes of the heap, before and after. */
  readonly heap: { readonly before: number; readonly after: number } | undefined;
  readonly attackers: AttackTallies;
}

const sampleInterval = 200;

/** Milliseconds in which so many hostile clients connect, before they do what they came for. */
const arrival = (clients: number): number => 500 + 4 * clients;

/** Milliseconds in which the innocent clients warm the server up, and at the end ask whether it still serves. */
const shortRun = 1_000;

/**
 * Attacks a server, and reports what comes of it.
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

/** Bytes of the heap once they are few enough, or at `deadline`: what belongs to connections that have just ended is let go of soon. */
async function settledHeap({ heap }: HostileOptions, before: number, deadline: number): Promise<number> {
  for (;;) {
    const now = await heap?.().catch(() => Number.NaN);
    if (now === undefined || !(now > before + heapAllowance) || performance.now() >= deadline) return now ?? Number.NaN;
    await pause(1_000);
  }
}

/** Looks at a process again and again. */
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
    // Those that came late and have left are gone.
    await pause(1_500);
    this.#before = this.#look();
    let count = 0;
    this.#timer = setInterval(() => {
      this.#peak.resident = Math.max(this.#peak.resident, readResident(this.#pids));
      // Counting thousands of descriptors takes time, which those that are measured would lose.
      if (count++ % 5 === 0) this.#look();
    }, sampleInterval);
  }

  end(): void {
    if (this.#timer === undefined) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#last = this.#look();
  }

  /** Waits until the server holds no more descriptors and connections than before; the time that took. */
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
