/** One end of the simulated link at run time: a subject, and the behaviour of its application. */
import { type Deadline, type DeadlineOptions, type DeadlineSubject, Deadlines } from "@hybi/core";
import { abbreviateBytes } from "../bytes/bytes-text.ts";
import type { VirtualClock } from "./clock.ts";
import { type Command, type CommandSubject, performCommand } from "./command.ts";
import { describeEvent } from "./describe-event.ts";
import type { Link, LinkOptions, LinkReceiver } from "./link.ts";
import { ScriptedPeer } from "./scripted-peer.ts";
import type { Step } from "./step.ts";
import type { EventOf, Subject, SubjectEvent } from "./subject.ts";
import { unwritten } from "./transcript.ts";

/** Options of a party: its subject, and how the subject is driven. */
export interface PartyOptions<S extends Subject> {
  readonly subject: S;
  /** Called for every event: the application's reaction. If it returns a list, as `accept` does, its items are events too. */
  readonly react?: ((event: EventOf<S>, subject: S) => unknown) | undefined;
  /** Carries out a command on `subject`; not needed for an `Endpoint` or a `Connection`. */
  readonly perform?: ((subject: S, command: Command) => unknown) | undefined;
  /** Deadlines to enforce, for an `Endpoint` or a `Connection`. */
  readonly deadlines?: DeadlineOptions | undefined;
  /** The link towards the other end. */
  readonly link?: LinkOptions | undefined;
}

/** An event, and the time at which it happened. */
export interface TimedEvent<Event extends SubjectEvent = SubjectEvent> {
  readonly at: number;
  readonly event: Event;
}

/** What a party needs from its simulation. */
export interface Stage {
  readonly clock: VirtualClock;
  /** Whether time passes: actions then follow from earlier steps and are not recorded. */
  readonly isRunning: boolean;
  /** Records a step. */
  step(step: Step): void;
  note(line: string): void;
  /** The transport that this party writes to is dropped. */
  drop(outgoing: Link): void;
}

/** One end of the link. */
export class Party<S extends Subject> implements LinkReceiver {
  readonly name: string;
  readonly subject: S;
  readonly history: TimedEvent<EventOf<S>>[] = [];

  readonly #stage: Stage;
  readonly #options: PartyOptions<S>;
  readonly #deadlines: Deadlines | undefined;
  #link: Link | undefined;
  #timer: { readonly deadline: Deadline; readonly cancel: () => void } | undefined;
  #aborted = false;

  constructor(name: string, options: PartyOptions<S>, stage: Stage) {
    this.name = name;
    this.subject = options.subject;
    this.#stage = stage;
    this.#options = options;
    const { subject, deadlines } = options;
    if (deadlines !== undefined) this.#deadlines = new Deadlines(subject as unknown as DeadlineSubject, deadlines);
  }

  /** The events so far, without their times. */
  get events(): readonly EventOf<S>[] {
    return this.history.map(({ event }) => event);
  }

  /** The events of one type. */
  ofType<Type extends EventOf<S>["type"]>(type: Type): readonly Extract<EventOf<S>, { type: Type }>[] {
    return this.events.filter((event): event is Extract<EventOf<S>, { type: Type }> => event.type === type);
  }

  /** The link towards the other end. */
  get link(): Link {
    if (this.#link === undefined) throw new Error(`${this.name} is not connected`);
    return this.#link;
  }

  connect(link: Link): void {
    this.#link = link;
    if (this.subject instanceof ScriptedPeer) {
      this.subject.writeDownIn((step) => this.#stage.step({ ...step, by: this.name }));
    }
  }

  /**
   * Carries out a command that can be recorded, and sends the resulting output. Returns the usage error that refused
   * it, if any.
   */
  perform(command: Command): unknown {
    this.#stage.step({ type: "command", by: this.name, command });
    const { perform: own } = this.#options;
    const answer =
      own === undefined
        ? performCommand(this.subject as unknown as CommandSubject, command)
        : own(this.subject, command);
    if (answer instanceof Error) this.#note(`may not: ${answer.message}`);
    this.#take(eventsIn<S>(answer));
    return answer;
  }

  /** Runs application code that cannot be recorded: the transcript of the run cannot be replayed. */
  do(command: (subject: S) => unknown): void {
    if (!this.#stage.isRunning) this.#note(unwritten);
    this.#take(eventsIn<S>(command(this.subject)));
  }

  /** Ends its half of the transport regardless of its state, after everything it has written. */
  end(): void {
    this.#stage.step({ type: "end", by: this.name });
    this.pump();
    this.#end();
  }

  receive(chunk: Uint8Array): void {
    if (this.#aborted) return;
    this.#note(`takes ${abbreviateBytes(chunk)}`);
    this.#take(this.subject.receive(chunk) as readonly EventOf<S>[]);
  }

  receiveEnd(): void {
    this.#note("sees the end of the transport");
    this.#take(this.subject.receiveEnd() as readonly EventOf<S>[]);
  }

  /** Writes as much as there is room for, obeys `transport`, and arms the timer. */
  pump(): void {
    const { subject, link } = this;
    let everythingIsWritten = false;
    for (let room = link.room; room > 0 && !everythingIsWritten; room = link.room) {
      const chunks = subject.takeOutput(room).filter(({ length }) => length > 0);
      everythingIsWritten = chunks.length === 0;
      for (const chunk of chunks) {
        this.#note(`writes ${abbreviateBytes(chunk)}`);
        link.write(chunk);
      }
    }
    if (subject.transportAction === "abort") this.#abort();
    else if (subject.transportAction === "end" && everythingIsWritten) this.#end();
    this.#arm();
  }

  #take(events: readonly EventOf<S>[]): void {
    this.#emit(events);
    this.pump();
  }

  #emit(events: readonly EventOf<S>[]): void {
    for (const event of events) {
      this.history.push({ at: this.#stage.clock.now, event });
      this.#note(`emits ${describeEvent(event)}`);
      // Events returned by a command, such as accept, follow those that were emitted before it.
      this.#emit(eventsIn<S>(this.#options.react?.(event, this.subject)));
    }
  }

  #end(): void {
    if (!this.link.isOpen) return;
    this.#note("ends its half of the transport");
    this.link.end();
  }

  #abort(): void {
    if (this.#aborted) return;
    this.#aborted = true;
    this.#note("aborts the transport");
    this.#stage.drop(this.link);
  }

  #arm(): void {
    const { clock } = this.#stage;
    const deadline = this.#deadlines?.observe(clock.now);
    if (deadline?.at === this.#timer?.deadline.at && deadline?.reason === this.#timer?.deadline.reason) return;
    this.#timer?.cancel();
    this.#timer = undefined;
    if (deadline === undefined) return;
    const cancel = clock.schedule(deadline.at, () => {
      this.#timer = undefined;
      this.#note(`reaches its deadline: ${deadline.reason}`);
      this.#take((this.#deadlines?.expire(clock.now) ?? []) as readonly SubjectEvent[] as readonly EventOf<S>[]);
    });
    this.#timer = { deadline, cancel };
  }

  #note(line: string): void {
    this.#stage.note(`${this.name} ${line}`);
  }
}

function eventsIn<S extends Subject>(answer: unknown): readonly EventOf<S>[] {
  return Array.isArray(answer) ? (answer as readonly EventOf<S>[]) : [];
}
