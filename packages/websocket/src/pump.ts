/**
 * Drives an endpoint over a transport. It is the loop that every embedder writes, and it decides nothing: bytes go into
 * the endpoint, what they cause to the listener, output to the transport, in one write a turn; then the transport is
 * treated as the endpoint says, and one timer is set for what is due next.
 *
 * Theory of operation. Everything that happens ends in `touch`, which asks for one `settle` at the end of the turn:
 * however many messages arrive or are sent in it, there is one write, one look at the clock and seldom a new timer. Where
 * the transport knows that no more arrives in the turn, answers do not even wait for its end, which costs as much as all
 * that is done for a short message. There is at most one write under way, and it is bounded; what comes up meanwhile
 * waits in the endpoint, where a control frame or a more urgent message still overtakes it.
 *
 * What arrives is told at once, as long as that is no more work than is the connection's share of the turn (`Rounds`). What
 * is left then waits, with reading paused, and goes on in the turns that follow, as does what comes behind it: more bytes,
 * the end, and the loss of the transport. While the application pauses reading it rests too, where it is more than a read.
 */
import {
  Connection,
  checkOptions,
  type Endpoint,
  type EndpointEvent,
  type OpeningAnswer,
  type Rejection,
  type RequestHead,
  UsageError,
} from "@hybi/core";
import { noteArrival } from "./arrivals.ts";
import { type Clock, clockOf, defer } from "./clock.ts";
import { orNoReason } from "./error-text.ts";
import type { Account, Holder, MemoryBudget } from "./memory-budget.ts";
import { queueMicrotask } from "./platform.ts";
import { PumpBacklog } from "./pump-backlog.ts";
import { type PumpListener, silentListener, tell } from "./pump-listener.ts";
import { defaultWriteBudget, type PumpOptions, pumpChecks } from "./pump-options.ts";
import { mayCauseEvents, type PauseReason, PumpReader } from "./pump-reader.ts";
import { PumpTimer, type TimedPump } from "./pump-timer.ts";
import { OutputFailure, PumpWriter } from "./pump-writer.ts";
import { asUncaught, createReporter, type ErrorHandler } from "./reporter.ts";
import { RoundTrip } from "./round-trip.ts";
import { Rounds, type Sharer } from "./rounds.ts";
import type { Transport, TransportSink } from "./transport.ts";
import { type Turn, turnOfPump } from "./turn.ts";

/** Units of work of a chunk besides those that core counts: what a transport and this loop do for each. */
const chunkWork = 1_000;

/** 1013, "Try Again Later", of the registry that RFC 6455 §11.7 has set up. */
const tryAgainLater = 1013;

/** Units of work of a byte that extensions may compress. */
const encodingWork = 8;

const noPayload = new Uint8Array(0);

/**
 * Drives one endpoint until its transport is closed.
 *
 * After a command to `endpoint`, call `touch`. Whatever happens, the listener's `end` is called exactly once.
 *
 * @example
 * const pump = new Pump({ endpoint: Endpoint.server(), transport, listener });
 * pump.start();
 */
export class Pump implements TransportSink, TimedPump, Holder {
  readonly endpoint: Endpoint | Connection;

  readonly #transport: Transport;
  #listener: PumpListener;
  readonly #clock: Clock;
  readonly #turn: Turn = turnOfPump();
  readonly #onError: ErrorHandler | undefined;
  readonly #timer: PumpTimer;
  readonly #reader: PumpReader;
  readonly #writer: PumpWriter;
  readonly #settle: () => void = () => this.#settleNow();
  /** Once it is open: it tells the listener without making events. */
  #connection: Connection | undefined;

  /** Whether the listener is being told something. */
  #isTelling = false;
  readonly #rounds: Rounds;
  readonly #share: Sharer = { credit: 0, round: -1, serve: (budget) => this.#serveRound(budget) };
  /** What has arrived and was not told yet. */
  #backlog: PumpBacklog | undefined;
  /** Whether the connection waits for a round, and whether it does to go on with writing. */
  #isEnqueued = false;
  #isWriteDue = false;
  #settling = false;
  #started = false;
  /** Whether `transport.start` is being called, maybe inside a call of the application's, where nothing may be told. */
  #isStarting = false;
  #aborted = false;
  /** Whether a function of the application's has failed, and the connection was given up for it. */
  #hasGivenUp = false;
  /** The peer has closed its half behind its Close frame, which is told once ours has left. */
  #isEnding = false;
  #closed = false;
  #lost: unknown;
  #roundTrip: RoundTrip | undefined;
  /** A server's: where the connection says what it holds. */
  #account: Account | undefined;

  /** @throws UsageError `option/unknown`, `option/type`, `option/range` */
  constructor(options: PumpOptions) {
    checkOptions("a Pump", options, pumpChecks);
    const { endpoint, deadlines = {} } = options;
    this.endpoint = endpoint;
    this.#connection = endpoint instanceof Connection ? endpoint : undefined;
    this.#transport = options.transport;
    this.#listener = options.listener;
    this.#clock = clockOf(options.clock);
    this.#rounds = Rounds.of(this.#clock);
    this.#onError = options.onError;
    this.#timer = new PumpTimer(this, this.#clock, deadlines, options.begunAt);
    this.#reader = new PumpReader(endpoint, options.transport, this.#timer);
    this.#writer = new PumpWriter(endpoint, options.transport, options.writeBudget ?? defaultWriteBudget);
  }

  /** Why the transport was lost, if it was. */
  get lost(): unknown {
    return this.#lost;
  }

  /** Bytes that were sent and have not left yet: in the endpoint, and in the write that is under way. */
  get bufferedLength(): number {
    return this.endpoint.outputLength + this.#writer.length;
  }

  /** Bytes that have arrived and wait for their turn. */
  get backlogLength(): number {
    return this.#backlog?.length ?? 0;
  }

  /** Milliseconds between the latest Ping that was answered and its Pong, or undefined before the first. */
  get roundTripTime(): number | undefined {
    return this.#roundTrip?.latest;
  }

  /** Begins. `rest` are bytes that somebody else has read of the transport, behind an opening handshake: they go first. */
  start(rest?: Uint8Array): void {
    this.#started = true;
    this.#isStarting = true;
    try {
      this.#transport.start(this);
    } catch (error) {
      // As one that could not be opened, which is told with the end.
      this.error(error);
      this.abort();
    }
    this.#isStarting = false;
    if (rest !== undefined && rest.length > 0) this.data(rest);
    this.touch();
  }

  // What the application does

  /** A command has changed the endpoint: its output leaves at the end of this turn. */
  touch(): void {
    if (this.#settling) this.#turn.prolong();
    // What is told ends with a `touch` of its own.
    else if (!this.#closed && this.#started && !this.#isTelling) {
      this.#settling = true;
      defer(this.#clock, this.#turn, this.#settle);
    }
  }

  /** See `Endpoint.accept`. Tells `open` in this call, and messages that came early after it. */
  accept(answer?: OpeningAnswer): void {
    const rest = this.#tellOpening((this.endpoint as Endpoint).accept(answer, "leave"));
    if (rest === undefined || rest.length === 0) return;
    this.#hold(rest);
    queueMicrotask(() => this.#release());
  }

  /** See `Endpoint.reject`. */
  reject(rejection: Rejection): void {
    (this.endpoint as Endpoint).reject(rejection);
    this.touch();
  }

  /** See `Endpoint.receiveHead`. */
  receiveHead(head: RequestHead): void {
    try {
      this.#tell((this.endpoint as Endpoint).receiveHead(head));
    } catch (error) {
      this.brokeOff(error);
    }
  }

  /** Sends a Ping, whose round trip is measured. See `Endpoint.sendPing`. */
  ping(payload?: Uint8Array): void {
    this.endpoint.sendPing(payload);
    this.#pingSent(payload ?? noPayload);
    this.touch();
  }

  /** Sends an unsolicited Pong. See `Endpoint.sendPong`. */
  pong(payload?: Uint8Array): void {
    this.endpoint.sendPong(payload);
    this.touch();
  }

  /** For listeners, which are told of a Pong: ends the round trip. */
  pongReceived(payload: Uint8Array): void {
    this.#roundTrip?.received(this.#clock.now(), this.endpoint.awaitsPong, payload);
  }

  /**
   * Stops reading at the end of this turn, unless `resume` comes before. Bytes that have arrived are still told, unless more
   * than 64 KiB of them wait. Each reason is a pause of its own: reading goes on once all have ended.
   */
  pause(reason: PauseReason = "application"): void {
    if (this.#reader.pause(reason)) this.touch();
  }

  /** Ends the pause for `reason`, or for any but that for bytes that have arrived and wait. */
  resume(reason: PauseReason | "any" = "application"): void {
    if (!this.#reader.resume(reason)) return;
    this.#enqueue();
    this.touch();
  }

  /** Drops the transport. The listener's `end` follows in a turn of its own. */
  abort(): void {
    if (this.#aborted || this.#closed) return;
    this.#aborted = true;
    this.#backlog = undefined;
    this.#isWriteDue = false;
    this.#writer.stop();
    // The endpoint takes no input from inside of what it tells.
    if (this.#isTelling) queueMicrotask(() => this.#drop());
    else this.#drop();
    // In a turn of its own (WHATWG WebSockets §3.1 queues a task), whatever the transport says during the call or after it:
    // some call `close` at once, and some never.
    queueMicrotask(() => this.#closeNow());
  }

  /** For servers: says to `budget` what the connection holds, and does what it says. */
  accountTo(budget: MemoryBudget): void {
    this.#account = budget.open(this);
  }

  /** What was received and waited was taken, so that reading does not rest in vain. */
  taken(): void {
    this.#timer.taken();
    this.heldChanged();
  }

  /** What the listener holds has changed, be it after the end: it is counted at the end of this turn. */
  heldChanged(): void {
    if (this.#account === undefined) return;
    if (this.#closed) this.#count();
    else this.touch();
  }

  // `Holder`

  rest(): void {
    this.pause("memory");
  }

  goOn(): void {
    this.resume("memory");
  }

  shed(): void {
    if (this.#listener.shed === undefined) this.abort();
    else this.#listener.shed();
    this.#count();
  }

  /**
   * Ends the connection for want of memory: drops what is in progress and what waits. A peer that reads what is written to it gets
   * a Close frame with 1013 and the time to close; with another one, the transport is dropped.
   */
  giveUp(): void {
    if (this.#closed || this.#aborted) return;
    // A write that is under way says that the peer does not read. From inside of what is told, the endpoint takes no command.
    if (this.#connection === undefined || this.#writer.length > 0 || this.#isTelling) {
      this.abort();
      return;
    }
    this.#connection.giveUp(tryAgainLater, "out of memory");
    this.touch();
  }

  /** Tells `listener` from now on what happens. */
  handTo(listener: PumpListener): void {
    this.#listener = listener;
  }

  /** Drops the transport, and tells the listener nothing more. */
  abandon(): void {
    this.#listener = silentListener;
    this.abort();
  }

  /** A function of the application's that the endpoint calls has failed, such as `random`: drops the transport, and reports it. */
  brokeOff(error: unknown): void {
    if (error instanceof OutputFailure) {
      this.#endpointThrew(error.cause);
      return;
    }
    this.#lost ??= orNoReason(error);
    this.#listenerThrew(error);
  }

  // What the transport tells

  data(chunk: Uint8Array, isLast = false): void {
    noteArrival();
    if (this.#closed || this.#aborted) return;
    if (this.#isStarting) {
      queueMicrotask(() => this.data(chunk));
      return;
    }
    if (this.#backlog !== undefined) {
      this.#backlog.push(chunk);
      return;
    }
    if (this.#connection === undefined) {
      this.#receiveOpening(chunk);
      return;
    }
    const budget = this.#rounds.allowance(this.#share);
    const taken = budget > 0 ? this.#receive(this.#connection, chunk, budget) : 0;
    if (taken < chunk.length) this.#keep(taken === 0 ? chunk : chunk.subarray(taken));
    if (isLast && !this.#settling && this.endpoint.outputLength > 0) this.#settleNow();
    else this.touch();
  }

  drain(): void {
    if (!this.#writer.drained() || this.#closed) return;
    // Nothing is left to do but to say so: for a short answer, another turn would cost a tenth of its write.
    if (this.endpoint.outputLength === 0 && !this.#isEnding) {
      this.#listener.settled();
      this.#count();
    } else if (this.#isTransformed && !this.#isEnding) this.#writeInRound();
    // A large message takes a turn for each write: others are served meanwhile, and a control frame finds its place.
    else if (this.#clock.nextTurn !== undefined) this.#clock.nextTurn(this.#settle);
    else this.touch();
  }

  end(): void {
    noteArrival();
    if (this.#closed || this.#aborted) return;
    if (this.#isStarting) {
      queueMicrotask(() => this.end());
      return;
    }
    const backlog = this.#heard();
    if (backlog === undefined) this.#endNow();
    else {
      backlog.isEndBehind = true;
      this.#enqueue();
    }
  }

  error(error: unknown): void {
    if (!this.#aborted) this.#lost ??= orNoReason(error);
  }

  close(): void {
    if (this.#aborted || this.#closed) return;
    if (this.#isStarting) {
      queueMicrotask(() => this.close());
      return;
    }
    const backlog = this.#heard();
    if (backlog === undefined) this.#closeNow();
    else {
      this.#writer.stop();
      backlog.isCloseBehind = true;
      this.#enqueue();
    }
  }

  // What its timer tells

  /** Writes what there is room for. */
  write(): void {
    if (this.#closed) return;
    try {
      this.#write();
    } catch (error) {
      this.brokeOff(error);
    }
  }

  expired(events: readonly EndpointEvent[], sentPing: boolean): void {
    this.#tell(events);
    // Of the Pings that nobody asked for, the round trip is measured too.
    if (sentPing) this.#pingSent("own");
  }

  // What they are made of

  #tell(events: readonly EndpointEvent[]): void {
    this.#connection ??= (this.endpoint as Endpoint).connection;
    this.#isTelling = true;
    for (const event of events) {
      try {
        tell(event, this.#listener);
      } catch (error) {
        this.#listenerThrew(error);
      }
    }
    this.#isTelling = false;
    this.touch();
  }

  /** Bytes of the opening handshake. */
  #receiveOpening(chunk: Uint8Array): void {
    let rest: Uint8Array | undefined;
    try {
      rest = this.#tellOpening((this.endpoint as Endpoint).receive(chunk, "leave"));
    } catch (error) {
      this.brokeOff(error);
    }
    if (rest === undefined) return;
    // It is open now. Whoever awaited that listens a few promises later.
    this.#hold(rest);
    defer(this.#clock, this.#turn, () => this.#release());
  }

  /** Tells `events`. Returns what came behind the opening handshake, if it has ended. */
  #tellOpening(events: readonly EndpointEvent[]): Uint8Array | undefined {
    this.#tell(events);
    for (const event of events) if (event.type === "open") return event.rest;
    return undefined;
  }

  // What has arrived, and waits

  /** Gives the connection `chunk` for about `budget` units of work, and returns how much of it that took. */
  #receive(connection: Connection, chunk: Uint8Array, budget: number): number {
    this.#isTelling = true;
    let taken = chunk.length;
    try {
      taken = connection.receiveInto(chunk, this.#listener, budget);
    } catch (error) {
      if (this.#listener.isGuarded === true) this.#endpointThrew(error);
      else this.#listenerThrew(error);
    }
    this.#isTelling = false;
    this.#rounds.spent(this.#share, connection.work + chunkWork);
    return taken;
  }

  /** Keeps what comes until `#release`. */
  #hold(rest: Uint8Array): void {
    if (this.#aborted || this.#closed) return;
    const backlog = new PumpBacklog();
    backlog.isHeld = true;
    if (rest.length > 0) backlog.push(rest);
    this.#backlog = backlog;
  }

  #release(): void {
    if (this.#backlog === undefined) return;
    this.#backlog.isHeld = false;
    this.#serve(this.#rounds.allowance(this.#share));
    if (this.#backlog !== undefined) this.#wait();
  }

  /** Keeps what there was no time for. */
  #keep(rest: Uint8Array): void {
    if (this.#aborted || this.#closed) return;
    this.#backlog = new PumpBacklog();
    this.#backlog.push(rest);
    this.#wait();
  }

  /** Pauses the transport, at once as it may have more to tell in this turn, and waits for a round. */
  #wait(): void {
    this.#reader.pause("backlog");
    this.#reader.apply();
    this.#enqueue();
  }

  #enqueue(): void {
    if (this.#isEnqueued || !this.#canGoOn) return;
    this.#isEnqueued = true;
    this.#rounds.enqueue(this.#share);
  }

  /** Writes what there is room and time for. What is left, where extensions make much work of it, waits for a round. */
  #write(): void {
    if (this.#isWriteDue) return;
    const before = this.endpoint.outputLength;
    const isCut = this.#writer.write();
    if (this.#isTransformed) this.#rounds.spent(this.#share, (before - this.endpoint.outputLength) * encodingWork);
    if (isCut) this.#writeInRound();
  }

  #writeInRound(): void {
    this.#isWriteDue = true;
    this.#enqueue();
  }

  get #isTransformed(): boolean {
    return this.#connection !== undefined && this.#connection.agreement.extensions.length > 0;
  }

  /** Whether something waits that may be told: where nobody pauses, it is little, or the transport has no more to tell. */
  get #canGoOn(): boolean {
    if (this.#isWriteDue) return true;
    return this.#mayTell;
  }

  get #mayTell(): boolean {
    const backlog = this.#backlog;
    if (backlog === undefined || backlog.isHeld) return false;
    if (!this.#reader.isPausedByOthers || !backlog.isLong) return true;
    return backlog.isEndBehind || backlog.isCloseBehind;
  }

  /** The end has come, and nobody has time to listen: what waits, if not all of it could be told now. */
  #heard(): PumpBacklog | undefined {
    if (this.#backlog?.isHeld === true) this.#release();
    return this.#backlog;
  }

  /** The connection's turn in a round. Returns whether it has more to tell. */
  #serveRound(budget: number): boolean {
    if (this.#isWriteDue) {
      this.#isWriteDue = false;
      this.#settleNow();
    } else this.#serve(budget);
    this.#isEnqueued = this.#canGoOn;
    return this.#isEnqueued;
  }

  /** Tells about `budget` of what waits. */
  #serve(budget: number): void {
    let left = budget;
    while (left > 0 && this.#mayTell) {
      const chunk = this.#backlog?.first;
      if (chunk === undefined) break;
      const taken = this.#receive(this.#connection!, chunk, left);
      this.#backlog?.take(taken);
      left -= this.#connection!.work + chunkWork;
    }
    if (this.#backlog?.length === 0) this.#backlogEnded(this.#backlog);
    this.touch();
  }

  /** What has waited was told, and what was behind it can be. */
  #backlogEnded({ isEndBehind, isCloseBehind }: PumpBacklog): void {
    this.#backlog = undefined;
    this.#reader.resume("backlog");
    if (isEndBehind) this.#endNow();
    if (isCloseBehind) this.#closeNow();
  }

  #endNow(): void {
    this.#noteLoss("The peer closed the transport without a Close frame.");
    this.#isEnding = true;
    // A peer may close its half at once with its Close frame, and still read ours.
    if (this.#owesClose) this.touch();
    else this.#tellEnd();
  }

  #pingSent(payload: Uint8Array | "own"): void {
    this.#roundTrip ??= new RoundTrip();
    this.#roundTrip.sent(this.#clock.now(), payload);
  }

  #closeNow(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#backlog = undefined;
    this.#timer.stop();
    if (!this.#aborted) this.#noteLoss("The transport was closed without a Close frame.");
    this.#tellEnd();
    this.#listener.settled();
    this.#count();
  }

  /** Whether our Close frame, which answers the peer's or crosses it, has not been written. */
  get #owesClose(): boolean {
    const { state } = this.endpoint;
    return state === "close-received" || (state === "closed" && this.#writer.length > 0);
  }

  #tellEnd(): void {
    this.#isEnding = false;
    // RFC 6455 §7.1.4: clean when both Close frames have passed. What the endpoint calls so may not have been written.
    const isWritten = !this.#owesClose;
    const events = this.#receiveEnd();
    this.#tell(isWritten ? events : events.map((event) => (event.type === "end" ? { ...event, clean: false } : event)));
  }

  #receiveEnd(): readonly EndpointEvent[] {
    try {
      return this.endpoint.receiveEnd();
    } catch (error) {
      // An extension could not release what it holds. That is the application's to know, and no reason not to tell the end.
      this.#report(error);
      const events = this.endpoint.receiveEnd();
      return events.length > 0 ? events : [{ type: "end", clean: false, statusCode: 1006, reason: "" }];
    }
  }

  /** RFC 6455 §7.2.1: a transport that ends before the peer's Close frame is lost, whichever way it ends. */
  #noteLoss(why: string): void {
    const { state } = this.endpoint;
    if (state === "open" || state === "closing" || state === "close-sent") this.#lost ??= new Error(why);
  }

  #drop(): void {
    try {
      this.#transport.abort();
    } catch (error) {
      this.#report(error);
    }
  }

  /**
   * A function of the application's has failed that the endpoint needs. RFC 6455 §7.4.1: 1011, something kept us from fulfilling
   * the request; the Close frame passes no extension. Who fails again is dropped.
   */
  #endpointThrew(error: unknown): void {
    this.#lost ??= orNoReason(error);
    // Without a masking key no Close frame can leave either.
    const isKeyless = error instanceof UsageError && error.code === "option/random";
    if (this.#connection === undefined || this.#hasGivenUp || isKeyless) {
      this.#listenerThrew(error);
      return;
    }
    this.#hasGivenUp = true;
    this.#report(error);
    try {
      this.#connection.giveUp(1011);
      this.touch();
    } catch (second) {
      this.#listenerThrew(second);
    }
  }

  /** The connection was left midway. That is the end of it, and of nothing else. */
  #listenerThrew(error: unknown): void {
    this.#report(error);
    this.abort();
  }

  #report(error: unknown): void {
    createReporter(this.#onError, this.#clock, asUncaught)(error);
  }

  #settleNow(): void {
    this.#settling = false;
    if (this.#closed) return;
    // Nothing of what waits means anything any more.
    if (this.#backlog !== undefined && !mayCauseEvents(this.endpoint)) this.#backlogEnded(this.#backlog);
    try {
      this.#reader.apply();
      this.#write();
      if (this.#isEnding && !this.#owesClose) this.#tellEnd();
      this.#obey();
      if (!this.#closed && !this.#aborted) this.#timer.update();
      this.#listener.settled();
      this.#count();
    } catch (error) {
      this.brokeOff(error);
    }
  }

  #count(): void {
    try {
      this.#sayHeld();
    } catch (error) {
      this.brokeOff(error);
    }
  }

  /** Says what the connection holds. */
  #sayHeld(): void {
    const account = this.#account;
    if (account === undefined) return;
    const kept = this.#listener.heldLength ?? 0;
    // What is dropped is let go of as soon as the code that runs now has ended; what is closed, by who listens to the end.
    const isOver = this.#closed && kept === 0;
    const { endpoint } = this;
    if (isOver) {
      this.#account = undefined;
      account.close();
    } else if (this.#aborted) account.change(kept);
    else
      account.change(
        kept + endpoint.heldLength + endpoint.outputLength + this.#writer.heldLength + (this.#backlog?.heldLength ?? 0),
      );
  }

  /** What the endpoint says about the transport. */
  #obey(): void {
    const { transport } = this.endpoint;
    if (transport === "abort") this.abort();
    if (transport === "end") this.#writer.end();
  }
}
