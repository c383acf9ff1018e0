/** When something is due in a connection, and that it is then done: the deadlines of core, and an alarm for the next one. */
import {
  type Connection,
  type DeadlineOptions,
  Deadlines,
  type Endpoint,
  type EndpointEvent,
  type Instant,
} from "@hybi/core";
import { type Alarm, Alarms } from "./alarms.ts";
import type { Clock } from "./clock.ts";

/** Whose time it keeps. */
export interface TimedPump {
  readonly endpoint: Endpoint | Connection;
  /** Something was due: these are the events of it, and whether the endpoint has queued a Ping of its own. */
  expired(events: readonly EndpointEvent[], sentPing: boolean): void;
  /** Drops the transport. */
  abort(): void;
}

/** As `Deadlines` has it for "closing". */
const defaultClosing = 10_000;

export class PumpTimer implements Alarm {
  // `Alarm`
  at: Instant = Number.POSITIVE_INFINITY;
  place = 0;

  readonly #pump: TimedPump;
  readonly #alarms: Alarms;
  readonly #deadlines: Deadlines;
  readonly #closing: number;
  #lingersUntil: Instant | undefined;

  /** @throws UsageError `option/range` for deadlines out of range */
  constructor(pump: TimedPump, clock: Clock, options: DeadlineOptions) {
    this.#pump = pump;
    this.#alarms = Alarms.of(clock);
    this.#deadlines = new Deadlines(pump.endpoint, options);
    this.#closing = options.closing ?? defaultClosing;
  }

  /** Nothing is read for a while. */
  pause(): void {
    this.#deadlines.pause();
  }

  resume(): void {
    this.#deadlines.resume(this.#alarms.now());
  }

  /** Sees what has changed, and sets the alarm for what is due next. */
  update(): void {
    const now = this.#alarms.now();
    const at = this.#deadlines.observe(now)?.at ?? this.#linger(now);
    if (at === undefined) this.stop();
    // An alarm that is too early is left: it finds nothing due and is set again, which is cheaper than to move it every turn.
    else if (at < this.at) this.#alarms.set(this, at, now);
  }

  /** Nothing is due any more. */
  stop(): void {
    this.#alarms.clear(this);
  }

  ring(): void {
    const now = this.#alarms.now();
    const { endpoint } = this.#pump;
    if (this.#lingersUntil !== undefined && now >= this.#lingersUntil) this.#pump.abort();
    const before = endpoint.outputLength;
    const events = this.#deadlines.expire(now);
    // In an open connection nothing else is due that has output.
    this.#pump.expired(events, endpoint.state === "open" && endpoint.outputLength > before);
  }

  /** The peer has closed its half, and ours is closed once the output has left: a peer that does not read gets so long. */
  #linger(now: Instant): Instant | undefined {
    if (this.#pump.endpoint.state !== "ended" || this.#closing === Number.POSITIVE_INFINITY) return undefined;
    this.#lingersUntil ??= now + this.#closing;
    return this.#lingersUntil;
  }
}
