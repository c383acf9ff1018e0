/**
 * Two parties, a link between them and a clock, all of it deterministic: the same script gives the same transcript. A
 * party is an `Endpoint`, a `Connection`, or a `ScriptedPeer`.
 */
import {
  type Deadline,
  type DeadlineOptions,
  type DeadlineSubject,
  Deadlines,
  type EndpointEvent,
  type Output,
} from "@hybi/core";
import { VirtualClock } from "./clock.ts";
import { Link, type LinkOptions, type LinkReceiver } from "./link.ts";
import { describeEvent, Transcript } from "./transcript.ts";

/** What can stand at an end of the link. */
export interface Actor extends Output {
  receive(chunk: Uint8Array): readonly EndpointEvent[];
  receiveEnd(): readonly EndpointEvent[];
}

/** One end: an actor, and how its application behaves. */
export interface PartyOptions<A extends Actor> {
  readonly actor: A;
  /** What the application does about an event. If it answers a list, as `accept` does, those are events too. */
  readonly react?: ((event: EndpointEvent, actor: A) => unknown) | undefined;
  /** Keeps time, if there is anything to keep it of. */
  readonly deadlines?: DeadlineOptions | undefined;
  /** The link towards the other end. */
  readonly link?: LinkOptions | undefined;
}

/** An event, when it happened and to whom. */
export interface TimedEvent {
  readonly at: number;
  readonly event: EndpointEvent;
}

/** One end of the link, in motion. */
export class Party<A extends Actor> implements LinkReceiver {
  readonly name: string;
  readonly actor: A;
  readonly history: TimedEvent[] = [];

  readonly #simulation: Simulation<Actor, Actor>;
  readonly #react: NonNullable<PartyOptions<A>["react"]>;
  readonly #deadlines: Deadlines | undefined;
  #link: Link | undefined;
  #timer: { readonly deadline: Deadline; readonly cancel: () => void } | undefined;
  #aborted = false;

  constructor(name: string, options: PartyOptions<A>, simulation: Simulation<Actor, Actor>) {
    this.name = name;
    this.actor = options.actor;
    this.#simulation = simulation;
    this.#react = options.react ?? (() => undefined);
    if (options.deadlines !== undefined) {
      this.#deadlines = new Deadlines(options.actor as unknown as DeadlineSubject, options.deadlines);
    }
  }

  /** What happened to it, without the instants. */
  get events(): readonly EndpointEvent[] {
    return this.history.map(({ event }) => event);
  }

  /** The events of one type. */
  ofType<Type extends EndpointEvent["type"]>(type: Type): readonly Extract<EndpointEvent, { type: Type }>[] {
    return this.events.filter((event): event is Extract<EndpointEvent, { type: Type }> => event.type === type);
  }

  /** The link towards the other end. */
  get link(): Link {
    if (this.#link === undefined) throw new Error(`${this.name} is not connected`);
    return this.#link;
  }

  connect(link: Link): void {
    this.#link = link;
  }

  /** The application does something; what comes of it goes out. */
  do(command: (actor: A) => unknown): void {
    this.#take(eventsIn(command(this.actor)));
  }

  receive(chunk: Uint8Array): void {
    if (this.#aborted) return;
    this.#note(`takes ${chunk.length} bytes`);
    this.#take(this.actor.receive(chunk));
  }

  receiveEnd(): void {
    this.#note("sees the end of the transport");
    this.#take(this.actor.receiveEnd());
  }

  /** Writes what there is room for, obeys `transport`, and arms the timer. */
  pump(): void {
    const { actor, link } = this;
    let everythingIsWritten = false;
    for (let room = link.room; room > 0 && !everythingIsWritten; room = link.room) {
      const chunks = actor.takeOutput(room);
      const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
      everythingIsWritten = length === 0;
      if (length > 0) this.#note(`writes ${length} bytes`);
      for (const chunk of chunks) link.write(chunk);
    }
    if (actor.transport === "abort") this.#abort();
    else if (actor.transport === "end" && everythingIsWritten) this.#end();
    this.#arm();
  }

  #take(events: readonly EndpointEvent[]): void {
    this.#tell(events);
    this.pump();
  }

  #tell(events: readonly EndpointEvent[]): void {
    for (const event of events) {
      this.history.push({ at: this.#simulation.clock.now, event });
      this.#note(describeEvent(event));
      // Events of a command, such as accept, come after those that were there before it.
      this.#tell(eventsIn(this.#react(event, this.actor)));
    }
  }

  #end(): void {
    if (!this.link.isOpen) return;
    this.#note("ends its half");
    this.link.end();
  }

  #abort(): void {
    if (this.#aborted) return;
    this.#aborted = true;
    this.#note("aborts the transport");
    this.#simulation.drop(this.link);
  }

  #arm(): void {
    const { clock } = this.#simulation;
    const deadline = this.#deadlines?.observe(clock.now);
    if (deadline?.at === this.#timer?.deadline.at && deadline?.reason === this.#timer?.deadline.reason) return;
    this.#timer?.cancel();
    this.#timer = undefined;
    if (deadline === undefined) return;
    const cancel = clock.schedule(deadline.at, () => {
      this.#timer = undefined;
      this.#note(`reaches its deadline: ${deadline.reason}`);
      this.#take(this.#deadlines?.expire(clock.now) ?? []);
    });
    this.#timer = { deadline, cancel };
  }

  #note(line: string): void {
    this.#simulation.transcript.note(this.#simulation.clock.now, `${this.name} ${line}`);
  }
}

function eventsIn(answer: unknown): readonly EndpointEvent[] {
  return Array.isArray(answer) ? (answer as readonly EndpointEvent[]) : [];
}

/** Everything together. */
export class Simulation<First extends Actor, Second extends Actor> {
  readonly clock: VirtualClock;
  readonly transcript: Transcript;
  readonly first: Party<First>;
  readonly second: Party<Second>;

  /** The names are those of the transcript. Simulations that belong together share a clock and a transcript. */
  constructor(options: {
    readonly first: PartyOptions<First>;
    readonly second: PartyOptions<Second>;
    readonly names?: readonly [string, string] | undefined;
    readonly beside?: { readonly clock: VirtualClock; readonly transcript: Transcript } | undefined;
  }) {
    this.clock = options.beside?.clock ?? new VirtualClock();
    this.transcript = options.beside?.transcript ?? new Transcript();
    const [firstName, secondName] = options.names ?? ["client", "server"];
    const self = this as unknown as Simulation<Actor, Actor>;
    this.first = new Party(firstName, options.first, self);
    this.second = new Party(secondName, options.second, self);
    const { first, second } = this;
    first.connect(new Link(this.clock, options.first.link ?? {}, second, () => first.pump()));
    second.connect(new Link(this.clock, options.second.link ?? {}, first, () => second.pump()));
  }

  /** Lets time pass, and everything happen that is due; with nothing given, all that happens without time passing. */
  run(milliseconds = 0): void {
    this.first.pump();
    this.second.pump();
    this.clock.advance(milliseconds);
  }

  /** The transport is gone, and both ends are told. */
  cut(): void {
    this.transcript.note(this.clock.now, "the link is cut");
    this.first.link.lose(true);
    this.second.link.lose(true);
  }

  /** Whoever writes to `outgoing` drops the transport: it knows, and the other end does if anything still gets there. */
  drop(outgoing: Link): void {
    const incoming = outgoing === this.first.link ? this.second.link : this.first.link;
    outgoing.lose(true);
    incoming.lose(false);
    incoming.tellEnd();
  }

  /** Nothing arrives any more, and nobody is told. */
  vanish(): void {
    this.transcript.note(this.clock.now, "the link is gone");
    this.first.link.lose(false);
    this.second.link.lose(false);
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
