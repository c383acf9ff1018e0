/**
 * Time, as data. `observe(now)` answers the next instant at which something is due and why; `expire(now)` does it. The
 * caller owns the clock and the one timer that this needs; no byte is received or sent with a look at a clock.
 *
 * Call `observe` after every turn of inputs, commands and output, and re-arm the timer where the answer changed. What it
 * compares are counters, so that a turn costs a few comparisons and nothing is recorded twice.
 */
import type { ClosingState } from "./closing/states.ts";
import type { EndpointEvent } from "./events.ts";
import { Latest } from "./latest.ts";
import { type OptionCheck, type OptionChecks, onceChecked, takes } from "./options.ts";
import type { DeadlineReason, Statistics } from "./output.ts";
import { UsageError } from "./usage-error.ts";

/** Milliseconds on any monotonic clock of the caller's. */
export type Instant = number;

/** When something is due, and why. */
export interface Deadline {
  readonly at: Instant;
  readonly reason: DeadlineReason;
}

/** What can be late: an `Endpoint`, or a `Connection` alone. */
export interface DeadlineSubject {
  readonly state: ClosingState | "opening";
  /** Whether an opening request has arrived that the application has not answered; undefined where there is none. */
  readonly awaitsAnswer?: boolean;
  /** Whether a message of the peer's has begun and not ended. */
  readonly isWithinMessage?: boolean;
  /** Whether a Ping of `expire("ping")` was taken that no Pong has answered. */
  readonly awaitsPong: boolean;
  /** Bytes of output that were not taken. */
  readonly outputLength: number;
  readonly statistics: Statistics;
  expire(reason: DeadlineReason): EndpointEvent[];
}

/** Milliseconds each; `Infinity` turns one off. */
export interface DeadlineOptions {
  /** For the opening handshake. 10 s: a few round trips on the worst network, and an end to trickled heads. */
  readonly opening?: number | undefined;
  /** From the first Close frame, or a failure, to the end of the transport (RFC 6455 §7.1.1). 10 s. */
  readonly closing?: number | undefined;
  /** Without a byte from the peer, until a Ping is sent. 25 s: below the 30 or 60 s after which proxies cut a connection. */
  readonly ping?: number | undefined;
  /** From when that Ping was taken, until the connection fails. 20 s. */
  readonly pong?: number | undefined;
  /**
   * While output waits, without any of it being taken, until the transport is dropped with all that waits, closing or not.
   * 60 s: a peer that takes nothing may be gone, and a Ping that waits too would never tell. `ping` sees to it that something
   * waits, sooner or later.
   */
  readonly stalled?: number | undefined;
  /**
   * From the first frame of a message to its end, until the connection fails with 1008; not counted while reading rests. Off,
   * because a message may be a stream that never ends.
   */
  readonly message?: number | undefined;
  /** While reading rests, without anything being taken, until the transport is dropped as if it were stalled. Off. */
  readonly resting?: number | undefined;
  /** Without a message either way, until the closing handshake begins with 1001. Off. */
  readonly idle?: number | undefined;
  /** Control frames within `controlWindow`, above which the connection fails with 1008. 1,000: Pings cost us, not the peer. */
  readonly controlFrames?: number | undefined;
  /** 1 s. */
  readonly controlWindow?: number | undefined;
}

type Spans = Record<keyof DeadlineOptions, number>;

/** The defaults; the reasons stand beside the fields of `DeadlineOptions`. */
export const defaultDeadlines: Readonly<Record<keyof DeadlineOptions, number>> = {
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
};

/** A subject has so few deadlines that one which is still due after this many steps is a bug. */
const maxSteps = 16;

/** Keeps the time of one subject. */
export class Deadlines {
  readonly #subject: DeadlineSubject;
  readonly #limits: Readonly<Spans>;

  #state: ClosingState | "opening" | undefined;
  /** When `#state` was entered, or when closing began. */
  #since: Instant = 0;
  /** Whether an opening request has been seen that awaited its answer. */
  #asked = false;
  #bytesReceived = -1;
  /** When bytes were last received, or a Ping was last sent. */
  #quietSince: Instant = 0;
  #messages = -1;
  #idleSince: Instant = 0;
  #pongAwaitedSince: Instant | undefined;
  #bytesTaken = 0;
  #stalledSince: Instant | undefined;
  #paused = false;
  #pingsAtRest = false;
  /** Since when reading rests and nothing is taken. */
  #restingSince: Instant | undefined;
  /** Of the message in progress, without the time for which reading rested; and how many had begun with it. */
  #messageSince: Instant | undefined;
  #messageNumber = 0;
  /** When reading was paused, until the first bytes after a pause longer than a window of control frames. */
  #pausedAt: Instant = Number.POSITIVE_INFINITY;
  /** The transport is to be dropped, and ends in its own time. */
  #dropped = false;
  #windowStart: Instant = Number.NEGATIVE_INFINITY;
  /** Control frames received before the window, and by the last look at them. */
  #controlFrames = 0;
  #controlFramesSeen: number | undefined;

  /** @throws UsageError `option/range` */
  constructor(subject: DeadlineSubject, options: DeadlineOptions = noOptions) {
    this.#subject = subject;
    this.#limits = resolveSpans(options);
  }

  /** The opening began at `at`, before this subject was there: a client's redirects have one deadline. */
  beginOpening(at: Instant): void {
    if (this.#subject.state !== "opening") return;
    this.#state = "opening";
    this.#since = at;
  }

  /**
   * The caller has stopped reading, so that the peer cannot show that it is alive: no Ping or Pong is due until `resume`.
   * With `now`, control frames that gather in the meantime are no flood, and the time counts as `resting`. With `"pinging"`,
   * Pings go on, whose Pongs are not awaited: a peer that is gone is noticed when something is written to it.
   */
  pause(now: Instant = Number.POSITIVE_INFINITY, how: "silent" | "pinging" = "silent"): void {
    this.#pingsAtRest = how === "pinging";
    this.#paused = true;
    this.#pausedAt = now;
    this.#restingSince = now;
  }

  /** While reading rests: something that was received before was taken, at `now`. */
  taken(now: Instant): void {
    if (this.#paused) this.#shiftRest(now);
  }

  /** The caller reads again, from `now` on. */
  resume(now: Instant): void {
    if (this.#paused) this.#shiftRest(now);
    this.#paused = false;
    this.#restingSince = undefined;
    this.#quietSince = now;
    if (this.#pongAwaitedSince !== undefined) this.#pongAwaitedSince = now;
    // What gathers in a shorter pause is what may come in a window.
    if (now - this.#pausedAt < this.#limits.controlWindow) this.#pausedAt = Number.POSITIVE_INFINITY;
  }

  /**
   * Takes note of what has changed by `now`. Answers what is due next, or undefined when nothing ever is.
   *
   * `awayUntil` is when the caller last came back, late for a timer, after nothing was read for a while: what is read after
   * that came at no known time, and a Pong may still stand behind it.
   */
  observe(now: Instant, awayUntil: Instant = Number.NEGATIVE_INFINITY): Deadline | undefined {
    const { state } = this.#subject;
    if (state !== this.#state) this.#enter(state, now);
    if (state === "ended" || this.#dropped) return undefined;
    if (state === "opening") return this.#observeOpening(now);
    const { statistics } = this.#subject;
    const stalled = this.#observeStall(now, statistics.bytesTaken);
    if (state !== "open") return earlier(stalled, this.#due("closing", this.#since));
    return earlier(stalled, this.#observeOpen(now, awayUntil, statistics));
  }

  /**
   * When to look at the clock again though nothing is due, or undefined: a caller whose timer is late then knows that it was
   * away, and that the Pings of a peer that sends many have gathered.
   */
  watch(now: Instant): Instant | undefined {
    const { controlFrames, controlWindow } = this.#limits;
    const inWindow = (this.#controlFramesSeen ?? 0) - this.#controlFrames;
    if (inWindow > controlFrames / 8) return now + controlWindow / 2;
    return inWindow > controlFrames / 64 ? now + controlWindow * 4 : undefined;
  }

  /** Does what is due by `now`, and answers the events of it. `awayUntil` is as in `observe`. */
  expire(now: Instant, awayUntil?: Instant): EndpointEvent[] {
    const events: EndpointEvent[] = [];
    for (let step = 0; step < maxSteps; step++) {
      const deadline = this.observe(now, awayUntil);
      if (deadline === undefined || deadline.at > now) return events;
      const { reason } = deadline;
      if (reason === "ping") this.#quietSince = now;
      events.push(...this.#subject.expire(reason));
      if (reason === "closing" || reason === "stalled" || reason === "resting") this.#dropped = true;
      else if (this.#isDeaf(reason, now)) {
        // Nobody would read the Close frame, and there is nothing to wait for.
        this.#dropped = true;
        this.#subject.expire("closing");
      }
    }
    throw new Error("bug: a deadline stays due");
  }

  #observeOpening(now: Instant): Deadline | undefined {
    if (!this.#asked && this.#subject.awaitsAnswer === true) {
      this.#asked = true;
      // It was due, and the caller was too late to see that the request had come: its answer has a span of its own.
      if (now - this.#since >= this.#limits.opening) this.#since = now;
    }
    return this.#due("opening", this.#since);
  }

  #observeOpen(now: Instant, awayUntil: Instant, statistics: Statistics): Deadline | undefined {
    const { bytesReceived, messagesReceived, messagesSent, controlFramesReceived } = statistics;
    if (bytesReceived !== this.#bytesReceived) {
      this.#bytesReceived = bytesReceived;
      this.#observeReturn(now, awayUntil, controlFramesReceived);
      this.#quietSince = now;
      if (this.#paused) this.#shiftRest(now);
    }
    if (messagesReceived + messagesSent !== this.#messages) {
      this.#messages = messagesReceived + messagesSent;
      this.#idleSince = now;
    }
    if (now - this.#windowStart >= this.#limits.controlWindow) {
      this.#windowStart = now;
      // What came since the last look came in this window: a burst that is its first turn counts as well.
      this.#controlFrames = this.#controlFramesSeen ?? controlFramesReceived;
    }
    this.#controlFramesSeen = controlFramesReceived;
    if (controlFramesReceived - this.#controlFrames > this.#limits.controlFrames) {
      return { at: now, reason: "control-flood" };
    }
    // The Pong's time runs from when the Ping was taken, not from when it was queued behind other output.
    if (!this.#subject.awaitsPong) this.#pongAwaitedSince = undefined;
    else this.#pongAwaitedSince ??= now;
    const idle = earlier(this.#due("idle", this.#idleSince), this.#observeMessage(now, messagesReceived));
    if (this.#paused) return earlier(idle, this.#observeRest());
    const keepalive =
      this.#pongAwaitedSince === undefined
        ? this.#due("ping", this.#quietSince)
        : this.#due("pong", this.#pongAwaitedSince);
    return earlier(keepalive, idle);
  }

  /** Bytes have come. The first after the caller did not read for a while have gathered in that time. */
  #observeReturn(now: Instant, awayUntil: Instant, controlFramesReceived: number): void {
    // What is left of a message may stand behind what is read now.
    if (this.#messageSince !== undefined && this.#quietSince < awayUntil) this.#messageSince = now;
    const isResumed = !this.#paused && this.#pausedAt < now;
    if (!isResumed && this.#quietSince >= awayUntil) return;
    const gatheredSince = isResumed ? Math.min(this.#pausedAt, this.#quietSince) : this.#quietSince;
    const { controlFrames, controlWindow, pong } = this.#limits;
    if (!this.#paused) this.#pausedAt = Number.POSITIVE_INFINITY;
    // As many control frames as would have been taken, had they been read when they came.
    this.#windowStart = now;
    this.#controlFrames =
      (this.#controlFramesSeen ?? controlFramesReceived) + (controlFrames * (now - gatheredSince)) / controlWindow;
    // The Pong may stand behind these bytes.
    const awaited = this.#pongAwaitedSince;
    if (awaited !== undefined && awayUntil >= awaited + pong) this.#pongAwaitedSince = now;
  }

  #observeMessage(now: Instant, messagesReceived: number): Deadline | undefined {
    if (this.#subject.isWithinMessage !== true) this.#messageSince = undefined;
    else if (this.#messageSince === undefined || messagesReceived !== this.#messageNumber) this.#messageSince = now;
    this.#messageNumber = messagesReceived;
    return this.#messageSince === undefined || this.#paused ? undefined : this.#due("message", this.#messageSince);
  }

  /** Of a peer that is not read: whether it is there at all, and how long that may last. */
  #observeRest(): Deadline | undefined {
    const resting = this.#due("resting", this.#restingSince!);
    // More Pings behind output that does not move would tell nothing more.
    if (!this.#pingsAtRest || this.#subject.outputLength > 0) return resting;
    return earlier(resting, this.#due("ping", this.#quietSince));
  }

  /** Reading rests, and what waits has moved: neither the rest nor the message in progress is as old as it was. */
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

  /** Whether the peer, by whose silence `reason` has come, has taken nothing of what waits for as long as it had to speak. */
  #isDeaf(reason: DeadlineReason, now: Instant): boolean {
    if ((reason !== "pong" && reason !== "idle") || this.#stalledSince === undefined) return false;
    return now - this.#stalledSince >= this.#limits[reason];
  }

  #enter(state: ClosingState | "opening", now: Instant): void {
    const wasOpen = this.#state === undefined || this.#state === "opening" || this.#state === "open";
    this.#state = state;
    // Closing is one span of time, through all its states.
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

const noOptions: DeadlineOptions = {};

const names = Object.keys(defaultDeadlines) as (keyof Spans)[];

const shared = new Latest<Readonly<Spans>>(defaultDeadlines);

const amount = takes.atLeast(0);

const deadlineChecks: OptionChecks<DeadlineOptions> = {
  opening: takes.duration,
  closing: takes.duration,
  ping: (value, path) => {
    takes.duration(value, path);
    // Every instant would be one to send a Ping at.
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

/** What other implementations call them. */
const aliases = {
  handshake: "opening",
  handshaketimeout: "opening",
  timeout: "opening",
  pinginterval: "ping",
  close: "closing",
};

/** The option `deadlines`. */
export const deadlinesCheck: OptionCheck = takes.options(deadlineChecks, aliases);

/**
 * Checks `options` where they are given, before there is a subject.
 *
 * @throws UsageError `option/unknown`, `option/type`, `option/range`
 */
export const checkDeadlines: (options: DeadlineOptions) => void = onceChecked((options) =>
  deadlinesCheck(options, "deadlines"),
);

function resolveSpans(options: DeadlineOptions): Readonly<Spans> {
  checkDeadlines(options);
  const spans = { ...defaultDeadlines };
  for (const name of names) spans[name] = options[name] ?? spans[name];
  return shared.like(spans);
}

function earlier(first: Deadline | undefined, second: Deadline | undefined): Deadline | undefined {
  if (first === undefined || second === undefined) return first ?? second;
  return second.at < first.at ? second : first;
}
