/**
 * Drives an endpoint over a transport. This is the loop that every embedder writes, and it makes no decisions about the
 * protocol: incoming bytes go into the endpoint, the resulting events to the listener, and output to the transport, in
 * one write per turn. Then it does with the transport what the endpoint asks for, and sets one timer for the next
 * deadline. What it does decide is local: when bytes that arrived early are delivered, that a listener that throws costs
 * its connection, and how the work is spread over turns.
 *
 * Theory of operation. Every input and command calls `requestFlush()`, which schedules one flush at the end of the turn.
 * However many messages arrive or are sent in a turn, there is one write, one look at the clock, and seldom a new
 * timer. If the transport knows that nothing more arrives in this turn, responses do not wait for its end, because
 * waiting costs as much as all other work for a short message. At most one write is in flight, and it is bounded; newer
 * output waits in the endpoint, where a control frame or a more urgent message can still overtake it.
 *
 * Incoming bytes are processed at once, up to the connection's share of the turn (`Rounds`). The rest waits in the
 * backlog with reading paused and is processed in later turns, and so is everything behind it: more bytes, the end, and
 * the loss of the transport. While the application pauses reading, a backlog longer than one read waits as well.
 */
import { type Connection, type Endpoint, type EndpointEvent, statusCodes, UsageError } from "@hybi/core";
import type { OpeningAnswer, Rejection, RequestHead } from "@hybi/core/opening";
import { checkOptions } from "@hybi/core/options";
import { afterIo } from "../event-loop/after-io.ts";
import { noteArrival } from "../event-loop/arrivals.ts";
import { clockOf } from "../event-loop/clock.ts";
import { asUncaught, createReporter, type ErrorHandler } from "../event-loop/reporter.ts";
import type { TurnTask } from "../event-loop/turn.ts";
import type { Failure } from "../failure/failure.ts";
import type { Account, Holder, MemoryBudget } from "../load/memory-budget.ts";
import type { Sharer } from "../load/rounds.ts";
import { errorWithoutStack } from "../platform/error-stack.ts";
import { orNoReason } from "../platform/error-text.ts";
import { queueMicrotask } from "../platform/runtime.ts";
import { checkForeignChunk, transportCheck } from "../transport/checks.ts";
import type { Transport, TransportSink } from "../transport/transport.ts";
import { PumpBacklog } from "./backlog.ts";
import type { Closable, ClosableOwner } from "./closable.ts";
import { PumpTimer, type TimedPump } from "./deadline-timer.ts";
import { dispatch, type PumpListener, silentListener } from "./listener.ts";
import { checkNeeded, defaultWriteBudget, type PumpOptions, pumpChecks } from "./options.ts";
import { isPausedByOthers, type PauseReason, type Pauses, withoutPause, withPause } from "./pauses.ts";
import { SharedLoop } from "./shared-loop.ts";
import { OutputFailure, PumpWriter } from "./writer.ts";

/**
 * The life of the transport: new → starting → open → half-closed → closed, where open may be closed at once, and any of them may
 * be aborted, which is closed a microtask later. The listener's `end` is emitted in half-closed, or else in closed.
 */
type Phase =
  /** Commands are accepted, but nothing is flushed. */
  | "new"
  /** `transport.start` is on the stack, maybe inside a call by the application: its input is held until the end of the turn. */
  | "starting"
  | "open"
  /** The peer has closed its half. Once our Close frame has left, the end is emitted. */
  | "half-closed"
  /** `abort` was called. Input is ignored, and nothing is written. */
  | "aborted"
  | "closed";

/** How much a flush has to look at: all that may have changed, or a prepared message that was sent, and nothing else. */
type Flush = "none" | "prepared" | "all";

/** What the pump is waiting for a round to do: to process its backlog, or first to go on writing. */
type Round = "none" | "backlog" | "write";

/** Units of work per chunk in addition to those that core counts: the cost of the transport and of this loop. */
const chunkWork = 1_000;

/** Units of work per byte that extensions may compress. */
const encodingWork = 8;

/**
 * Drives one endpoint until its transport is closed.
 *
 * After a command to `endpoint`, call `requestFlush`. The listener's `end` is called exactly once, whatever happens.
 *
 * @example
 * const pump = new Pump({ endpoint: Endpoint.server(), transport, listener });
 * pump.start();
 */
export class Pump implements TransportSink, TimedPump, TurnTask, Sharer, Holder, Closable {
  readonly endpoint: Endpoint;

  readonly #transport: Transport;
  #listener: PumpListener;
  readonly #loop: SharedLoop;
  readonly #onError: ErrorHandler | undefined;
  readonly #timer: PumpTimer;
  readonly #writer: PumpWriter;

  #phase: Phase = "new";
  #round: Round = "none";
  /** The flush that is due at the end of this turn. */
  #flush: Flush = "none";
  /** Whether a listener callback is on the stack. */
  #isDelivering = false;
  /** Why reading is paused. A pause that ends within the same turn never reaches the transport. */
  #pauses: Pauses = 0;
  /** Whether the transport is paused. */
  #isPaused = false;
  // `Sharer`: only `Rounds` sets these two. The types let it, because it knows the pump as a `Sharer`.
  readonly credit: number = 0;
  readonly creditRound: number = -1;
  /** Received bytes that have not been processed yet. */
  #backlog: PumpBacklog | undefined;
  /** Whether the connection was given up because a function of the application failed. */
  #hasGivenUp = false;
  #failure: Failure | undefined;
  /** The server that waits for the remaining output of a connection that has ended. */
  owner: ClosableOwner | undefined;
  /** `Member`: only the list of the server's connections sets it. */
  readonly place: number = 0;
  /** For servers: where the connection reports the memory it holds. */
  #account: Account | undefined;

  /** @throws UsageError `option/unknown`, `option/type`, `option/range` */
  constructor(options: PumpOptions) {
    checkOptions("a Pump", options, pumpChecks);
    checkNeeded(options);
    const { endpoint, deadlines } = options;
    this.endpoint = endpoint;
    this.#listener = options.listener;
    this.#loop = SharedLoop.of(clockOf(options.clock));
    this.#onError = options.onError;
    this.#transport = options.wrapTransport === undefined ? options.transport : this.#wrapped(options);
    this.#timer = new PumpTimer(this, this.#loop.alarms, deadlines, options.begunAt);
    this.#writer = new PumpWriter(endpoint, this.#transport, options.writeBudget ?? defaultWriteBudget);
  }

  /** Why the transport was lost or given up; undefined if it was not, or if the application has aborted it. */
  get failure(): Failure | undefined {
    return this.#failure;
  }

  /** Bytes sent that have not left yet, in the endpoint and in the write in flight. */
  get bufferedLength(): number {
    return this.endpoint.outputLength + this.#writer.length;
  }

  /** Received bytes waiting to be processed. */
  get backlogLength(): number {
    return this.#backlog?.length ?? 0;
  }

  /** Milliseconds between the latest answered Ping and its Pong; undefined before the first. */
  get roundTripTime(): number | undefined {
    return this.#timer.roundTripTime;
  }

  /** The peer's address, if the transport knows one. */
  get remoteAddress(): string | undefined {
    return this.#transport.remoteAddress;
  }

  /** Milliseconds since the connection opened; undefined if it is not open yet. */
  get age(): number | undefined {
    return this.#timer.age;
  }

  /**
   * Starts. Bytes that the endpoint already has from behind its opening handshake are processed first. As code that awaits the
   * opening adds its listeners a few microtasks later, they wait for the end of the turn.
   */
  start(): void {
    // It may have been aborted already. The transport is started all the same, so that it is listened to until it is closed.
    if (this.#phase === "new") this.#phase = "starting";
    if (this.endpoint.restLength > 0) this.data(this.endpoint.takeRest());
    try {
      this.#transport.start(this);
    } catch (error) {
      // Treat it like a transport that could not be opened: report the error with `end`.
      this.error(error);
      this.abort();
    }
    if (this.#phase === "starting") this.#phase = "open";
    if (this.#hasOnlyToWait()) this.#updateTimer();
    else this.requestFlush();
  }

  // Public API

  /** Call after a command to the endpoint. Its output leaves at the end of this turn. */
  requestFlush(): void {
    this.#request("all");
  }

  /** Like `requestFlush`, for a prepared message that was the only command since the last call. */
  requestPreparedFlush(): void {
    this.#request("prepared");
  }

  /**
   * Writes at once, and does not wait for the end of the turn. Within a callback of the listener it only writes: what else a flush does
   * may have events of its own, and follows the callback.
   */
  flush(): void {
    // Starting flushes what was sent before.
    if (this.#phase === "new" || this.#phase === "starting") return;
    if (this.#isDelivering) this.write();
    else this.#flushNow();
  }

  /** Like `flush`, for a prepared message that was the only command since the last call. */
  flushPrepared(): void {
    if (this.#isDelivering || this.#flush === "all" || !this.#flushPrepared()) this.flush();
  }

  #request(flush: "prepared" | "all"): void {
    if (this.#flush !== "none") {
      if (flush === "all") this.#flush = flush;
      this.#loop.turn.extend();
    }
    // A listener callback is followed by its own `requestFlush`.
    else if (this.#phase !== "new" && this.#phase !== "closed" && !this.#isDelivering) {
      this.#flush = flush;
      this.#loop.turn.after(this);
    }
  }

  /** See `Endpoint.accept`. Emits `open` during this call, and messages that have arrived early afterwards. */
  accept(answer?: OpeningAnswer): void {
    this.#deliver(this.endpoint.accept(answer, "leave"));
    if (this.endpoint.restLength === 0) return;
    this.#hold(this.endpoint.takeRest());
    queueMicrotask(() => this.#release());
  }

  /** See `Endpoint.reject`. */
  reject(rejection: Rejection): void {
    this.endpoint.reject(rejection);
    this.requestFlush();
  }

  /** See `Endpoint.receiveHead`. */
  receiveHead(head: RequestHead): void {
    try {
      this.#deliver(this.endpoint.receiveHead(head));
    } catch (error) {
      this.brokeOff(error);
    }
  }

  /** Sends a Ping and measures its round trip. See `Endpoint.sendPing`. */
  ping(payload?: Uint8Array | string): void {
    this.endpoint.sendPing(payload);
    this.requestFlush();
  }

  /** Sends an unsolicited Pong. See `Endpoint.sendPong`. */
  pong(payload?: Uint8Array | string): void {
    this.endpoint.sendPong(payload);
    this.requestFlush();
  }

  /**
   * Stops reading at the end of this turn, unless `resume` is called before. Bytes already received are still
   * processed, unless more than 64 KiB of them are waiting. Reasons are independent: reading resumes when none is left.
   */
  pause(reason: PauseReason = "application"): void {
    if (this.#setPauses(withPause(this.#pauses, reason))) this.requestFlush();
  }

  /**
   * Like `pause`, but pauses the transport during this call, so that it delivers nothing more in this turn of what it has read
   * already. A `resume` within the same turn still takes effect at its end.
   */
  pauseAtOnce(reason: PauseReason = "application"): void {
    this.pause(reason);
    if (this.#phase === "new" || this.#isOver()) return;
    try {
      this.#applyPauses();
    } catch (error) {
      this.brokeOff(error);
    }
  }

  /** Ends the pause for `reason`, or for all reasons except the backlog of received bytes and the memory budget. */
  resume(reason: PauseReason | "any" = "application"): void {
    if (!this.#setPauses(withoutPause(this.#pauses, reason))) return;
    this.#enqueue();
    this.requestFlush();
  }

  /** Whether the transport keeps the process alive. A no-op over one that never does. */
  keepProcess(keeps: boolean): void {
    if (this.#isOver()) return;
    if (keeps) this.#transport.ref?.();
    else this.#transport.unref?.();
  }

  /** Drops the transport. The listener's `end` follows in a later microtask. */
  abort(): void {
    if (this.#isOver()) return;
    this.#phase = "aborted";
    this.#backlog = undefined;
    if (this.#round === "write") this.#round = "backlog";
    this.#writer.stop();
    // The endpoint does not accept input while it is delivering events.
    if (this.#isDelivering) queueMicrotask(() => this.#drop());
    else this.#drop();
    // End in a turn of our own (WHATWG WebSockets §3.1 queues a task), whatever the transport reports during the call
    // or after it: some call `close` at once, some never.
    queueMicrotask(() => this.#closeNow());
  }

  /** For servers: reports to `budget` how much memory the connection holds, and follows its requests. */
  accountTo(budget: MemoryBudget): void {
    this.#account = budget.open(this);
  }

  /** To be called when the application has taken something that was waiting: restarts the `resting` deadline. */
  taken(): void {
    this.#timer.taken();
    this.heldChanged();
  }

  /** The listener's `heldLength` has changed, possibly after the end. It is counted at the end of this turn. */
  heldChanged(): void {
    if (this.#account === undefined) return;
    if (this.#phase === "closed") this.#count();
    else this.requestFlush();
  }

  // `Holder`

  rest(): void {
    this.pause("memory");
  }

  goOn(): void {
    this.resume("memory");
  }

  shed(): void {
    try {
      // After the end of a connection, output may be left that its peer does not read, and messages not taken yet.
      if (this.endpoint.state === "ended" || this.#listener.shed === undefined) this.abort();
      this.#listener.shed?.();
    } catch (error) {
      this.#report(error);
      this.abort();
    }
    this.#count();
  }

  // `Closable`, for a server, once the connection has ended

  /** Whether output is still being written after the end of the connection. */
  get isLingering(): boolean {
    return !this.#isOver() && this.bufferedLength > 0;
  }

  startClosing(): void {}

  terminate(): void {
    this.abort();
  }

  /**
   * Ends the connection because memory has run out; discards messages in progress and pending output. A peer that reads
   * its input gets a Close frame with 1013 and the time to close; otherwise the transport is dropped.
   */
  giveUp(): void {
    if (this.#isOver()) return;
    const { connection } = this.endpoint;
    // A write in flight means that the peer is not reading. During a listener callback, the endpoint does not accept
    // `giveUp`.
    if (connection === undefined || this.#writer.length > 0 || this.#isDelivering) {
      this.abort();
      return;
    }
    connection.fail(statusCodes.tryAgainLater, "out of memory");
    this.requestFlush();
  }

  /** Delivers all further events to `listener`. */
  setListener(listener: PumpListener): void {
    this.#listener = listener;
  }

  /** Drops the transport and emits nothing more to the listener. */
  abortSilently(): void {
    this.#listener = silentListener;
    this.abort();
  }

  /**
   * A function of the application that the endpoint calls, such as `random`, has failed. Reports the error and drops
   * the transport.
   */
  brokeOff(error: unknown): void {
    if (error instanceof OutputFailure) {
      this.#endpointThrew(error.cause);
      return;
    }
    this.#failure ??= { kind: "given-up", error: orNoReason(error) };
    this.#listenerThrew(error);
  }

  // Called by the transport

  data(chunk: Uint8Array, isLast = false): void {
    if (!(chunk instanceof Uint8Array)) checkForeignChunk(chunk);
    noteArrival();
    if (this.#isOver()) return;
    if (this.#isBusy()) this.#holdInput();
    if (this.#backlog !== undefined) {
      this.#backlog.push(chunk);
      return;
    }
    const { connection } = this.endpoint;
    if (connection === undefined) {
      this.#receiveOpening(chunk, isLast);
      return;
    }
    const { messagesReceived } = connection;
    const budget = this.#loop.rounds.allowance(this);
    const taken = budget > 0 ? this.#receive(connection, chunk, budget) : 0;
    if (taken < chunk.length) this.#keep(taken === 0 ? chunk : chunk.subarray(taken));
    if (!isLast || this.#flush !== "none") this.requestFlush();
    // The output that there is, or no message to which the application may reply later in this turn.
    else if (connection.outputLength > 0 || (connection.messagesReceived === messagesReceived && this.#pauses === 0))
      this.#flushNow();
    else this.requestFlush();
  }

  drain(): void {
    if (!this.#writer.drained() || this.#phase === "closed") return;
    // Nothing is left to write, so finish at once: for a short response, another turn would cost a tenth of its write.
    if (this.endpoint.outputLength === 0 && !this.#isEnding()) {
      this.#flushed();
      this.#count();
    } else if (this.#isTransformed() && !this.#isEnding()) this.#await("write");
    // A large message takes one turn per write, so that others are served in between and control frames can overtake
    // it.
    else if (this.#loop.clock.nextTurn !== undefined) afterIo(this.#loop.clock, () => this.#flushNow());
    else this.requestFlush();
  }

  end(): void {
    noteArrival();
    if (this.#isOver()) return;
    if (this.#isBusy()) {
      this.#holdInput().isEndBehind = true;
      return;
    }
    const backlog = this.#releaseHeld();
    if (this.#isOver()) return;
    if (backlog === undefined) this.#endAtOnce();
    else {
      backlog.isEndBehind = true;
      this.#enqueue();
    }
  }

  error(error: unknown): void {
    if (!this.#isOver()) this.#failure ??= { kind: "transport", error: orNoReason(error) };
  }

  close(): void {
    if (this.#isOver()) return;
    if (this.#isBusy()) {
      this.#holdInput().isCloseBehind = true;
      return;
    }
    const backlog = this.#releaseHeld();
    if (this.#isOver()) return;
    if (backlog === undefined) this.#closeNow();
    else {
      this.#writer.stop();
      backlog.isCloseBehind = true;
      this.#enqueue();
    }
  }

  // Called by the timer

  /** Writes as much as there is room for. */
  write(): void {
    if (this.#phase === "closed") return;
    try {
      this.#write();
    } catch (error) {
      this.brokeOff(error);
    }
  }

  expired(events: readonly EndpointEvent[]): void {
    // The application hears of nothing, so it has no reason to send in this turn. Mostly this is a Ping.
    if (events.length === 0 && this.#flush === "none") this.#flushNow();
    else this.#deliver(events);
  }

  // Called by the rounds

  /** Called by `Rounds`: serves the connection in a round. Returns whether more work is waiting. */
  serve(budget: number): boolean {
    if (this.#round === "write") {
      this.#round = "backlog";
      this.#flushNow();
    } else this.#process(budget);
    if (this.#round === "backlog" && !this.#mayProcess()) this.#round = "none";
    return this.#round !== "none";
  }

  /** Called by `Turn`, at the end of the turn. Does nothing if a flush within the turn has done all there was to do. */
  endTurn(): void {
    if (this.#flush === "none") return;
    if (this.#flush !== "prepared" || !this.#flushPrepared()) this.#flushNow();
  }

  // Internals

  /** Whether the transport was aborted or is closed. */
  #isOver(): boolean {
    return this.#phase === "aborted" || this.#phase === "closed";
  }

  /** Whether a call is on the stack during which nothing may be emitted: `transport.start`, or a listener callback. */
  #isBusy(): boolean {
    return this.#isDelivering || this.#phase === "starting";
  }

  /** Whether the peer has closed its half, and the end has not been emitted yet, because we owe a Close frame. */
  #isEnding(): boolean {
    return this.#phase === "half-closed" && this.endpoint.state !== "ended";
  }

  /** Whether the pump of a server, which has just started, has nothing to do but wait for the request until its deadline. */
  #hasOnlyToWait(): boolean {
    const isIdle =
      this.#phase === "open" && this.#pauses === 0 && this.#flush === "none" && this.#backlog === undefined;
    return isIdle && this.endpoint.state === "opening" && this.endpoint.outputLength === 0;
  }

  #updateTimer(): void {
    try {
      this.#timer.update();
    } catch (error) {
      this.brokeOff(error);
    }
  }

  /** Passes the events to the listener, and requests a flush. */
  #deliver(events: readonly EndpointEvent[]): void {
    this.#dispatch(events);
    this.requestFlush();
  }

  #dispatch(events: readonly EndpointEvent[]): void {
    // A listener that accepts a request is called with `open` within its call.
    const wasDelivering = this.#isDelivering;
    this.#isDelivering = true;
    for (const event of events) {
      try {
        dispatch(event, this.#listener);
      } catch (error) {
        this.#listenerThrew(error);
      }
    }
    this.#isDelivering = wasDelivering;
  }

  /** Processes bytes of the opening handshake. */
  #receiveOpening(chunk: Uint8Array, isLast: boolean): void {
    let last: EndpointEvent | undefined;
    try {
      const events = this.endpoint.receive(chunk, "leave");
      last = events.at(-1);
      this.#dispatch(events);
    } catch (error) {
      this.brokeOff(error);
    }
    // A response that is ready leaves at once, as replies to messages do.
    if (isLast && last?.type !== "open" && this.#flush === "none" && this.endpoint.outputLength > 0) this.#flushNow();
    else this.requestFlush();
    // A listener that accepts the request at once has opened the connection already.
    if (last?.type !== "open") return;
    // The connection is now open. Code awaiting that adds its listeners a few microtasks later, so deliver after that.
    this.#hold(this.endpoint.takeRest());
    this.#loop.turn.after({ endTurn: () => this.#release() });
  }

  /** Returns the backlog for input that the transport reports while the pump is busy. What follows it waits behind it. */
  #holdInput(): PumpBacklog {
    if (this.#backlog === undefined) {
      this.#backlog = new PumpBacklog();
      this.#backlog.isHeld = true;
      this.#loop.turn.after({ endTurn: () => this.#release() });
    }
    return this.#backlog;
  }

  // The backlog of received bytes

  /** Passes `chunk` to the connection for about `budget` units of work. Returns the number of bytes it has taken. */
  #receive(connection: Connection, chunk: Uint8Array, budget: number): number {
    this.#isDelivering = true;
    let taken = chunk.length;
    try {
      taken = connection.receiveInto(chunk, this.#listener, budget);
    } catch (error) {
      if (this.#listener.isGuarded === true) this.#endpointThrew(error);
      else this.#listenerThrew(error);
    }
    this.#isDelivering = false;
    this.#loop.rounds.spent(this, connection.work + chunkWork);
    return taken;
  }

  /** Keeps incoming bytes until `#release`. */
  #hold(rest: Uint8Array): void {
    if (this.#isOver()) return;
    this.#backlog = PumpBacklog.of(rest, this.#backlog);
    this.#backlog.isHeld = true;
  }

  #release(): void {
    const backlog = this.#backlog;
    if (backlog?.isHeld !== true) return;
    if (this.endpoint.connection === undefined) {
      this.#releaseOpening(backlog);
      return;
    }
    backlog.isHeld = false;
    this.#process(this.#loop.rounds.allowance(this));
    if (this.#backlog !== undefined) this.#wait();
  }

  /** Releases bytes of the opening handshake, as if they arrived only now. */
  #releaseOpening(backlog: PumpBacklog): void {
    this.#backlog = undefined;
    for (let chunk = backlog.first; chunk !== undefined; chunk = backlog.first) {
      this.data(chunk);
      backlog.take(chunk.length);
    }
    if (backlog.isEndBehind) this.end();
    if (backlog.isCloseBehind) this.close();
  }

  /** Keeps the bytes for which no time was left. */
  #keep(rest: Uint8Array): void {
    if (this.#isOver()) return;
    this.#backlog = PumpBacklog.of(rest, this.#backlog);
    this.#wait();
  }

  /** Waits for a round. Pauses the transport at once, because it may have more to deliver in this turn. */
  #wait(): void {
    this.#pauses = withPause(this.#pauses, "backlog");
    try {
      this.#applyPauses();
      this.#enqueue();
    } catch (error) {
      this.brokeOff(error);
    }
  }

  /** Returns whether the reasons have changed. */
  #setPauses(pauses: Pauses): boolean {
    const isNew = pauses !== this.#pauses;
    this.#pauses = pauses;
    return isNew;
  }

  /** Applies the reasons to the transport, and with it to the deadlines of the peer. */
  #applyPauses(): void {
    const isPaused = this.#pauses !== 0 && this.#takesInput();
    if (isPaused === this.#isPaused) return;
    this.#isPaused = isPaused;
    if (isPaused) {
      this.#timer.pause();
      this.#transport.pause();
    } else {
      this.#timer.resume();
      this.#transport.resume();
    }
  }

  /**
   * Whether input may cause events. Once it is ignored, the transport must read on: bytes are discarded, and the pump is
   * waiting for the peer's end.
   */
  #takesInput(): boolean {
    const { state } = this.endpoint;
    return state === "opening" || state === "open" || state === "closing" || state === "close-sent";
  }

  /** Waits for a round if the backlog may be processed. */
  #enqueue(): void {
    if (this.#round === "none" && this.#mayProcess()) this.#await("backlog");
  }

  #await(round: Round): void {
    if (this.#round === "none") this.#loop.rounds.enqueue(this);
    this.#round = round;
  }

  /**
   * Writes as much as there is room and time for. If extensions make the output expensive, the rest waits for a round.
   */
  #write(): void {
    if (this.#round === "write") return;
    const before = this.endpoint.outputLength;
    const isCut = this.#writer.write();
    if (this.#isTransformed()) this.#loop.rounds.spent(this, (before - this.endpoint.outputLength) * encodingWork);
    if (isCut) this.#await("write");
  }

  #isTransformed(): boolean {
    const { agreement } = this.endpoint;
    return agreement !== undefined && agreement.extensions.length > 0;
  }

  /**
   * Whether the backlog may be processed: if nothing else pauses reading, if it is short, or if the transport has nothing
   * more to deliver.
   */
  #mayProcess(): boolean {
    const backlog = this.#backlog;
    if (backlog === undefined || backlog.isHeld) return false;
    if (!isPausedByOthers(this.#pauses) || !backlog.isLong) return true;
    return backlog.isEndBehind || backlog.isCloseBehind;
  }

  /**
   * The transport has ended, and the application gets no more time to add listeners. Returns the backlog if some of it
   * had to stay. A listener of what was held back may abort the pump.
   */
  #releaseHeld(): PumpBacklog | undefined {
    if (this.#backlog?.isHeld === true) this.#release();
    return this.#backlog;
  }

  /** Processes the backlog for about `budget` units of work. */
  #process(budget: number): void {
    const connection = this.endpoint.connection!;
    let left = budget;
    while (left > 0 && this.#mayProcess()) {
      const chunk = this.#backlog?.first;
      if (chunk === undefined) break;
      const taken = this.#receive(connection, chunk, left);
      this.#backlog?.take(taken);
      left -= connection.work + chunkWork;
    }
    if (this.#backlog?.length === 0) this.#backlogEnded(this.#backlog);
    this.requestFlush();
  }

  /** The backlog is empty, so emit the end or the close that was waiting behind it. */
  #backlogEnded({ isEndBehind, isCloseBehind }: PumpBacklog): void {
    this.#backlog = undefined;
    this.#pauses = withoutPause(this.#pauses, "backlog");
    if (isEndBehind) this.#endNow();
    if (isCloseBehind) this.#closeNow();
  }

  /** Like `#endNow`, and does what is left to do in this call: nothing more arrives that the same write could answer. */
  #endAtOnce(): void {
    const isRequested = this.#flush !== "none";
    // Requested already, so that the events request no second flush.
    this.#flush = "all";
    this.#endNow();
    if (!isRequested) this.#flushNow();
  }

  #endNow(): void {
    this.#noteLoss("The peer closed the transport without a Close frame.");
    this.#phase = "half-closed";
    // A peer may close its half right after its Close frame and still read ours.
    if (this.#owesClose()) this.requestFlush();
    else this.#deliverEnd();
  }

  #closeNow(): void {
    if (this.#phase === "closed") return;
    const wasAborted = this.#phase === "aborted";
    this.#phase = "closed";
    this.#backlog = undefined;
    this.#timer.stop();
    if (!wasAborted) this.#noteLoss("The transport was closed without a Close frame.");
    this.#deliverEnd();
    this.#flushed();
    this.#count();
    this.owner?.ended(this, this);
    this.owner = undefined;
  }

  /** Whether our Close frame, sent in response to the peer's or at the same time, has not been written yet. */
  #owesClose(): boolean {
    const { state } = this.endpoint;
    return state === "close-received" || (state === "closed" && this.#writer.length > 0);
  }

  #deliverEnd(): void {
    // RFC 6455 §7.1.4: clean if both Close frames have been exchanged. The endpoint says so even if ours was not
    // written.
    const isWritten = !this.#owesClose();
    const events = this.#receiveEnd();
    this.#deliver(
      isWritten ? events : events.map((event) => (event.type === "end" ? { ...event, clean: false } : event)),
    );
  }

  #receiveEnd(): readonly EndpointEvent[] {
    try {
      return this.endpoint.receiveEnd();
    } catch (error) {
      // An extension failed to release its resources. Report that to the application, but emit the end all the same.
      this.#report(error);
      const events = this.endpoint.receiveEnd();
      return events.length > 0 ? events : [{ type: "end", clean: false, statusCode: 1006, reason: "" }];
    }
  }

  /** RFC 6455 §7.2.1: a transport that ends before the peer's Close frame is lost, whichever way it ends. */
  #noteLoss(why: string): void {
    const { state } = this.endpoint;
    const isUnclosed = state === "open" || state === "closing" || state === "close-sent";
    if (isUnclosed) this.#failure ??= { kind: "transport", error: errorWithoutStack(why) };
  }

  #drop(): void {
    try {
      this.#transport.abort();
    } catch (error) {
      this.#report(error);
    }
  }

  /**
   * A function of the application that the endpoint needs has failed. Closes with 1011 (RFC 6455 §7.4.1: an unexpected
   * condition prevented us from fulfilling the request); the Close frame does not pass through extensions. If it fails
   * again, drops the transport.
   */
  #endpointThrew(error: unknown): void {
    this.#failure ??= { kind: "given-up", error: orNoReason(error) };
    // Without a masking key, a Close frame cannot be sent either.
    const isKeyless = error instanceof UsageError && error.code === "option/random";
    const { connection } = this.endpoint;
    if (connection === undefined || this.#hasGivenUp || isKeyless) {
      this.#listenerThrew(error);
      return;
    }
    this.#hasGivenUp = true;
    this.#report(error);
    try {
      connection.fail(1011);
      this.requestFlush();
    } catch (second) {
      this.#listenerThrew(second);
    }
  }

  /** An event was only processed in part. Ends this connection, and nothing else. */
  #listenerThrew(error: unknown): void {
    this.#report(error);
    this.abort();
  }

  #report(error: unknown): void {
    createReporter(this.#onError, this.#loop.clock, asUncaught)(error);
  }

  /**
   * The flush of a broadcast. Whatever else a flush does has been done by the one before, because everything but a prepared
   * message asks for it: pauses, deadlines, the count of memory. So if the message has left, nothing has changed by it, and a
   * thousand connections are spared to look at all their objects. Returns whether it has.
   */
  #flushPrepared(): boolean {
    if (this.#phase !== "open" || this.#timer.followsSending) return false;
    this.#flush = "none";
    try {
      if (!this.#writer.writePrepared()) return false;
      this.#listener.flushed();
    } catch (error) {
      this.brokeOff(error);
    }
    return true;
  }

  #flushNow(): void {
    this.#flush = "none";
    if (this.#phase === "closed") return;
    // Input is ignored from now on, so the backlog is meaningless.
    if (this.#backlog !== undefined && !this.#takesInput()) this.#backlogEnded(this.#backlog);
    try {
      this.#applyPauses();
      this.#write();
      if (this.#isEnding() && !this.#owesClose()) this.#deliverEnd();
      this.#obey();
      if (!this.#isOver()) this.#timer.update();
      this.#listener.flushed();
      this.#count();
    } catch (error) {
      this.brokeOff(error);
    }
  }

  #flushed(): void {
    try {
      this.#listener.flushed();
    } catch (error) {
      this.#listenerThrew(error);
    }
  }

  /** Reports to the budget how much memory the connection holds. */
  #count(): void {
    const account = this.#account;
    if (account === undefined) return;
    try {
      const kept = this.#listener.heldLength ?? 0;
      if (this.#phase === "closed" && kept === 0) {
        this.#account = undefined;
        account.close();
      } else account.change(kept + this.#ownHeldLength());
    } catch (error) {
      this.brokeOff(error);
    }
  }

  #ownHeldLength(): number {
    // After an abort, the endpoint's memory is released as soon as the running code returns.
    if (this.#phase === "aborted") return 0;
    // After a close, a listener that still holds messages holds the pump and its endpoint as well.
    const { endpoint } = this;
    const output = endpoint.outputLength + this.#writer.heldLength;
    return endpoint.heldLength + output + (this.#backlog?.heldLength ?? 0);
  }

  /** Returns what `wrapTransport` makes of the transport; if that fails, the transport as it is. */
  #wrapped({ transport, wrapTransport }: PumpOptions): Transport {
    try {
      const wrapped = wrapTransport?.(transport);
      transportCheck(wrapped, "What wrapTransport has returned");
      return wrapped as Transport;
    } catch (error) {
      this.#report(error);
      return transport;
    }
  }

  /** Does with the transport what the endpoint asks for. */
  #obey(): void {
    const { transportAction } = this.endpoint;
    if (transportAction === "abort") this.abort();
    if (transportAction === "end") this.#writer.end();
  }
}
