/**
 * Two parties, a link between them and a clock, all deterministic: the same steps give the same transcript, byte for
 * byte. A party is an `Endpoint`, a `Connection`, a `ScriptedPeer`, or any other `Subject`.
 */
import { VirtualClock } from "./clock.ts";
import { Link } from "./link.ts";
import { Party, type PartyOptions, type Stage } from "./party.ts";
import { ScriptedPeer } from "./scripted-peer.ts";
import type { Step } from "./step.ts";
import type { Subject } from "./subject.ts";
import { Transcript } from "./transcript.ts";

/** The participants of a simulation. */
export interface SimulationOptions<First extends Subject, Second extends Subject> {
  readonly first: PartyOptions<First>;
  readonly second: PartyOptions<Second>;
  /** Names in the transcript, one word each: `["client", "server"]`. */
  readonly names?: readonly [first: string, second: string] | undefined;
  /** Another simulation whose clock and transcript this one shares, such as the other side of a proxy. */
  readonly beside?: { readonly clock: VirtualClock; readonly transcript: Transcript } | undefined;
}

/** A simulation of two parties and the links between them. */
export class Simulation<First extends Subject, Second extends Subject> {
  readonly clock: VirtualClock;
  readonly transcript: Transcript;
  readonly first: Party<First>;
  readonly second: Party<Second>;
  /** While time passes, actions follow from earlier steps and are not recorded as steps. */
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
    toSecond.recordIn((type) => this.#note({ type, by: firstName }));
    toFirst.recordIn((type) => this.#note({ type, by: secondName }));
    first.connect(toSecond);
    second.connect(toFirst);
  }

  /** Lets time pass and runs everything that is due. Without an argument, runs only what happens without time passing. */
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

  /**
   * Carries out `steps` in order.
   *
   * @throws RangeError for a name that no party has, TypeError for bytes from a party that is not a `ScriptedPeer`
   */
  play(steps: Iterable<Step>): void {
    for (const step of steps) this.#play(step);
  }

  /** Drops the transport, and notifies both ends. */
  cut(): void {
    this.#note({ type: "cut" });
    this.first.link.lose(true);
    this.second.link.lose(true);
  }

  /** Stops all delivery without notifying either end. */
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
          throw new TypeError(`${step.by} is not a ScriptedPeer, so its bytes cannot be scripted`);
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
    if (party === undefined) throw new RangeError(`there is no party named ${name}`);
    return party;
  }

  /**
   * The party that writes to `outgoing` drops the transport. It knows this; the other end learns of it if anything
   * still arrives there.
   */
  #drop(outgoing: Link): void {
    const incoming = outgoing === this.first.link ? this.second.link : this.first.link;
    outgoing.lose(true);
    incoming.lose(false);
    incoming.notifyEnd();
  }

  #note(step: Step): void {
    if (!this.#running) this.transcript.step(this.clock.now, step);
  }
}

/** Runs `story`, and adds the transcript of `simulation` to any error it throws. */
export function withTranscript(simulation: { readonly transcript: Transcript }, story: () => void): void {
  try {
    story();
  } catch (error) {
    if (error instanceof Error) error.message += `\n\nTranscript:\n${simulation.transcript}`;
    throw error;
  }
}
