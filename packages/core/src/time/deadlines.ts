/**
 * Deadlines without a clock. `observe(now)` returns the next instant at which something is due, and why; `expire(now)`
 * does what is due. The caller owns the clock and the single timer; receiving and sending bytes never reads a clock.
 *
 * Call `observe` after every turn of inputs, commands and output, and re-arm the timer when the result changes. It
 * compares counters, so that a turn costs a few comparisons and nothing is recorded twice.
 */

import { type OptionCheck, type OptionChecks, takes } from "../checks/option-checks.ts";
import { UsageError } from "../checks/usage-error.ts";
import type { ClosingState } from "../closing/states.ts";
import type { EndpointEvent } from "../events.ts";
import type { Statistics } from "./statistics.ts";

/** Milliseconds on any monotonic clock of the caller. */
export type Instant = number;

/** The reason for a deadline. */
export type DeadlineReason =
  | "opening"
  | "closing"
  | "ping"
  | "pong"
  | "stalled"
  | "message"
  | "resting"
  | "idle"
  | "control-flood";

/** When something is due, and why. */
export interface Deadline {
  readonly at: Instant;
  readonly reason: DeadlineReason;
}

/** The subject of the deadlines: an `Endpoint`, or a `Connection` alone. */
export interface DeadlineSubject {
  readonly state: ClosingState | "opening";
  /** Whether an opening request is waiting for the application's answer; undefined for subjects without an opening. */
  readonly awaitsAnswer?: boolean;
  /** Whether a message from the peer has begun and not ended. */
  readonly isWithinMessage?: boolean;
  /** Whether a Ping of `expire("ping")` has been taken that no Pong has acknowledged. */
  readonly awaitsPong: boolean;
  /** The last Ping, counted from 1 as in `statistics.pingsTaken`, that was answered before the next one was sent. */
  readonly pingsAnswered: number;
  /** Bytes of output not yet taken. */
  readonly outputLength: number;
  readonly statistics: Statistics;
  expire(reason: DeadlineReason): readonly EndpointEvent[];
}

/** Milliseconds each; `Infinity` disables one. */
export interface DeadlineOptions {
  /** Maximum duration of the opening handshake. 10 s: a few round trips on the worst network, and a bound on trickled heads. */
  readonly opening?: number | undefined;
  /** From the first Close frame, or a failure, to the end of the transport (RFC 6455 §7.1.1). 10 s. */
  readonly closing?: number | undefined;
  /** Time without a byte from the peer until a Ping is sent. 25 s: proxies cut idle connections after 30 or 60 s. */
  readonly ping?: number | undefined;
  /** From when that Ping was taken until the connection fails. 20 s. */
  readonly pong?: number | undefined;
  /**
   * Time for which output is pending without any of it being taken, until the transport is aborted and all pending
   * output dropped, even while closing. 60 s: a peer that takes nothing may be gone, and a queued Ping could not detect
   * that. `ping` ensures that something is pending sooner or later.
   */
  readonly stalled?: number | undefined;
  /**
   * From the first frame of a message to its end, until the connection fails with 1008; excludes the time for which
   * reading is paused. Infinity, because a message may be a stream that never ends.
   */
  readonly message?: number | undefined;
  /** Time for which reading is paused and nothing is consumed, until the transport is aborted as if stalled. Infinity. */
  readonly resting?: number | undefined;
  /** Time without a message in either direction until the closing handshake starts with 1001. Infinity. */
  readonly idle?: number | undefined;
  /**
   * Control frames per `controlWindow`, above which the connection fails with 1008. The unused allowance of the last 60
   * windows may arrive at once, because frames accumulate while the program is busy or reading is paused. 1,000: Pings
   * cost us more than the peer.
   */
  readonly controlFrames?: number | undefined;
  /** 1 s. */
  readonly controlWindow?: number | undefined;
}

/** The defaults; see the fields of `DeadlineOptions` for the reasons. */
export const defaultDeadlines: Readonly<Record<keyof DeadlineOptions, number>> = Object.freeze({
  opening: 10_000,
  closing: 10_000,
  ping: 25_000,
  pong: 20_000,
  stalled: 60_000,
  message: Number.POSITIVE_INFINITY,
  resting: Number.POSITIVE_INFINITY,
  idle: Number.POSITIVE_INFINITY,
  controlFrames: 1_000,
  controlWindow: 1_000,
});

/**
 * Deadlines, checked and with their defaults. Frozen, and shared by all connections that are created with it.
 *
 * @example
 * const config = DeadlineConfig.of({ opening: 5_000 });
 * const deadlines = new Deadlines(endpoint, config);
 */
export class DeadlineConfig implements Readonly<Record<keyof DeadlineOptions, number>> {
  readonly opening: number;
  readonly closing: number;
  readonly ping: number;
  readonly pong: number;
  readonly stalled: number;
  readonly message: number;
  readonly resting: number;
  readonly idle: number;
  readonly controlFrames: number;
  readonly controlWindow: number;

  static #defaults: DeadlineConfig | undefined;

  private constructor(options: DeadlineOptions) {
    this.opening = options.opening ?? defaultDeadlines.opening;
    this.closing = options.closing ?? defaultDeadlines.closing;
    this.ping = options.ping ?? defaultDeadlines.ping;
    this.pong = options.pong ?? defaultDeadlines.pong;
    this.stalled = options.stalled ?? defaultDeadlines.stalled;
    this.message = options.message ?? defaultDeadlines.message;
    this.resting = options.resting ?? defaultDeadlines.resting;
    this.idle = options.idle ?? defaultDeadlines.idle;
    this.controlFrames = options.controlFrames ?? defaultDeadlines.controlFrames;
    this.controlWindow = options.controlWindow ?? defaultDeadlines.controlWindow;
    Object.freeze(this);
  }

  /**
   * Checks and resolves options. Returns a configuration as it is.
   *
   * @throws UsageError `option/unknown`, `option/type`, `option/range`
   */
  static of(options?: DeadlineOptions | DeadlineConfig): DeadlineConfig {
    if (options instanceof DeadlineConfig) return options;
    if (options === undefined) {
      DeadlineConfig.#defaults ??= new DeadlineConfig({});
      return DeadlineConfig.#defaults;
    }
    deadlinesCheck(options, "deadlines");
    return new DeadlineConfig(options);
  }
}

/** Number of windows whose unused allowance of control frames accumulates. */
const gatheredWindows = 60;

/** A subject has so few deadlines that one still due after this many steps is a bug. */
const maxSteps = 16;

/** Tracks the deadlines of one subject. */
export class Deadlines {
  readonly #subject: DeadlineSubject;
  readonly #limits: DeadlineConfig;

  #state: ClosingState | "opening" | undefined;
  /** When `#state` was entered, or when closing began. */
  #since: Instant = 0;
  /** Whether an opening request that waits for an answer has been observed. */
  #asked = false;
  #bytesReceived = -1;
  /** When bytes were last received, or a Ping was last sent. */
  #quietSince: Instant = 0;
  #messages = -1;
  #idleSince: Instant = 0;
  #pongAwaitedSince: Instant | undefined;
  /** Pings taken at the last observation; when the latest was taken, while its round trip is being measured. */
  #pingsTaken = 0;
  #pingTakenAt: Instant | undefined;
  #roundTripTime: number | undefined;
  #bytesTaken = 0;
  #stalledSince: Instant | undefined;
  #paused = false;
  #pingsAtRest = false;
  /** Since when reading is paused and nothing has been consumed. */
  #restingSince: Instant | undefined;
  /** Start of the message in progress, excluding paused time; and `messagesReceived` when it was last observed. */
  #messageSince: Instant | undefined;
  #messageNumber = 0;
  /** Whether the transport is to be aborted; it ends in its own time. */
  #dropped = false;
  /** Control frames received at the last observation, its instant, and how many more may arrive at once. */
  #controlFrames: number | undefined;
  #controlFramesAt: Instant = 0;
  #controlCredit = 0;

  /** @throws UsageError `option/unknown`, `option/type`, `option/range` */
  constructor(subject: DeadlineSubject, options?: DeadlineOptions | DeadlineConfig) {
    this.#subject = subject;
    this.#limits = DeadlineConfig.of(options);
  }

  /** The opening began at `at`, before this subject existed: all redirects of a client share one deadline. */
  beginOpening(at: Instant): void {
    if (this.#subject.state !== "opening") return;
    this.#state = "opening";
    this.#since = at;
  }

  /**
   * Call when reading is paused. The peer cannot show that it is alive, so no Ping or Pong is due until `resume`. With
   * `now`, the time counts as `resting`. With `"pinging"`, Pings continue, but their Pongs are not awaited: a peer that
   * is gone is detected because writing to it fails.
   */
  pause(now: Instant = Number.POSITIVE_INFINITY, how: "silent" | "pinging" = "silent"): void {
    this.#pingsAtRest = how === "pinging";
    this.#paused = true;
    this.#restingSince = now;
  }

  /** Call while reading is paused, when something received earlier was consumed at `now`. */
  taken(now: Instant): void {
    if (this.#paused) this.#shiftRest(now);
  }

  /** Call when reading resumes at `now`. */
  resume(now: Instant): void {
    if (this.#paused) this.#shiftRest(now);
    this.#paused = false;
    this.#restingSince = undefined;
    this.#quietSince = now;
    if (this.#pongAwaitedSince !== undefined) this.#pongAwaitedSince = now;
  }

  /**
   * Returns the milliseconds between the latest answered Ping and its Pong; undefined before the first. Only the latest
   * Ping is measured, from when it was taken. `now` is the time of arrival of a Pong received since the last call of
   * `observe`, so that the time is already known when the Pong is reported.
   */
  roundTripTime(now: Instant): number | undefined {
    if (this.#pingTakenAt !== undefined && this.#subject.pingsAnswered === this.#pingsTaken) {
      this.#roundTripTime = now - this.#pingTakenAt;
      this.#pingTakenAt = undefined;
    }
    return this.#roundTripTime;
  }

  /**
   * Records what has changed by `now`. Returns what is due next, or undefined if nothing ever is.
   *
   * `awayUntil` is when the caller last returned late for a timer after not reading for a while. The arrival time of
   * data read after that is unknown, and a Pong may still be behind it.
   */
  observe(now: Instant, awayUntil: Instant = Number.NEGATIVE_INFINITY): Deadline | undefined {
    const { state } = this.#subject;
    this.roundTripTime(now);
    if (state !== this.#state) this.#enter(state, now);
    if (state === "ended" || this.#dropped) return undefined;
    if (state === "opening") return this.#observeOpening(now);
    const { statistics } = this.#subject;
    const stalled = this.#observeStall(now, statistics.bytesTaken);
    if (state !== "open") return earlier(stalled, this.#due("closing", this.#since));
    return earlier(stalled, this.#observeOpen(now, awayUntil, statistics));
  }

  /** Does what is due by `now` and returns the resulting events. `awayUntil` is as in `observe`. */
  expire(now: Instant, awayUntil?: Instant): readonly EndpointEvent[] {
    const events: EndpointEvent[] = [];
    for (let step = 0; step < maxSteps; step++) {
      const deadline = this.observe(now, awayUntil);
      if (deadline === undefined || deadline.at > now) return events;
      const { reason } = deadline;
      if (reason === "ping") this.#quietSince = now;
      events.push(...this.#subject.expire(reason));
      if (reason === "closing" || reason === "stalled" || reason === "resting") this.#dropped = true;
      else if (this.#isDeaf(reason, now)) {
        // The peer would not read the Close frame, so there is nothing to wait for.
        this.#dropped = true;
        this.#subject.expire("closing");
      }
    }
    throw new Error("bug: a deadline stays due");
  }

  #observeOpening(now: Instant): Deadline | undefined {
    if (!this.#asked && this.#subject.awaitsAnswer === true) {
      this.#asked = true;
      // The deadline passed before the caller could see the request, so the answer gets a full span of its own.
      if (now - this.#since >= this.#limits.opening) this.#since = now;
    }
    return this.#due("opening", this.#since);
  }

  #observeOpen(now: Instant, awayUntil: Instant, statistics: Statistics): Deadline | undefined {
    const { bytesReceived, messagesReceived, messagesSent, controlFramesReceived, pingsTaken } = statistics;
    if (bytesReceived !== this.#bytesReceived) {
      this.#bytesReceived = bytesReceived;
      this.#observeReturn(now, awayUntil);
      this.#quietSince = now;
      if (this.#paused) this.#shiftRest(now);
    }
    if (messagesReceived + messagesSent !== this.#messages) {
      this.#messages = messagesReceived + messagesSent;
      this.#idleSince = now;
    }
    if (this.#isFlood(now, controlFramesReceived)) return { at: now, reason: "control-flood" };
    // The Pong's time runs from when the Ping was taken, not from when it was queued behind other output.
    if (!this.#subject.awaitsPong) this.#pongAwaitedSince = undefined;
    else this.#pongAwaitedSince ??= now;
    if (pingsTaken !== this.#pingsTaken) {
      this.#pingsTaken = pingsTaken;
      // While reading is paused, a Pong waits until it resumes. One that has arrived already did so at an unknown time.
      const isMeasured = !this.#paused && this.#subject.pingsAnswered < pingsTaken;
      this.#pingTakenAt = isMeasured ? now : undefined;
    }
    const idle = earlier(this.#due("idle", this.#idleSince), this.#observeMessage(now, messagesReceived));
    if (this.#paused) return earlier(idle, this.#observeRest());
    const keepalive =
      this.#pongAwaitedSince === undefined
        ? this.#due("ping", this.#quietSince)
        : this.#due("pong", this.#pongAwaitedSince);
    return earlier(keepalive, idle);
  }

  /** Bytes arrived. After the caller was away, they may be followed by data that was due in the meantime. */
  #observeReturn(now: Instant, awayUntil: Instant): void {
    if (this.#quietSince >= awayUntil) return;
    if (this.#messageSince !== undefined) this.#messageSince = now;
    const awaited = this.#pongAwaitedSince;
    if (awaited !== undefined && awayUntil >= awaited + this.#limits.pong) this.#pongAwaitedSince = now;
  }

  /**
   * Whether more control frames arrived than allowed. The allowance grows with the time in which the peer can have sent
   * them, not the time of reading: when the frames of the first observation were sent is unknown.
   */
  #isFlood(now: Instant, received: number): boolean {
    const { controlFrames, controlWindow } = this.#limits;
    if (controlFrames === Number.POSITIVE_INFINITY) return false;
    if (received === this.#controlFrames) return this.#controlCredit < 0;
    if (this.#controlFrames === undefined) this.#controlCredit = controlFrames;
    else {
      const windows = controlWindow === 0 ? gatheredWindows : (now - this.#controlFramesAt) / controlWindow;
      const credit = Math.min(gatheredWindows * controlFrames, this.#controlCredit + windows * controlFrames);
      this.#controlCredit = credit - (received - this.#controlFrames);
    }
    this.#controlFrames = received;
    this.#controlFramesAt = now;
    return this.#controlCredit < 0;
  }

  #observeMessage(now: Instant, messagesReceived: number): Deadline | undefined {
    if (this.#subject.isWithinMessage !== true) this.#messageSince = undefined;
    else if (this.#messageSince === undefined || messagesReceived !== this.#messageNumber) this.#messageSince = now;
    this.#messageNumber = messagesReceived;
    return this.#messageSince === undefined || this.#paused ? undefined : this.#due("message", this.#messageSince);
  }

  /** Deadlines of a peer that is not being read: whether it is still there, and how long the pause may last. */
  #observeRest(): Deadline | undefined {
    const resting = this.#due("resting", this.#restingSince!);
    // More Pings behind output that does not move would reveal nothing more.
    if (!this.#pingsAtRest || this.#subject.outputLength > 0) return resting;
    return earlier(resting, this.#due("ping", this.#quietSince));
  }

  /**
   * Something was consumed or received while reading is paused: restarts the rest, and excludes the paused time from the
   * message.
   */
  #shiftRest(now: Instant): void {
    const since = this.#restingSince!;
    if (this.#messageSince !== undefined)
      this.#messageSince = Math.max(this.#messageSince, this.#messageSince + now - since);
    if (since !== Number.POSITIVE_INFINITY) this.#restingSince = now;
  }

  #observeStall(now: Instant, bytesTaken: number): Deadline | undefined {
    if (this.#subject.outputLength === 0) {
      this.#stalledSince = undefined;
      return undefined;
    }
    if (bytesTaken !== this.#bytesTaken) this.#stalledSince = now;
    this.#bytesTaken = bytesTaken;
    this.#stalledSince ??= now;
    return this.#due("stalled", this.#stalledSince);
  }

  /** Whether the silent peer of `reason` has also taken none of the pending output for as long as it was silent. */
  #isDeaf(reason: DeadlineReason, now: Instant): boolean {
    if ((reason !== "pong" && reason !== "idle") || this.#stalledSince === undefined) return false;
    return now - this.#stalledSince >= this.#limits[reason];
  }

  #enter(state: ClosingState | "opening", now: Instant): void {
    const wasOpen = this.#state === undefined || this.#state === "opening" || this.#state === "open";
    this.#state = state;
    // Closing has one time span across all its states.
    if (wasOpen) this.#since = now;
    if (state === "open") {
      this.#quietSince = now;
      this.#idleSince = now;
    }
  }

  #due(reason: Exclude<DeadlineReason, "control-flood">, since: Instant): Deadline | undefined {
    const at = since + this.#limits[reason];
    return at === Number.POSITIVE_INFINITY ? undefined : { at, reason };
  }
}

const amount = takes.atLeast(0);

const deadlineChecks: OptionChecks<DeadlineOptions> = {
  opening: takes.duration,
  closing: takes.duration,
  ping: (value, path) => {
    takes.duration(value, path);
    // With 0, a Ping would be due at every instant.
    if (value === 0) throw new UsageError("option/range", `${path} must be more than 0.`);
  },
  pong: takes.duration,
  stalled: takes.duration,
  message: takes.duration,
  resting: takes.duration,
  idle: takes.duration,
  controlFrames: amount,
  controlWindow: takes.duration,
};

/** Names that other implementations use for these options. */
const aliases = {
  handshake: "opening",
  handshaketimeout: "opening",
  timeout: "opening",
  pinginterval: "ping",
  close: "closing",
};

/** The option `deadlines`. */
export const deadlinesCheck: OptionCheck = takes.options(deadlineChecks, aliases);

function earlier(first: Deadline | undefined, second: Deadline | undefined): Deadline | undefined {
  if (first === undefined || second === undefined) return first ?? second;
  return second.at < first.at ? second : first;
}
