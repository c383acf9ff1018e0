/**
 * Runs the deadlines of a connection: those of core and the time to linger, with one alarm for the next that is due.
 */
import {
  type DeadlineConfig,
  type DeadlineOptions,
  Deadlines,
  type Endpoint,
  type EndpointEvent,
  type Instant,
} from "@hybi/core";
import { type Alarm, type Alarms, unset } from "../event-loop/alarms.ts";

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
  at: Instant = 0;
  place: number = unset;

  readonly #pump: TimedPump;
  readonly #alarms: Alarms;
  readonly #deadlines: Deadlines;
  #lingering: Lingering | undefined;

  /** @throws UsageError `option/range` for deadlines out of range */
  constructor(
    pump: TimedPump,
    alarms: Alarms,
    deadlines: DeadlineOptions | DeadlineConfig | undefined,
    begunAt?: Instant,
  ) {
    this.#pump = pump;
    this.#alarms = alarms;
    this.#deadlines = new Deadlines(pump.endpoint, deadlines);
    if (begunAt !== undefined) this.#deadlines.beginOpening(begunAt);
  }

  /** Milliseconds between the latest answered Ping and its Pong; undefined before the first. */
  get roundTripTime(): number | undefined {
    return this.#deadlines.roundTripTime(this.#alarms.now());
  }

  /** Milliseconds since the connection opened; undefined if it is not open yet. */
  get age(): number | undefined {
    const { openedAt } = this.#deadlines;
    return openedAt === undefined ? undefined : Math.max(0, Math.floor(this.#alarms.now()) - openedAt);
  }

  /** Reading is paused. */
  pause(): void {
    this.#deadlines.pause(this.#alarms.now(), "pinging");
  }

  resume(): void {
    this.#deadlines.resume(this.#alarms.now());
  }

  /** The application has taken something that was received before reading was paused. */
  taken(): void {
    if (this.#deadlines.isPaused) this.#deadlines.taken(this.#alarms.now());
  }

  /** Whether a message that is sent and leaves moves a deadline. */
  get followsSending(): boolean {
    return this.#deadlines.config.idle !== Number.POSITIVE_INFINITY;
  }

  /** Observes the endpoint's state and sets the alarm for the next deadline. */
  update(): void {
    // A message that was sent and has left changes nothing. Reading the clock would be an eighth of its cost.
    if (this.place === unset ? this.#deadlines.isNeverDue : this.#deadlines.isUnchanged) return;
    const now = this.#alarms.now();
    const due = this.#deadlines.nextAt(now, this.#alarms.awayUntil);
    const at = due === Number.POSITIVE_INFINITY ? this.#linger(now) : due;
    if (at === Number.POSITIVE_INFINITY) this.#alarms.clear(this);
    // Leave an alarm that is too early: it finds nothing due and is set again, which is cheaper than moving it every
    // turn.
    else if (this.place === unset || at < this.at) this.#alarms.set(this, at, now);
  }

  /** The connection has ended, so nothing is due any more. A Pong of its last turn is still measured. */
  stop(): void {
    this.#alarms.clear(this);
    this.#deadlines.roundTripTime(this.#alarms.now());
  }

  ring(): void {
    const now = this.#alarms.now();
    const { awayUntil } = this.#alarms;
    const isEnded = this.#pump.endpoint.state === "ended";
    // Mostly the alarm was set for something that has happened meanwhile, such as the opening, or a Pong. A turn of the
    // pump would cost ten times as much as setting it anew.
    const next = this.#deadlines.nextAt(now, awayUntil);
    if (next > now && !isEnded) {
      if (next !== Number.POSITIVE_INFINITY) this.#alarms.set(this, next, now);
      return;
    }
    // A turn of I/O has passed before this call, so there may be room by now.
    this.#pump.write();
    if (now >= this.#linger(now)) this.#pump.abort();
    this.#pump.expired(this.#deadlines.expire(now, awayUntil));
  }

  /**
   * Returns when to drop the transport after the peer has closed its half; Infinity for never. Ours is closed once all
   * output has left; a peer that does not read gets the closing deadline, and output that makes no progress gets at most
   * the stalled deadline.
   */
  #linger(now: Instant): Instant {
    const { endpoint, bufferedLength } = this.#pump;
    if (endpoint.state !== "ended") return Number.POSITIVE_INFINITY;
    this.#lingering ??= { since: now, length: bufferedLength, movedAt: now };
    const lingering = this.#lingering;
    if (bufferedLength < lingering.length) lingering.movedAt = now;
    lingering.length = bufferedLength;
    const { closing, stalled } = this.#deadlines.config;
    return Math.min(
      lingering.since + closing,
      bufferedLength > 0 ? lingering.movedAt + stalled : Number.POSITIVE_INFINITY,
    );
  }
}
