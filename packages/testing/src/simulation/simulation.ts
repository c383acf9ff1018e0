/**
 * Two parties, a link between them and a clock, all of it deterministic: the same steps give the same transcript, to the
 * byte. A party is an `Endpoint`, a `Connection`, a `ScriptedPeer`, or any other `Subject`.
 */
import { VirtualClock } from "./clock.ts";
import { Link } from "./link.ts";
import { Party, type PartyOptions, type Stage } from "./party.ts";
import { ScriptedPeer } from "./scripted-peer.ts";
import type { Step } from "./step.ts";
import type { Subject } from "./subject.ts";
import { Transcript } from "./transcript.ts";

/** Who takes part. */
export interface SimulationOptions<First extends Subject, Second extends Subject> {
  readonly first: PartyOptions<First>;
  readonly second: PartyOptions<Second>;
  /** As in the transcript, one word each: `["client", "server"]`. */
  readonly names?: readonly [first: string, second: string] | undefined;
  /** A simulation whose clock and transcript this one shares, such as that behind a proxy. */
  readonly beside?: { readonly clock: VirtualClock; readonly transcript: Transcript } | undefined;
}

/** Everything together. */
export class Simulation<First extends Subject, Second extends Subject> {
  readonly clock: VirtualClock;
  readonly transcript: Transcript;
  readonly first: Party<First>;
  readonly second: Party<Second>;
  /** While time passes, what is done follows from what was done before. */
  #running = false;

  constructor(options: SimulationOptions<First, Second>) {
    this.clock = options.beside?.clock ?? new VirtualClock();
    this.transcript = options.beside?.transcript ?? new Transcript();
    const [firstName, secondName] = options.names ?? ["client", "server"];
    const isRunning = (): boolean => this.#running;
    const stage: Stage = {
      clock: this.clock,
      get isRunning() {
        return isRunning();
      },
      step: (step) => this.#note(step),
      note: (line) => this.transcript.note(this.clock.now, line),
      drop: (outgoing) => this.#drop(outgoing),
    };
    this.first = new Party(firstName, options.first, stage);
    this.second = new Party(secondName, options.second, stage);
    const { first, second } = this;
    const toSecond = new Link(this.clock, options.first.link ?? {}, second, () => first.pump());
    const toFirst = new Link(this.clock, options.second.link ?? {}, first, () => second.pump());
    this.transcript.link(firstName, options.first.link ?? {});
    this.transcript.link(secondName, options.second.link ?? {});
    toSecond.writeDownIn((type) => this.#note({ type, by: firstName }));
    toFirst.writeDownIn((type) => this.#note({ type, by: secondName }));
    first.connect(toSecond);
    second.connect(toFirst);
  }

  /** Lets time pass, and everything happen that is due; with nothing given, all that happens without time passing. */
  run(milliseconds = 0): void {
    this.#note({ type: "run", milliseconds });
    this.#running = true;
    try {
      this.first.pump();
      this.second.pump();
      this.clock.advance(milliseconds);
    } finally {
      this.#running = false;
    }
  }

  /** Does `steps`, one after the other. Throws for a name that no party has, and bytes of who is no `ScriptedPeer`. */
  play(steps: Iterable<Step>): void {
    for (const step of steps) this.#play(step);
  }

  /** The transport is gone, and both ends are told. */
  cut(): void {
    this.#note({ type: "cut" });
    this.first.link.lose(true);
    this.second.link.lose(true);
  }

  /** Nothing arrives any more, and nobody is told. */
  vanish(): void {
    this.#note({ type: "vanish" });
    this.first.link.lose(false);
    this.second.link.lose(false);
  }

  #play(step: Step): void {
    switch (step.type) {
      case "command":
        this.#named(step.by).perform(step.command);
        return;
      case "send": {
        const { subject } = this.#named(step.by);
        if (!(subject instanceof ScriptedPeer))
          throw new TypeError(`${step.by} is no ScriptedPeer: it has its own mind`);
        subject.send(step.bytes);
        return;
      }
      case "end": {
        const party = this.#named(step.by);
        if (party.subject instanceof ScriptedPeer) party.subject.end();
        else party.end();
        return;
      }
      case "stall":
        this.#named(step.by).link.stall();
        return;
      case "resume":
        this.#named(step.by).link.resume();
        return;
      case "cut":
        this.cut();
        return;
      case "vanish":
        this.vanish();
        return;
      case "run":
        this.run(step.milliseconds);
        return;
      default:
        step satisfies never;
    }
  }

  #named(name: string): Party<First> | Party<Second> {
    const party = [this.first, this.second].find((party) => party.name === name);
    if (party === undefined) throw new RangeError(`nobody is called ${name}`);
    return party;
  }

  /** Whoever writes to `outgoing` drops the transport: it knows, and the other end does if anything still gets there. */
  #drop(outgoing: Link): void {
    const incoming = outgoing === this.first.link ? this.second.link : this.first.link;
    outgoing.lose(true);
    incoming.lose(false);
    incoming.tellEnd();
  }

  #note(step: Step): void {
    if (!this.#running) this.transcript.step(this.clock.now, step);
  }
}

/** Runs `story`, and shows the transcript of `simulation` with whatever goes wrong in it. */
export function tell(simulation: { readonly transcript: Transcript }, story: () => void): void {
  try {
    story();
  } catch (error) {
    if (error instanceof Error) error.message += `\n\nTranscript:\n${simulation.transcript}`;
    throw error;
  }
}
