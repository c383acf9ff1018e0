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
import { deadlineAliases } from "../sentences/loaded.ts";
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

/** The subject of the deadlines, with its current counters: an `Endpoint`, or a `Connection` alone. */
export interface DeadlineSubject extends Statistics {
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
  /** Whether all of that waits for the application, and not for the peer: for the rest of a message that is sent in pieces. */
  readonly awaitsSender?: boolean;
  expire(reason: DeadlineReason): readonly EndpointEvent[];
}

/** Milliseconds each; `Infinity` disables one. */
export interface DeadlineOptions {
  /** Maximum duration of the opening handshake. 10 s: a few round trips on the worst network, and a bound on trickled heads. */
  readonly opening?: number | undefined;
  /** From the first Close frame, or a failure, to the end of the transport (RFC 6455 §7.1.1). 10 s. */
  readonly closing?: number | undefined;
  /** Time without a byte from the peer until a Ping is sent, up to 1 % later. 25 s: proxies cut idle connections after 30 or 60 s. */
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

/** Our Pings: when the Pong of the latest one is due, and how long the round trip of an earlier one took. */
interface PingTimes {
  /** Since when a keepalive Ping has been taken and not answered. */
  awaitedSince: Instant | undefined;
  /** Pings taken at the last observation; when the latest was taken, while its round trip is being measured. */
  taken: number;
  takenAt: Instant | undefined;
  roundTrip: number | undefined;
}

/** A pause of reading. */
interface Rest {
  /** Since when nothing has been consumed; Infinity if that has no deadline. */
  since: Instant;
  /** Whether Pings continue. */
  isPinging: boolean;
}

/** Start of the message in progress, excluding paused time; and `messagesReceived` when it was last observed. */
interface MessageTime {
  since: Instant;
  number: number;
}

/** Control frames received at the last observation, its instant, and how many more may arrive at once. */
interface ControlFrames {
  received: number;
  at: Instant;
  credit: number;
}

/**
 * The earliest of the deadlines compared so far, and its reason. Shared by all subjects, because it is used only within one
 * call. Not the fields of an object, of which V8 would allocate a fraction again with every change.
 */
let nextAt: Instant = Number.POSITIVE_INFINITY;
let nextReason: DeadlineReason = "idle";

/** Compares one more deadline. Of two at the same instant, the first one counts. */
function compare(reason: DeadlineReason, at: Instant): void {
  if (at >= nextAt) return;
  nextAt = at;
  nextReason = reason;
}

/**
 * An instant as it is stored, unless its fraction matters, as for a round trip: an integer, because V8 gives each fraction 16
 * bytes of its own. Never earlier, so that no deadline is.
 */
const wholeMilliseconds = Math.ceil;

/** Largest part of its time by which a Ping may be late. */
const pingTolerance = 1 / 100;

/**
 * Returns when a Ping is due: a little later, at an instant that many connections have in common, so that they share a wake-up of
 * the program. Otherwise each needs its own, which costs as much as the Ping.
 */
function pingAt(quietSince: Instant, ping: number): Instant {
  const at = quietSince + ping;
  const step = Math.floor(ping * pingTolerance);
  return step > 1 && at !== Number.POSITIVE_INFINITY ? Math.ceil(at / step) * step : at;
}

/** Unit of `#quietRounding`: a part of a millisecond so small that no clock tells two apart, while 2^30 fit a small integer. */
const roundingUnit = 2 ** -30;

/** Tracks the deadlines of one subject. An idle subject takes 150 bytes: all that has not happened yet has no object. */
export class Deadlines {
  readonly #subject: DeadlineSubject;
  readonly #limits: DeadlineConfig;

  #state: ClosingState | "opening" | undefined;
  /** When `#state` was entered, or when closing began. */
  #since: Instant = 0;
  /** Whether an opening request that waits for an answer has been observed. */
  #asked = false;
  #bytesReceived = -1;
  /** When bytes were last received, or a Ping was last sent; and how much later that is than the exact instant. */
  #quietSince: Instant = 0;
  #quietRounding = 0;
  #messages = -1;
  /** When the last message was sent or received. Once the connection closes: when it opened. */
  #idleSince: Instant = 0;
  #bytesTaken = 0;
  #stalledSince: Instant | undefined;
  /** Whether the transport is to be aborted; it ends in its own time. */
  #dropped = false;
  #pings: PingTimes | undefined;
  #rest: Rest | undefined;
  /** Whether reading has resumed since the last observation. */
  #hasResumed = false;
  #message: MessageTime | undefined;
  #controls: ControlFrames | undefined;

  /** @throws UsageError `option/unknown`, `option/type`, `option/range` */
  constructor(subject: DeadlineSubject, options?: DeadlineOptions | DeadlineConfig) {
    this.#subject = subject;
    this.#limits = DeadlineConfig.of(options);
  }

  /** Whether reading is paused. Only then does `taken` matter, so that a caller need not read its clock otherwise. */
  get isPaused(): boolean {
    return this.#rest !== undefined;
  }

  /** The resolved options. A caller that waits for a transport after `end` uses `closing` and `stalled` for that. */
  get config(): DeadlineConfig {
    return this.#limits;
  }

  /**
   * Whether nothing has happened since the last observation that a deadline depends on: at most, messages were sent and taken.
   * Then the last result is still right, and a caller need not read its clock.
   */
  get isUnchanged(): boolean {
    const subject = this.#subject;
    return (
      this.#state === "open" &&
      subject.state === "open" &&
      subject.bytesReceived === this.#bytesReceived &&
      subject.outputLength === 0 &&
      this.#stalledSince === undefined &&
      this.#rest === undefined &&
      !this.#hasResumed &&
      subject.pingsTaken === (this.#pings?.taken ?? 0) &&
      (this.#limits.idle === Number.POSITIVE_INFINITY ||
        subject.messagesReceived + subject.messagesSent === this.#messages)
    );
  }

  /**
   * Whether nothing is due while the connection is open, whatever has happened since the last observation: no deadline but those of
   * opening and closing is set, and no round trip is to be measured. Then a caller need not read its clock.
   */
  get isNeverDue(): boolean {
    const { ping, pong, stalled, message, resting, idle, controlFrames } = this.#limits;
    const least = Math.min(ping, pong, stalled, message, resting, idle, controlFrames);
    if (least !== Number.POSITIVE_INFINITY || this.#state !== "open" || this.#subject.state !== "open") return false;
    return this.#pings === undefined
      ? this.#subject.pingsTaken === 0
      : this.#pings.takenAt === undefined && this.#subject.pingsTaken === this.#pings.taken;
  }

  /** When the connection was first observed to be open, in whole milliseconds; undefined if it was not yet, or never. */
  get openedAt(): Instant | undefined {
    if (this.#bytesReceived < 0) return undefined;
    return this.#state === "open" ? this.#since : this.#idleSince;
  }

  /** The opening began at `at`, before this subject existed: all redirects of a client share one deadline. */
  beginOpening(at: Instant): void {
    if (this.#subject.state !== "opening") return;
    this.#state = "opening";
    this.#since = wholeMilliseconds(at);
  }

  /**
   * Call when reading is paused. The peer cannot show that it is alive, so no Ping or Pong is due until `resume`. With
   * `now`, the time counts as `resting`. With `"pinging"`, Pings continue, but their Pongs are not awaited: a peer that
   * is gone is detected because writing to it fails.
   */
  pause(now: Instant = Number.POSITIVE_INFINITY, how: "silent" | "pinging" = "silent"): void {
    this.#rest = { since: wholeMilliseconds(now), isPinging: how === "pinging" };
  }

  /** Call while reading is paused, when something received earlier was consumed at `now`. */
  taken(now: Instant): void {
    if (this.#rest !== undefined) this.#shiftRest(this.#rest, now);
  }

  /** Call when reading resumes at `now`. */
  resume(now: Instant): void {
    if (this.#rest !== undefined) this.#shiftRest(this.#rest, now);
    this.#rest = undefined;
    this.#hasResumed = true;
    this.#startQuiet(now);
    if (this.#pings?.awaitedSince !== undefined) this.#pings.awaitedSince = wholeMilliseconds(now);
  }

  /**
   * Returns the milliseconds between the latest answered Ping and its Pong; undefined before the first. Only the latest
   * Ping is measured, from when it was taken. `now` is the time of arrival of a Pong received since the last call of
   * `observe`, so that the time is already known when the Pong is reported.
   */
  roundTripTime(now: Instant): number | undefined {
    const pings = this.#pings;
    if (pings?.takenAt !== undefined && this.#subject.pingsAnswered === pings.taken) {
      pings.roundTrip = now - pings.takenAt;
      pings.takenAt = undefined;
    }
    return pings?.roundTrip;
  }

  /**
   * Records what has changed by `now`. Returns what is due next, or undefined if nothing ever is.
   *
   * `awayUntil` is when the caller last returned late for a timer after not reading for a while. The arrival time of
   * data read after that is unknown, and a Pong may still be behind it.
   */
  observe(now: Instant, awayUntil?: Instant): Deadline | undefined {
    const at = this.nextAt(now, awayUntil);
    return at === Number.POSITIVE_INFINITY ? undefined : { at, reason: nextReason };
  }

  /** Like `observe`, but returns only the instant, Infinity if nothing is ever due, and creates no object. */
  nextAt(now: Instant, awayUntil: Instant = Number.NEGATIVE_INFINITY): Instant {
    const { state } = this.#subject;
    this.roundTripTime(now);
    this.#hasResumed = false;
    if (state !== this.#state) this.#enter(state, now);
    nextAt = Number.POSITIVE_INFINITY;
    if (state === "ended" || this.#dropped) return nextAt;
    if (state === "opening") this.#observeOpening(now);
    else {
      this.#observeStall(now);
      if (state === "open") this.#observeOpen(now, awayUntil);
      else compare("closing", this.#since + this.#limits.closing);
    }
    return nextAt;
  }

  /** Does what is due by `now` and returns the resulting events. `awayUntil` is as in `observe`. */
  expire(now: Instant, awayUntil?: Instant): readonly EndpointEvent[] {
    const events: EndpointEvent[] = [];
    for (let step = 0; step < maxSteps; step++) {
      if (this.nextAt(now, awayUntil) > now) return events;
      const reason = nextReason;
      if (reason === "ping") this.#startQuiet(now);
      for (const event of this.#subject.expire(reason)) events.push(event);
      if (reason === "closing" || reason === "stalled" || reason === "resting") this.#dropped = true;
      else if (this.#isDeaf(reason, now)) {
        // The peer would not read the Close frame, so there is nothing to wait for.
        this.#dropped = true;
        this.#subject.expire("closing");
      }
    }
    throw new Error("bug: a deadline stays due");
  }

  #observeOpening(now: Instant): void {
    if (!this.#asked && this.#subject.awaitsAnswer === true) {
      this.#asked = true;
      // The deadline passed before the caller could see the request, so the answer gets a full span of its own.
      if (now - this.#since >= this.#limits.opening) this.#since = wholeMilliseconds(now);
    }
    compare("opening", this.#since + this.#limits.opening);
  }

  #observeOpen(now: Instant, awayUntil: Instant): void {
    const subject = this.#subject;
    const limits = this.#limits;
    const { bytesReceived, messagesReceived, controlFramesReceived } = subject;
    const isFirst = this.#bytesReceived < 0;
    if (bytesReceived !== this.#bytesReceived) {
      this.#bytesReceived = bytesReceived;
      this.#observeReturn(now, awayUntil);
      this.#startQuiet(now);
      if (this.#rest !== undefined) this.#shiftRest(this.#rest, now);
    }
    const messages = messagesReceived + subject.messagesSent;
    if (messages !== this.#messages) {
      this.#messages = messages;
      this.#idleSince = wholeMilliseconds(now);
    }
    if (this.#isFlood(now, controlFramesReceived, isFirst)) {
      compare("control-flood", now);
      return;
    }
    this.#observePings(now);
    const awaitedSince = this.#pings?.awaitedSince;
    if (this.#rest !== undefined) {
      compare("idle", this.#idleSince + limits.idle);
      this.#observeMessage(now, messagesReceived);
      this.#observeRest(this.#rest);
      return;
    }
    if (awaitedSince === undefined) compare("ping", pingAt(this.#quietSince, limits.ping));
    else compare("pong", awaitedSince + limits.pong);
    compare("idle", this.#idleSince + limits.idle);
    const messageSince = this.#observeMessage(now, messagesReceived);
    if (messageSince !== undefined) compare("message", messageSince + limits.message);
  }

  /** Notes which Pings were taken and answered. */
  #observePings(now: Instant): void {
    const { pingsTaken, awaitsPong, pingsAnswered } = this.#subject;
    if (this.#pings === undefined) {
      if (pingsTaken === 0 && !awaitsPong) return;
      this.#pings = { awaitedSince: undefined, taken: 0, takenAt: undefined, roundTrip: undefined };
    }
    const pings = this.#pings;
    // The Pong's time runs from when the Ping was taken, not from when it was queued behind other output.
    if (!awaitsPong) pings.awaitedSince = undefined;
    else pings.awaitedSince ??= wholeMilliseconds(now);
    if (pingsTaken === pings.taken) return;
    pings.taken = pingsTaken;
    // While reading is paused, a Pong waits until it resumes. One that has arrived already did so at an unknown time.
    const isMeasured = this.#rest === undefined && pingsAnswered < pingsTaken;
    pings.takenAt = isMeasured ? now : undefined;
  }

  #startQuiet(now: Instant): void {
    this.#quietSince = wholeMilliseconds(now);
    this.#quietRounding = Math.floor((this.#quietSince - now) / roundingUnit);
  }

  /** Bytes arrived. After the caller was away, they may be followed by data that was due in the meantime. */
  #observeReturn(now: Instant, awayUntil: Instant): void {
    // The exact instant: within one millisecond, the caller may have been quiet before it was away, or after.
    if (this.#quietSince - this.#quietRounding * roundingUnit >= awayUntil) return;
    if (this.#message !== undefined) this.#message.since = wholeMilliseconds(now);
    const awaited = this.#pings?.awaitedSince;
    if (awaited !== undefined && awayUntil >= awaited + this.#limits.pong)
      this.#pings!.awaitedSince = wholeMilliseconds(now);
  }

  /**
   * Whether more control frames arrived than allowed. The allowance grows with the time in which the peer can have sent
   * them, not the time of reading: when the frames of the first observation were sent is unknown.
   */
  #isFlood(now: Instant, received: number, isFirst: boolean): boolean {
    const { controlFrames, controlWindow } = this.#limits;
    if (controlFrames === Number.POSITIVE_INFINITY) return false;
    if (this.#controls === undefined) {
      if (received === 0) return false;
      // Without control frames, nothing was noted when the connection opened.
      this.#controls = isFirst
        ? { received, at: wholeMilliseconds(now), credit: controlFrames }
        : { received: 0, at: this.#since, credit: controlFrames };
    }
    const controls = this.#controls;
    if (received !== controls.received) {
      // From one rounded instant to the next, so that no part of a millisecond is lost between them.
      const at = wholeMilliseconds(now);
      const windows = controlWindow === 0 ? gatheredWindows : Math.max(0, at - controls.at) / controlWindow;
      const credit = Math.min(gatheredWindows * controlFrames, controls.credit + windows * controlFrames);
      controls.credit = credit - (received - controls.received);
      controls.received = received;
      controls.at = at;
    }
    return controls.credit < 0;
  }

  /** Returns since when a message is in progress, if that has a deadline. */
  #observeMessage(now: Instant, messagesReceived: number): Instant | undefined {
    if (this.#subject.isWithinMessage !== true || this.#limits.message === Number.POSITIVE_INFINITY) {
      this.#message = undefined;
    } else if (this.#message === undefined || messagesReceived !== this.#message.number) {
      this.#message = { since: wholeMilliseconds(now), number: messagesReceived };
    }
    return this.#message?.since;
  }

  /** Deadlines of a peer that is not being read: whether it is still there, and how long the pause may last. */
  #observeRest({ since, isPinging }: Rest): void {
    compare("resting", since + this.#limits.resting);
    // More Pings behind output that does not move would reveal nothing more.
    if (isPinging && this.#subject.outputLength === 0) compare("ping", pingAt(this.#quietSince, this.#limits.ping));
  }

  /**
   * Something was consumed or received while reading is paused: restarts the rest, and excludes the paused time from the
   * message.
   */
  #shiftRest(rest: Rest, now: Instant): void {
    const message = this.#message;
    if (message !== undefined)
      message.since = Math.max(message.since, message.since + wholeMilliseconds(now) - rest.since);
    if (rest.since !== Number.POSITIVE_INFINITY) rest.since = wholeMilliseconds(now);
  }

  #observeStall(now: Instant): void {
    const { outputLength, bytesTaken } = this.#subject;
    if (outputLength === 0 || this.#subject.awaitsSender === true) {
      this.#stalledSince = undefined;
      return;
    }
    if (bytesTaken !== this.#bytesTaken) this.#stalledSince = wholeMilliseconds(now);
    this.#bytesTaken = bytesTaken;
    this.#stalledSince ??= wholeMilliseconds(now);
    compare("stalled", this.#stalledSince + this.#limits.stalled);
  }

  /** Whether the silent peer of `reason` has also taken none of the pending output for as long as it was silent. */
  #isDeaf(reason: DeadlineReason, now: Instant): boolean {
    if ((reason !== "pong" && reason !== "idle") || this.#stalledSince === undefined) return false;
    return now - this.#stalledSince >= this.#limits[reason];
  }

  #enter(state: ClosingState | "opening", now: Instant): void {
    const wasOpen = this.#state === undefined || this.#state === "opening" || this.#state === "open";
    if (this.#state === "open") this.#idleSince = this.#since;
    this.#state = state;
    // Closing has one time span across all its states.
    if (wasOpen) this.#since = wholeMilliseconds(now);
    if (state === "open") {
      this.#startQuiet(now);
      this.#idleSince = wholeMilliseconds(now);
    }
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

/** The option `deadlines`. */
export const deadlinesCheck: OptionCheck = takes.options(deadlineChecks, deadlineAliases);
