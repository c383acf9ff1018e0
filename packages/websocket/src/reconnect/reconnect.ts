/**
 * A reconnecting client: opens a socket, and another one when that is lost, after the delays of a `ReconnectPlan`.
 * Messages sent while there is no connection wait in an `Outbox`. Works with any WebSocket, including the platform's.
 *
 * Theory of operation. There is at most one attempt at a time: a call of the hook, then its socket. Attempts are
 * numbered. Results and events of an attempt that is no longer current are ignored, and its socket is closed. An
 * attempt leads to `#opened` or `#lost`, and `#lost` leads to waiting or to the end.
 */
import { UsageError } from "@hybi/core";
import { checkOptions, type OptionAliases, type OptionChecks, takes } from "@hybi/core/options";
import type { BackoffOptions } from "@hybi/core/policy";
import { randomOf } from "../client/random-source.ts";
import { type AsyncDisposal, defineAsyncDisposal } from "../dom/async-disposal.ts";
import { type Closer, checkClose } from "../dom/check-close.ts";
import { fire, isAskedByPlatform } from "../dom/fire.ts";
import { GuardedListeners } from "../dom/guarded-listeners.ts";
import type { MessageData, Sendable } from "../dom/message-data.ts";
import { createMessageEvent } from "../dom/message-event.ts";
import { Event, EventTarget } from "../dom/platform-classes.ts";
import { defineInterface, orDefault, toClampedUnsignedShort, toUsvString } from "../dom/web-idl.ts";
import { type Clock, clockOf, lastingClock } from "../event-loop/clock.ts";
import { LongTimer } from "../event-loop/long-timer.ts";
import {
  asUncaught,
  createReporter,
  type ErrorHandler,
  type Reporter,
  reportRejection,
} from "../event-loop/reporter.ts";
import { type Failure, failureIn } from "../failure/failure.ts";
import { clockCheck, signalCheck } from "../platform/option-checks.ts";
import { queueMicrotask } from "../platform/runtime.ts";
import { reconnectAliases } from "../sentences/other-names.ts";
import { CONNECTING } from "../socket/lifecycle.ts";
import type { RuntimeOptions } from "../socket/runtime-options.ts";
import { EndedEvent, WaitingEvent } from "./events.ts";
import { isMistake } from "./hopeless.ts";
import { MessageLoops, ReconnectError } from "./message-loops.ts";
import { Outbox, type OutboxLimits, outboxCheck } from "./outbox.ts";
import { failureOfEvent, type Outcome, outcomeOfClose, outcomeOfError, unknownOutcome } from "./outcome.ts";
import { type Decision, type PlanOptions, planChecks, ReconnectPlan } from "./plan.ts";
import { isOpen, isSocketLike, letGo, type SocketLike } from "./socket-like.ts";

/**
 * Opens the socket of an attempt; `attempt` counts from 1 since the last success. Called for every attempt, so that the
 * URL and fields can be renewed. May be asynchronous. If it throws, the attempt has failed, and another follows; a mistake of the
 * program, such as a TypeError, a UsageError or an invalid URL, goes to `onError` and ends the client.
 */
export type OpenSocket<Socket extends SocketLike> = (attempt: number) => Socket | Promise<Socket>;

/** Options of `reconnect()`. All are optional. */
export interface ReconnectOptions
  extends Omit<BackoffOptions, "random">,
    Pick<PlanOptions, "shouldReconnect" | "maximumRetryAfter"> {
  /** Limits of the messages that wait while there is no connection. */
  readonly outbox?: OutboxLimits | undefined;
  /** Ends the client, as `close` does. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Receives errors thrown by listeners of the client and by `shouldReconnect`, and mistakes of the function that opens sockets.
   * Without it they are uncaught, as on the platform.
   */
  readonly onError?: ErrorHandler | undefined;
  /** The system's clock and randomness by default. Between two attempts the clock keeps the process alive. */
  readonly runtime?: Pick<RuntimeOptions, "clock" | "random"> | undefined;
}

const { random, ...applicationChecks } = planChecks;

const reconnectRuntimeChecks: OptionChecks<Pick<RuntimeOptions, "clock" | "random">> = {
  clock: clockCheck,
  random,
};

const reconnectChecks: OptionChecks<ReconnectOptions> = {
  ...applicationChecks,
  outbox: outboxCheck,
  signal: signalCheck,
  runtime: takes.options(reconnectRuntimeChecks),
  onError: takes.callback,
};

const aliases: OptionAliases = reconnectAliases(reconnectRuntimeChecks);

/**
 * Opens a socket with `open`, and a new one whenever it is lost.
 *
 * Fires `open` for each connection, `message` with the data of each message, `waiting`, and finally `ended`.
 *
 * @throws UsageError `option/unknown`, `option/type`, `option/range`
 * @example
 * const client = reconnect(async () => new WebSocket(url, { fields: [["Authorization", await token()]] }));
 * client.addEventListener("message", ({ data }) => console.log(data));
 */
export function reconnect<Socket extends SocketLike>(
  open: OpenSocket<Socket>,
  options: ReconnectOptions = {},
): Reconnecting<Socket> {
  return new Reconnecting(open, options);
}

/**
 * `reconnect` of adapters: as a program and no page, its `close` also takes the other codes of RFC 6455 §7.4.1 that may be sent, such as
 * 1001.
 *
 * @throws UsageError `option/unknown`, `option/type`, `option/range`
 */
export function reconnectAsProgram<Socket extends SocketLike>(
  open: OpenSocket<Socket>,
  options: ReconnectOptions = {},
): Reconnecting<Socket> {
  return new Reconnecting(open, options, "program");
}

/** Events of a reconnecting client. */
export interface ReconnectEventMap {
  readonly open: Event;
  readonly message: MessageEvent;
  readonly waiting: WaitingEvent;
  readonly ended: EndedEvent;
}

/** A listener as accepted by `addEventListener`. */
export type ReconnectListener<Type extends keyof ReconnectEventMap> =
  | ((event: ReconnectEventMap[Type]) => unknown)
  | { handleEvent(event: ReconnectEventMap[Type]): unknown };

/** A handler in an `on…` attribute. */
export type ReconnectHandler<Type extends keyof ReconnectEventMap> =
  | ((event: ReconnectEventMap[Type]) => unknown)
  | null;

type AnyListener = Parameters<EventTarget["addEventListener"]>[1];

/**
 * Milliseconds after an `error` while connecting until the socket counts as lost without a `close` event. The standard
 * fires both in one task, but the WebSocket of some versions of Node 22 fires no `close` and stays in CONNECTING.
 */
const closeAfterError = 1_000;

/** `await using` closes the client with 1000, and waits until it has ended. */
// biome-ignore lint/correctness/noUnusedVariables: declarations of one name have the same type parameters.
export interface Reconnecting<Socket extends SocketLike = SocketLike> extends AsyncDisposal {}

/** Resolves when the client has ended, behind its last event. */
let endOf: (client: Reconnecting) => Promise<void>;

/** Created by `reconnect`. */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: see the interface.
export class Reconnecting<Socket extends SocketLike = SocketLike> extends EventTarget {
  static {
    endOf = (client) => client.#ended;
  }

  static readonly #listeners = new GuardedListeners((target) => (target as Reconnecting).#report);

  readonly #open: OpenSocket<Socket>;
  /** Which status codes `close` may use. */
  readonly #closer: Closer;
  readonly #plan: ReconnectPlan;
  readonly #clock: Clock;
  readonly #outbox: Outbox;
  readonly #signal: AbortSignal | undefined;
  /** Reports errors thrown by the application's functions. */
  readonly #report: Reporter;
  #state: "connecting" | "open" | "waiting" | "ended" = "connecting";
  /** The number of the current attempt; increased as soon as that attempt is over. */
  #attempt = 0;
  #socket: Socket | undefined;
  /** Why the current socket has failed, if it has reported it. */
  #failure: Failure | undefined;
  /** While waiting: until the next attempt. While connecting: see `closeAfterError`. */
  #timer: LongTimer | undefined;
  /** The arguments of `close`, once it has been called. */
  #closing: readonly [code: number | undefined, reason: string] | undefined;
  /** Whether there is a listener of messages. Until then, hybi's own sockets keep them. */
  #wantsMessages = false;
  /** From the first loop over the messages. */
  #loops: MessageLoops | undefined;
  /** What loops throw after the end. */
  #endError: ReconnectError | undefined;
  /** The `on…` attributes that were ever set. */
  #handlers: Partial<Record<keyof ReconnectEventMap, unknown>> | undefined;
  readonly #onAbort: () => void = () => this.close();
  #onEnd!: () => void;
  readonly #ended: Promise<void> = new Promise((resolve) => {
    this.#onEnd = resolve;
  });

  /** @throws UsageError `option/unknown`, `option/type`, `option/range` */
  constructor(open: OpenSocket<Socket>, options: ReconnectOptions = {}, closer: Closer = "page") {
    super();
    takes.callback(open, "The first argument of reconnect, as in reconnect(() => new WebSocket(url)),");
    checkOptions("reconnect", options, reconnectChecks, aliases);
    const { runtime: { clock = lastingClock, random } = {}, signal, outbox, onError, ...plan } = options;
    this.#open = open;
    this.#closer = closer;
    this.#clock = clockOf(clock);
    this.#report = createReporter(onError, this.#clock, asUncaught);
    const { shouldReconnect } = plan;
    this.#plan = new ReconnectPlan({
      ...plan,
      random: randomOf(random),
      shouldReconnect: shouldReconnect && this.#withoutPromises(shouldReconnect),
    });
    this.#outbox = new Outbox(outbox);
    this.#signal = signal;
    signal?.addEventListener("abort", this.#onAbort);
    // Start later, so that listeners can be added before the first attempt.
    queueMicrotask(() => {
      if (signal?.aborted === true) this.close();
      else void this.#begin();
    });
  }

  /** The socket that is open or opening; undefined while waiting and after the end. */
  get socket(): Socket | undefined {
    return this.#socket;
  }

  get state(): "connecting" | "open" | "waiting" | "ended" {
    return this.#state;
  }

  /** Bytes of payload waiting for a connection. */
  get queuedLength(): number {
    return this.#outbox.length;
  }

  /**
   * Sends a message now, or with the next connection. Returns false if neither is possible: too much is waiting, or the
   * client has been closed. Messages sent over a connection that is lost before they left are lost with it.
   */
  send(data: Sendable): boolean {
    // biome-ignore lint/complexity/noArguments: in place of a parameter that would show in the interface.
    if (typeof arguments[1] === "function")
      throw new UsageError("option/type", "send of a reconnecting client takes no callback.");
    if (this.#state === "ended" || this.#closing !== undefined) return false;
    const socket = this.#socket;
    // The application may close the socket itself. From then until `close` fires it is no longer open, and messages
    // sent to it would be lost.
    if (this.#state !== "open" || !isOpen(socket) || !this.#outbox.isEmpty) return this.#outbox.add(data);
    socket!.send(data as never);
    // A socket whose buffer is full discards the message and is closed.
    return isOpen(socket);
  }

  /**
   * Closes the current connection, if any, and opens no other. While connecting or waiting, the client ends at once; a
   * socket that the hook returns later is closed.
   *
   * @throws DOMException as `WebSocket.close`; in that case nothing has changed. A socket that does not take a code that this takes is
   *   closed without one
   */
  close(code: number | undefined = undefined, reason: string | undefined = undefined): void {
    const isOver = this.#state === "ended" || this.#closing !== undefined;
    const status = orDefault(code, toClampedUnsignedShort, undefined);
    const text = orDefault(reason, toUsvString, "");
    const checked = checkClose(status, text, this.#closer);
    if (isOver) return;
    this.#closing = [checked, text];
    this.#plan.close();
    if (this.#socket !== undefined) letGo(this.#socket, checked, text);
    // Do not wait for a socket that is not open yet: it may take long to close, and its outcome is irrelevant.
    if (this.state === "connecting" || this.state === "waiting") this.#lost(unknownOutcome);
  }

  override addEventListener<Type extends keyof ReconnectEventMap>(
    type: Type,
    listener: ReconnectListener<Type> | null,
    options?: Parameters<EventTarget["addEventListener"]>[2],
  ): void;
  override addEventListener(type: string, listener: AnyListener, options?: boolean | object): void;
  override addEventListener(type: string, listener: unknown, options: boolean | object | undefined = undefined): void {
    super.addEventListener(type, Reconnecting.#listeners.guard(listener) as AnyListener, options);
    if (type === "message" && listener) this.#wantMessages();
  }

  override removeEventListener<Type extends keyof ReconnectEventMap>(
    type: Type,
    listener: ReconnectListener<Type> | null,
    options?: Parameters<EventTarget["removeEventListener"]>[2],
  ): void;
  override removeEventListener(type: string, listener: AnyListener, options?: boolean | object): void;
  override removeEventListener(
    type: string,
    listener: unknown,
    options: boolean | object | undefined = undefined,
  ): void {
    super.removeEventListener(type, Reconnecting.#listeners.guarding(listener) as AnyListener, options);
  }

  get onopen(): ReconnectHandler<"open"> {
    return this.#handler("open");
  }

  set onopen(handler: ReconnectHandler<"open">) {
    this.#setHandler("open", handler);
  }

  get onmessage(): ReconnectHandler<"message"> {
    return this.#handler("message");
  }

  set onmessage(handler: ReconnectHandler<"message">) {
    this.#setHandler("message", handler);
  }

  get onwaiting(): ReconnectHandler<"waiting"> {
    return this.#handler("waiting");
  }

  set onwaiting(handler: ReconnectHandler<"waiting">) {
    this.#setHandler("waiting", handler);
  }

  get onended(): ReconnectHandler<"ended"> {
    return this.#handler("ended");
  }

  set onended(handler: ReconnectHandler<"ended">) {
    this.#setHandler("ended", handler);
  }

  /**
   * Loops over the messages of all connections, from the first `next` on. What has arrived before a connection is lost comes before
   * the messages of the next one; what the peer sent while there was none is lost, and only the application can ask for it again, in a
   * listener of `open`. All loops share the messages: each goes to one of them. While 64 KiB are waiting, reading of hybi's sockets is
   * paused; the platform's cannot be. The loop ends when the application closes the client, and throws a `ReconnectError` if the
   * client gives up.
   */
  [Symbol.asyncIterator](): AsyncIterableIterator<MessageData, undefined> {
    if (this.#loops === undefined) {
      this.#loops = new MessageLoops(
        () => this.#wantMessages(),
        () => this.#pauseOrResume(),
      );
      if (this.#state === "ended") this.#loops.end(this.#endError);
    }
    return this.#loops.loop() as AsyncIterableIterator<MessageData, undefined>;
  }

  override dispatchEvent(event: Event): boolean {
    return fire(this, event);
  }

  #handler<Type extends keyof ReconnectEventMap>(type: Type): ReconnectHandler<Type> {
    const handler = (this.#handlers?.[type] ?? null) as ReconnectHandler<Type>;
    // In workerd the platform looks it up as well, and would call it twice: it is a listener already.
    return isAskedByPlatform(this, type) ? null : handler;
  }

  #setHandler(type: keyof ReconnectEventMap, handler: unknown): void {
    const isFunction = typeof handler === "function";
    const isFirst = this.#handlers?.[type] === undefined;
    if (isFirst && !isFunction) return;
    this.#handlers = { ...this.#handlers, [type]: isFunction ? handler : null };
    // HTML §8.1.8.1: its place among the listeners is where it was first set.
    if (!isFirst) return;
    this.addEventListener(type, (event) => {
      const current = this.#handlers?.[type];
      return typeof current === "function" ? current.call(this, event) : undefined;
    });
  }

  #wantMessages(): void {
    if (this.#wantsMessages) return;
    this.#wantsMessages = true;
    if (this.#socket !== undefined) this.#listenToMessages(this.#socket, this.#attempt);
  }

  /** Pauses the socket while a loop has enough to do, and resumes it. */
  #pauseOrResume(): void {
    if (this.#state !== "open") return;
    const { pause, resume } = (this.#socket ?? {}) as { pause?: unknown; resume?: unknown };
    const action = this.#loops?.isPaused === true ? pause : resume;
    if (typeof action === "function") action.call(this.#socket);
  }

  async #begin(): Promise<void> {
    if (this.#state === "ended") return;
    this.#state = "connecting";
    const attempt = ++this.#attempt;
    let socket: unknown;
    try {
      socket = await this.#open(this.#plan.attempts + 1);
      if (!isSocketLike(socket)) throw new TypeError("The function that opens sockets must return a WebSocket.");
    } catch (error) {
      if (this.#isOwnMistake(error)) this.#report(error);
      if (attempt === this.#attempt) this.#lost(outcomeOfError(error));
      return;
    }
    if (attempt === this.#attempt) this.#listen(socket as Socket, attempt);
    else letGo(socket, ...this.#closing!);
  }

  /**
   * Whether the function that opens sockets failed by a mistake of its own: not because a connection has failed, which the events
   * report, nor because the application has aborted it.
   */
  #isOwnMistake(error: unknown): boolean {
    const isAbort = this.#signal?.aborted === true && error === this.#signal.reason;
    return !isAbort && failureIn(error) === undefined && isMistake(error);
  }

  #listen(socket: Socket, attempt: number): void {
    this.#socket = socket;
    const whileCurrent = (type: string, listener: (event: Event) => void): void =>
      socket.addEventListener(type, (event) => {
        if (attempt === this.#attempt) listener(event);
      });
    whileCurrent("open", () => this.#opened(socket));
    whileCurrent("error", (event) => this.#failed(event, socket));
    whileCurrent("close", (event) => this.#lost(outcomeOfClose(event, this.#failure, this.#state === "open")));
    if (this.#wantsMessages) this.#listenToMessages(socket, attempt);
    if (isOpen(socket)) this.#opened(socket);
    // Its `close` has already fired, or would report nothing worth waiting for.
    else if (socket.readyState !== CONNECTING) this.#lost(unknownOutcome);
  }

  #listenToMessages(socket: Socket, attempt: number): void {
    socket.addEventListener("message", (event) => {
      // The sockets of the platform have no `kind`, and no text but strings.
      const { data, kind } = event as MessageEvent & { readonly kind?: unknown };
      if (attempt !== this.#attempt) return;
      this.#loops?.push(data);
      this.dispatchEvent(
        createMessageEvent(data, "", kind === "text" && typeof data !== "string" ? "bytes" : undefined),
      );
    });
  }

  #opened(socket: Socket): void {
    // The application may have closed it in a listener of its own.
    if (this.#state !== "connecting" || !isOpen(socket)) return;
    const attempt = this.#attempt;
    this.#clearTimer();
    this.#state = "open";
    // Not before: nothing would read the response to its opening request.
    if (this.#loops?.isPaused === true) this.#pauseOrResume();
    this.#plan.opened(this.#clock.now());
    this.#outbox.drain((message) => {
      if (attempt !== this.#attempt || !isOpen(socket)) return false;
      try {
        socket.send(message as never);
      } catch (error) {
        // The message can never be sent, and keeping it would block all others for ever.
        this.#report(error);
      }
      return true;
    });
    if (attempt === this.#attempt) this.dispatchEvent(new Event("open"));
  }

  #failed(event: Event, socket: Socket): void {
    this.#failure ??= failureOfEvent(event);
    if (this.#state !== "connecting" || this.#timer !== undefined) return;
    const attempt = this.#attempt;
    this.#setTimer(() => {
      letGo(socket, undefined, "");
      if (attempt === this.#attempt) this.#lost(outcomeOfClose(new Event("close"), this.#failure, false));
    }, closeAfterError);
  }

  #lost(outcome: Outcome): void {
    this.#attempt++;
    this.#socket = undefined;
    this.#failure = undefined;
    this.#clearTimer();
    const attempt = this.#attempt;
    const decision = this.#decide(outcome);
    // The application closed the client in `shouldReconnect`, and `ended` has already been fired.
    if (attempt !== this.#attempt) return;
    if (decision.type === "stop") {
      this.#state = "ended";
      this.#signal?.removeEventListener("abort", this.#onAbort);
      this.#endError = decision.why === "closed" ? undefined : new ReconnectError(outcome, decision.why);
      this.#loops?.end(this.#endError);
      this.dispatchEvent(new EndedEvent(outcome, decision.why, this.#outbox.take()));
      this.#onEnd();
      return;
    }
    this.#state = "waiting";
    this.#setTimer(() => void this.#begin(), decision.milliseconds);
    this.dispatchEvent(new WaitingEvent(outcome, decision.milliseconds));
  }

  /** A promise is always truthy, so returning one must be a mistake. */
  #withoutPromises(shouldReconnect: (outcome: Outcome) => boolean): (outcome: Outcome) => boolean {
    return (outcome) => {
      const returned = shouldReconnect(outcome);
      if (typeof returned !== "object") return returned;
      reportRejection(returned, this.#report);
      throw new TypeError("shouldReconnect must return true or false, and not a promise.");
    };
  }

  /** An error thrown by `shouldReconnect` ends the client, because the application's decision is unknown. */
  #decide(outcome: Outcome): Decision {
    try {
      return this.#plan.lost(this.#clock.now(), outcome);
    } catch (error) {
      this.#report(error);
      return { type: "stop", why: "final" };
    }
  }

  #setTimer(task: () => void, milliseconds: number): void {
    this.#timer = new LongTimer(this.#clock, milliseconds, () => {
      this.#timer = undefined;
      task();
    });
  }

  #clearTimer(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }
}

defineInterface(Reconnecting, "Reconnecting", [
  ...["socket", "state", "queuedLength", "send", "close"],
  ...["onopen", "onmessage", "onwaiting", "onended"],
]);

defineAsyncDisposal(Reconnecting, (client) => {
  // Not by listening for the event, which another listener may stop.
  const ended = endOf(client);
  client.close(1000);
  return ended;
});
