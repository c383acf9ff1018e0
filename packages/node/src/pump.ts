/**
 * Drives an endpoint over a transport. It is the loop that every embedder writes, and it decides nothing: bytes go into
 * the endpoint, events to the listener, output to the transport, in one write a turn; then the transport is treated as
 * the endpoint says, and one timer is set for what is due next.
 */
import {
  type DeadlineOptions,
  Deadlines,
  type Endpoint,
  type EndpointEvent,
  type Instant,
  type OpeningAnswer,
  type Rejection,
  type RequestHead,
} from "@hybi/core";
import type { Clock, Timer } from "./clock.ts";
import type { Transport, TransportSink } from "./transport.ts";

/** Whom a pump tells. Must not throw. */
export interface PumpListener {
  /** In wire order; `end` is the last one, and always comes. */
  event(event: EndpointEvent): void;
  /** A turn is over: output was written, as far as the transport had room. */
  settled(): void;
}

export interface PumpOptions {
  readonly endpoint: Endpoint;
  readonly transport: Transport;
  readonly listener: PumpListener;
  readonly clock: Clock;
  readonly deadlines?: DeadlineOptions | undefined;
}

/**
 * Bytes taken for one write. As much as one read of the peer's, so that output waits in the endpoint, where a control
 * frame still overtakes it, and not in the transport.
 */
const writeBudget = 65_536;

/** As `Deadlines` has it for "closing". */
const defaultClosing = 10_000;

/** Drives one endpoint until its transport is closed. */
export class Pump implements TransportSink {
  readonly endpoint: Endpoint;
  readonly #transport: Transport;
  readonly #listener: PumpListener;
  readonly #clock: Clock;
  readonly #deadlines: Deadlines;
  readonly #closing: number;
  readonly #settle: () => void = () => this.#settleNow();
  readonly #expire: () => void = () => this.#expireNow();

  /** What is being written. */
  #writing: readonly Uint8Array[] | undefined;
  /** Whether there may be output behind what is being written. */
  #moreToWrite = false;
  #settling = false;
  #pauseWanted = false;
  #paused = false;
  #ended = false;
  #aborted = false;
  #closed = false;
  #timer: Timer | undefined;
  #timerAt: Instant = Number.POSITIVE_INFINITY;
  #lingersUntil: Instant | undefined;
  #lost: Error | undefined;

  constructor({ endpoint, transport, listener, clock, deadlines = {} }: PumpOptions) {
    this.endpoint = endpoint;
    this.#transport = transport;
    this.#listener = listener;
    this.#clock = clock;
    this.#deadlines = new Deadlines(endpoint, deadlines);
    this.#closing = deadlines.closing ?? defaultClosing;
  }

  /** Why the transport was lost, if it was. */
  get lost(): Error | undefined {
    return this.#lost;
  }

  /** Begins. */
  start(): void {
    this.#transport.start(this);
    this.touch();
  }

  // What the application does

  /** A command has changed the endpoint: its output leaves at the end of this turn. */
  touch(): void {
    if (this.#settling || this.#closed) return;
    this.#settling = true;
    this.#clock.defer(this.#settle);
  }

  accept(answer: OpeningAnswer | undefined): void {
    this.#deliver(this.endpoint.accept(answer));
  }

  reject(rejection: Rejection): void {
    this.endpoint.reject(rejection);
    this.touch();
  }

  receiveHead(head: RequestHead): void {
    this.#deliver(this.endpoint.receiveHead(head));
  }

  /** Stops reading at the end of this turn, unless `resume` comes before. */
  pause(): void {
    this.#pauseWanted = true;
    this.touch();
  }

  resume(): void {
    if (!this.#pauseWanted) return;
    this.#pauseWanted = false;
    this.touch();
  }

  abort(): void {
    if (this.#aborted || this.#closed) return;
    this.#aborted = true;
    this.#transport.abort();
  }

  // What the transport tells

  data(chunk: Uint8Array): void {
    this.#deliver(this.endpoint.receive(chunk));
  }

  drain(): void {
    if (this.#writing === undefined) return;
    this.endpoint.releaseOutput(this.#writing);
    this.#writing = undefined;
    // A large message takes a turn for each write: others are served meanwhile, and a control frame finds its place.
    if (this.#moreToWrite) this.#clock.nextTurn(this.#settle);
  }

  end(): void {
    this.#deliver(this.endpoint.receiveEnd());
  }

  error(error: Error): void {
    this.#lost ??= error;
  }

  close(): void {
    this.#closed = true;
    this.#timer?.stop();
    this.#deliver(this.endpoint.receiveEnd());
    this.#listener.settled();
  }

  // What they are made of

  #deliver(events: readonly EndpointEvent[]): void {
    for (let at = 0; at < events.length; at++) this.#listener.event(events[at]!);
    this.touch();
  }

  #settleNow(): void {
    this.#settling = false;
    if (this.#closed) return;
    this.#applyPause();
    this.#write();
    this.#obey();
    this.#arm();
    this.#listener.settled();
  }

  #applyPause(): void {
    const paused = this.#pauseWanted && mayProduceEvents(this.endpoint);
    if (paused === this.#paused) return;
    this.#paused = paused;
    if (paused) {
      this.#deadlines.pause();
      this.#transport.pause();
    } else {
      this.#deadlines.resume(this.#clock.now());
      this.#transport.resume();
    }
  }

  #write(): void {
    if (this.#ended || this.#aborted) return;
    this.#moreToWrite = this.#writing !== undefined;
    if (this.#moreToWrite) return;
    const chunks = this.endpoint.takeOutput(writeBudget);
    if (chunks.length === 0) return;
    this.#moreToWrite = chunks.reduce((sum, chunk) => sum + chunk.length, 0) >= writeBudget;
    this.#writing = chunks;
    this.#transport.write(chunks);
  }

  /** The instruction holds once everything is taken; the transport puts `end` behind what is being written. */
  #obey(): void {
    const { transport } = this.endpoint;
    if (transport === "abort") this.abort();
    if (transport !== "end" || this.#ended || this.#aborted) return;
    if (this.#moreToWrite) return;
    this.#ended = true;
    this.#transport.end();
  }

  #arm(): void {
    const now = this.#clock.now();
    const at = this.#deadlines.observe(now)?.at ?? this.#linger(now);
    if (at === undefined) {
      this.#timer?.stop();
      this.#timerAt = Number.POSITIVE_INFINITY;
      return;
    }
    // A timer that is too early is left: it finds nothing due and is set again, which is cheaper than to move it every turn.
    if (at >= this.#timerAt) return;
    this.#timer?.stop();
    this.#timerAt = at;
    this.#timer = this.#clock.startTimer(Math.max(1, Math.ceil(at - now)), this.#expire);
  }

  /** The peer has closed its half, and ours is closed once the output has left: a peer that does not read gets so long. */
  #linger(now: Instant): Instant | undefined {
    if (this.endpoint.state !== "ended" || this.#aborted) return undefined;
    this.#lingersUntil ??= now + this.#closing;
    return this.#lingersUntil;
  }

  #expireNow(): void {
    this.#timerAt = Number.POSITIVE_INFINITY;
    if (this.#closed) return;
    const now = this.#clock.now();
    if (this.#lingersUntil !== undefined && now >= this.#lingersUntil) this.abort();
    this.#deliver(this.#deadlines.expire(now));
  }
}

/** Once nothing received is read any more, bytes come only to be dropped, and the peer's end is what is waited for. */
function mayProduceEvents({ state }: Endpoint): boolean {
  return state === "opening" || state === "open" || state === "closing" || state === "close-sent";
}
