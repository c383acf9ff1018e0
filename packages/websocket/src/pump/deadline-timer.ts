/**
 * Runs the deadlines of a connection: those of core and the time to linger, with one alarm for the next that is due.
 */
import {
  DeadlineConfig,
  type DeadlineOptions,
  Deadlines,
  type Endpoint,
  type EndpointEvent,
  type Instant,
} from "@hybi/core";
import { type Alarm, Alarms } from "../event-loop/alarms.ts";
import type { Clock } from "../event-loop/clock.ts";

/** The pump whose deadlines are run. */
export interface TimedPump {
  readonly endpoint: Endpoint;
  /** Bytes that were sent and have not left yet. */
  readonly bufferedLength: number;
  /** A deadline has expired, with the resulting events. */
  expired(events: readonly EndpointEvent[]): void;
  /** Writes as much as there is room for, so that this output does not count as stalled. */
  write(): void;
  /** Drops the transport. */
  abort(): void;
}

/** Progress of the output after the peer has closed its half. */
interface Lingering {
  readonly since: Instant;
  /** Bytes that were still buffered when last checked, and when that number last fell. */
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
  readonly #config: DeadlineConfig;
  #isResting = false;
  #lingering: Lingering | undefined;

  /** @throws UsageError `option/range` for deadlines out of range */
  constructor(
    pump: TimedPump,
    clock: Clock,
    deadlines: DeadlineOptions | DeadlineConfig | undefined,
    begunAt?: Instant,
  ) {
    this.#pump = pump;
    this.#alarms = Alarms.of(clock);
    this.#config = DeadlineConfig.of(deadlines);
    this.#deadlines = new Deadlines(pump.endpoint, this.#config);
    if (begunAt !== undefined) this.#deadlines.beginOpening(begunAt);
  }

  /** Milliseconds between the latest answered Ping and its Pong; undefined before the first. */
  get roundTripTime(): number | undefined {
    return this.#deadlines.roundTripTime(this.#alarms.now());
  }

  /** Reading is paused. */
  pause(): void {
    this.#isResting = true;
    this.#deadlines.pause(this.#alarms.now(), "pinging");
  }

  resume(): void {
    this.#isResting = false;
    this.#deadlines.resume(this.#alarms.now());
  }

  /** The application has taken something that was received before reading was paused. */
  taken(): void {
    if (this.#isResting) this.#deadlines.taken(this.#alarms.now());
  }

  /** Observes the endpoint's state and sets the alarm for the next deadline. */
  update(): void {
    const now = this.#alarms.now();
    const at = this.#deadlines.observe(now, this.#alarms.awayUntil)?.at ?? this.#linger(now);
    if (at === undefined) this.#alarms.clear(this);
    // Leave an alarm that is too early: it finds nothing due and is set again, which is cheaper than moving it every
    // turn.
    else if (at < this.at) this.#alarms.set(this, at, now);
  }

  /** The connection has ended, so nothing is due any more. A Pong of its last turn is still measured. */
  stop(): void {
    this.#alarms.clear(this);
    this.#deadlines.roundTripTime(this.#alarms.now());
  }

  ring(): void {
    // A turn of I/O has passed before this call, so there may be room by now.
    this.#pump.write();
    const now = this.#alarms.now();
    const lingersUntil = this.#linger(now);
    if (lingersUntil !== undefined && now >= lingersUntil) this.#pump.abort();
    this.#pump.expired(this.#deadlines.expire(now, this.#alarms.awayUntil));
  }

  /**
   * Returns when to drop the transport after the peer has closed its half. Ours is closed once all output has left; a
   * peer that does not read gets the closing deadline, and output that makes no progress gets at most the stalled
   * deadline.
   */
  #linger(now: Instant): Instant | undefined {
    const { endpoint, bufferedLength } = this.#pump;
    if (endpoint.state !== "ended") return undefined;
    this.#lingering ??= { since: now, length: bufferedLength, movedAt: now };
    const lingering = this.#lingering;
    if (bufferedLength < lingering.length) lingering.movedAt = now;
    lingering.length = bufferedLength;
    const { closing, stalled } = this.#config;
    const until = Math.min(
      lingering.since + closing,
      bufferedLength > 0 ? lingering.movedAt + stalled : Number.POSITIVE_INFINITY,
    );
    return until === Number.POSITIVE_INFINITY ? undefined : until;
  }
}
