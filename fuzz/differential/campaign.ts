/** Runs many streams through hybi and every peer, and reports the differences. */
import { compare } from "./compare.ts";
import type { Difference, Peer } from "./peer.ts";
import { shrink } from "./shrink.ts";
import type { StreamGenerator, Subject } from "./subject.ts";
import { transcript } from "./transcript.ts";

const batch = 512;
/** Stops after this many findings. */
const maxFindings = 10;
/** After this many executions, a known difference that was never met is considered obsolete. */
const longRun = 200_000;
const reportEveryMs = 60_000;

export class Campaign {
  readonly #peers: readonly Peer[];
  readonly #seed: number;
  readonly #subject: Subject;
  readonly #generator: StreamGenerator;
  readonly #met = new Map<Difference, number>();
  readonly #executions = new Map<Peer, number>();
  readonly #started = performance.now();
  #reportedAt = performance.now();
  #streams = 0;
  #findings = 0;

  /** `peers` must be peers of `subject`. */
  constructor(subject: Subject, peers: readonly Peer[], seed: number) {
    this.#subject = subject;
    this.#peers = peers;
    this.#seed = seed;
    this.#generator = subject.generator(seed);
    console.log(`${subject.name}, seed ${seed}, peers ${peers.map(({ name }) => name).join(", ")}`);
  }

  async run(first: number, runs: number): Promise<void> {
    for (let from = first; from < first + runs && this.#findings < maxFindings; from += batch) {
      await this.#batch(from, Math.min(batch, first + runs - from));
      if (performance.now() - this.#reportedAt < reportEveryMs) continue;
      this.#reportedAt = performance.now();
      console.log(`${this.#streams} of ${runs} streams, ${this.#findings} unexplained, ${this.#time()}`);
    }
  }

  async #batch(from: number, count: number): Promise<void> {
    const cases = Array.from({ length: count }, (_, position) => {
      const stream = this.#generator.stream(from + position);
      return { index: from + position, stream, verdict: this.#subject.ours(stream) };
    });
    this.#streams += count;
    for (const peer of this.#peers) {
      const read = cases.filter(({ stream }) => peer.reads(stream));
      this.#executions.set(peer, (this.#executions.get(peer) ?? 0) + read.length);
      const findings = await compare(
        peer,
        read.map(({ stream }) => stream),
        read.map(({ verdict }) => verdict),
        this.#met,
      );
      for (const finding of findings.slice(0, maxFindings - this.#findings)) {
        this.#findings++;
        console.log(`\nSeed ${this.#seed}, stream ${read[finding.position]?.index}, minimized:`);
        console.log(transcript(await shrink(finding)));
      }
    }
  }

  /** Number of findings, and of differences that a long run should have met. */
  get faults(): number {
    return this.#findings + this.#neverMet().length;
  }

  #neverMet(): readonly Difference[] {
    return this.#peers
      .filter((peer) => (this.#executions.get(peer) ?? 0) >= longRun)
      .flatMap((peer) => peer.differences.filter((difference) => !this.#met.has(difference)));
  }

  summary(): readonly string[] {
    return [
      ...this.#peers.flatMap((peer) => [
        `\n${peer.name}: ${this.#executions.get(peer) ?? 0} executions; known differences met`,
        ...peer.differences.map(
          (difference) =>
            `${String(this.#met.get(difference) ?? 0).padStart(9)}  ${difference.name} (${difference.section})`,
        ),
      ]),
      "",
      ...this.#neverMet().map(({ name }) => `NEVER MET: ${name}`),
      `seed ${this.#seed}, ${this.#streams} streams, ${this.#findings} unexplained, ${this.#time()}`,
    ];
  }

  #time(): string {
    const { user, system } = process.cpuUsage();
    const seconds = Math.round((performance.now() - this.#started) / 1000);
    return `${seconds} s (${Math.round((user + system) / 1e6)} s of CPU)`;
  }
}
