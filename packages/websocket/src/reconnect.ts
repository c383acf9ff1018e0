/**
 * A client that comes back: it opens a socket, and another one when that is lost, after the delays of a `ReconnectPlan`.
 * What is sent while there is none waits in an `Outbox`. It works with any WebSocket, the platform's own among them.
 */
import type { BackoffOptions, RandomSource } from "@hybi/core";
import { type Clock, clockOf, lastingClock } from "./clock.ts";
import type { Sendable } from "./message-data.ts";
import { Outbox, type OutboxLimits } from "./outbox.ts";
import { type Decision, type Outcome, ReconnectPlan } from "./reconnect-plan.ts";
import type { CloseEvent } from "./socket-events.ts";
import { randomOf } from "./socket-options.ts";
import { startTimer, type Timer } from "./timer.ts";

/** What is used of a socket. */
export interface SocketLike {
  readonly readyState: number;
  send(data: never): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: string, listener: (event: Event) => void): void;
}

/**
 * Makes the socket of an attempt, counted from 1 since the last success. Called anew for each, so that URL and fields are as
 * fresh as they must be; may take its time, and may throw.
 */
export type OpenSocket<Socket extends SocketLike> = (attempt: number) => Socket | Promise<Socket>;

/** What a reconnecting client is made of. Everything has a default. */
export interface ReconnectOptions extends Omit<BackoffOptions, "random"> {
  /** Whether an end is worth another attempt; see `isTransient`. */
  readonly shouldReconnect?: ((outcome: Outcome) => boolean) | undefined;
  /** What may wait while there is no connection. */
  readonly outbox?: OutboxLimits | undefined;
  /** Ends it, as `close` does. */
  readonly signal?: AbortSignal | undefined;
  readonly random?: RandomSource | undefined;
  /** The system's by default; between two attempts it keeps the program from ending. */
  readonly clock?: Clock | undefined;
}

/** A connection was lost, or an attempt has failed; there will be another one after `delay` milliseconds. */
export class WaitingEvent extends Event {
  readonly outcome: Outcome;
  readonly delay: number;

  constructor(outcome: Outcome, delay: number) {
    super("waiting");
    this.outcome = outcome;
    this.delay = delay;
  }
}

/** It is over for good. */
export class EndedEvent extends Event {
  readonly outcome: Outcome;
  readonly why: Extract<Decision, { type: "stop" }>["why"];

  constructor(outcome: Outcome, why: EndedEvent["why"]) {
    super("ended");
    this.outcome = outcome;
    this.why = why;
  }
}

/**
 * Opens a socket with `open`, and others when it is lost.
 *
 * Fires `open` for each connection, `message` with the data of each message, `waiting` and, at last, `ended`.
 *
 * @example
 * const client = reconnect(async () => new WebSocket(url, { fields: [["Authorization", await token()]] }));
 * client.addEventListener("message", (event) => console.log(event.data));
 */
export function reconnect<Socket extends SocketLike>(
  open: OpenSocket<Socket>,
  options: ReconnectOptions = {},
): Reconnecting<Socket> {
  return new Reconnecting(open, options);
}

const unknownOutcome: Outcome = { code: 1006, reason: "", wasClean: false };

/** Made by `reconnect`. */
export class Reconnecting<Socket extends SocketLike = SocketLike> extends EventTarget {
  readonly #open: OpenSocket<Socket>;
  readonly #plan: ReconnectPlan;
  readonly #clock: Clock;
  readonly #outbox: Outbox;
  #socket: Socket | undefined;
  #isOpen = false;
  #isEnded = false;
  #timer: Timer | undefined;
  /** Of the rejection that the current socket met with. */
  #status: number | undefined;
  #close: [code: number | undefined, reason: string | undefined] | undefined;

  /** @throws UsageError `option/range` */
  constructor(open: OpenSocket<Socket>, options: ReconnectOptions = {}) {
    super();
    const { clock = lastingClock, signal } = options;
    this.#open = open;
    this.#clock = clockOf(clock);
    this.#plan = new ReconnectPlan({ ...options, random: randomOf(options.random) });
    this.#outbox = new Outbox(options.outbox);
    signal?.addEventListener("abort", () => this.close(), { once: true });
    if (signal?.aborted === true) queueMicrotask(() => this.close());
    // Not at once: a listener must be able to hear of the first attempt.
    else queueMicrotask(() => void this.#attempt());
  }

  /** The socket that is open or opening; undefined while waiting and after the end. */
  get socket(): Socket | undefined {
    return this.#socket;
  }

  get state(): "connecting" | "open" | "waiting" | "ended" {
    if (this.#isEnded) return "ended";
    if (this.#isOpen) return "open";
    return this.#timer === undefined ? "connecting" : "waiting";
  }

  /** Bytes of payload that wait for a connection. */
  get queuedLength(): number {
    return this.#outbox.length;
  }

  /**
   * Sends, now or with the next connection. Answers false when it can do neither: too much waits, or it is over. What was
   * sent to a connection that is lost before it left is lost with it.
   */
  send(data: Sendable): boolean {
    if (this.#isEnded || this.#close !== undefined) return false;
    if (!this.#isOpen) return this.#outbox.add(data);
    this.#socket?.send(data as never);
    return true;
  }

  /** Closes the connection, if there is one, and opens no other. */
  close(code?: number, reason?: string): void {
    if (this.#isEnded) return;
    // The arguments are the socket's to check, and nothing has changed when it throws.
    this.#socket?.close(code, reason);
    this.#close = [code, reason];
    this.#plan.close();
    if (this.#socket === undefined && !this.#isAttempting) this.#lost(unknownOutcome);
  }

  #isAttempting = false;

  async #attempt(): Promise<void> {
    if (this.#isEnded) return;
    this.#timer = undefined;
    this.#status = undefined;
    this.#isAttempting = true;
    try {
      const socket = await this.#open(this.#plan.attempts + 1);
      this.#isAttempting = false;
      this.#listen(socket);
      if (this.#close !== undefined) socket.close(...this.#close);
    } catch (error) {
      this.#isAttempting = false;
      this.#lost({ ...unknownOutcome, error });
    }
  }

  #listen(socket: Socket): void {
    this.#socket = socket;
    socket.addEventListener("open", () => this.#opened(socket));
    socket.addEventListener("message", (event) => {
      this.dispatchEvent(new MessageEvent("message", { data: (event as MessageEvent).data }));
    });
    socket.addEventListener("error", (event) => {
      this.#status = (event as { response?: { status?: number } }).response?.status;
    });
    socket.addEventListener("close", (event) => {
      const { code, reason, wasClean } = event as CloseEvent;
      this.#lost({ code, reason, wasClean, status: this.#status });
    });
    if (socket.readyState === 1) this.#opened(socket);
  }

  #opened(socket: Socket): void {
    this.#isOpen = true;
    this.#plan.opened(this.#clock.now());
    for (const message of this.#outbox.take()) socket.send(message as never);
    this.dispatchEvent(new Event("open"));
  }

  #lost(outcome: Outcome): void {
    this.#socket = undefined;
    this.#isOpen = false;
    const decision = this.#plan.lost(this.#clock.now(), outcome);
    if (decision.type === "stop") {
      this.#isEnded = true;
      this.#timer?.cancel();
      this.#outbox.take();
      this.dispatchEvent(new EndedEvent(outcome, decision.why));
      return;
    }
    this.#timer = startTimer(this.#clock, decision.milliseconds, () => void this.#attempt());
    this.dispatchEvent(new WaitingEvent(outcome, decision.milliseconds));
  }
}
