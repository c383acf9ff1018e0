/** When something is due in a connection, and that it is then done: the deadlines of core, and an alarm for the next one. */
import {
  type Connection,
  type DeadlineOptions,
  Deadlines,
  defaultDeadlines,
  type Endpoint,
  type EndpointEvent,
  type Instant,
} from "@hybi/core";
import { type Alarm, Alarms } from "./alarms.ts";
import type { Clock } from "./clock.ts";

/** Whose time it keeps. */
export interface TimedPump {
  readonly endpoint: Endpoint | Connection;
  /** Bytes that have not left. */
  readonly bufferedLength: number;
  /** Something was due: these are the events of it, and whether the endpoint has queued a Ping of its own. */
  expired(events: readonly EndpointEvent[], sentPing: boolean): void;
  /** Writes what there is room for, so that it does not count as stalled. */
  write(): void;
  /** Drops the transport. */
  abort(): void;
}

/** What is left to do after the peer has closed its half. */
interface Lingering {
  readonly since: Instant;
  /** Bytes that had not left at the last look, and when there were more of them. */
  length: number;
  movedAt: Instant;
}

export class PumpTimer implements Alarm {
  // `Alarm`
  at: Instant = Number.POSITIVE_INFINITY;
  place = 0;

  readonly #pump: TimedPump;
  readonly #alarms: Alarms;
  readonly #deadlines: Deadlines;
  readonly #options: DeadlineOptions;
  #isResting = false;
  #lingering: Lingering | undefined;

  /** @throws UsageError `option/range` for deadlines out of range */
  constructor(pump: TimedPump, clock: Clock, options: DeadlineOptions, begunAt?: Instant) {
    this.#pump = pump;
    this.#alarms = Alarms.of(clock);
    this.#deadlines = new Deadlines(pump.endpoint, options);
    if (begunAt !== undefined) this.#deadlines.beginOpening(begunAt);
    this.#options = options;
  }

  /** Nothing is read for a while. */
  pause(): void {
    this.#isResting = true;
    this.#deadlines.pause(this.#alarms.now(), "pinging");
  }

  resume(): void {
    this.#isResting = false;
    this.#deadlines.resume(this.#alarms.now());
  }

  /** Something that was received before reading rested was taken by the application. */
  taken(): void {
    if (this.#isResting) this.#deadlines.taken(this.#alarms.now());
  }

  /** Sees what has changed, and sets the alarm for what is due next. */
  update(): void {
    const now = this.#alarms.now();
    const due = this.#deadlines.observe(now, this.#alarms.awayUntil)?.at ?? this.#linger(now);
    const watched = this.#deadlines.watch(now);
    const at = watched === undefined || (due !== undefined && due <= watched) ? due : watched;
    if (at === undefined) this.stop();
    // An alarm that is too early is left: it finds nothing due and is set again, which is cheaper than to move it every turn.
    else if (at < this.at) this.#alarms.set(this, at, now);
  }

  /** Nothing is due any more. */
  stop(): void {
    this.#alarms.clear(this);
  }

  ring(): void {
    // There may be room since the turn of I/O that lies before this call.
    this.#pump.write();
    const now = this.#alarms.now();
    const { endpoint } = this.#pump;
    const lingersUntil = this.#linger(now);
    if (lingersUntil !== undefined && now >= lingersUntil) this.#pump.abort();
    const before = endpoint.outputLength;
    const events = this.#deadlines.expire(now, this.#alarms.awayUntil);
    // In an open connection nothing else is due that has output.
    const sentPing = endpoint.state === "open" && endpoint.outputLength > before;
    // While reading rests, a Pong comes when that has ended.
    this.#pump.expired(events, sentPing && !this.#isResting);
  }

  /**
   * The peer has closed its half, and ours is closed once the output has left: a peer that does not read gets the time for
   * closing, and no more than that for stalled output.
   */
  #linger(now: Instant): Instant | undefined {
    const { endpoint, bufferedLength } = this.#pump;
    if (endpoint.state !== "ended") return undefined;
    this.#lingering ??= { since: now, length: bufferedLength, movedAt: now };
    const lingering = this.#lingering;
    if (bufferedLength < lingering.length) lingering.movedAt = now;
    lingering.length = bufferedLength;
    const { closing = defaultDeadlines.closing, stalled = defaultDeadlines.stalled } = this.#options;
    const until = Math.min(
      lingering.since + closing,
      bufferedLength > 0 ? lingering.movedAt + stalled : Number.POSITIVE_INFINITY,
    );
    return until === Number.POSITIVE_INFINITY ? undefined : until;
  }
}
