/**
 * Opens the connection of a client: waits for its turn among the openings to the same host, then opens a transport, starts a
 * pump, and follows redirects. Core implements the rules of each step; this file, their order.
 */
import { ClientConfig, createClientEndpoint, createOpenEndpoint, type Endpoint, type Instant } from "@hybi/core";
import type { Fields, ResponseHead, WebSocketUrl } from "@hybi/core/opening";
import { decideRedirect, OpeningSlots } from "@hybi/core/policy";
import { createAbortController } from "../dom/platform-classes.ts";
import { longDelay } from "../event-loop/alarms.ts";
import { type Clock, clockOf } from "../event-loop/clock.ts";
import { asUncaught, createReporter, type Reporter } from "../event-loop/reporter.ts";
import { startTimer, type Timer } from "../event-loop/timer.ts";
import { Turn } from "../event-loop/turn.ts";
import { type Failure, failureIn, givenUp, transportTooLate } from "../failure/failure.ts";
import { OpeningError } from "../failure/opening-error.ts";
import { orNoReason } from "../platform/error-text.ts";
import { hasRequestContexts, queueMicrotask } from "../platform/runtime.ts";
import type { Diagnostics } from "../pump/diagnostics.ts";
import { Pump } from "../pump/pump.ts";
import type { Opening, OpeningListener } from "../socket/opening.ts";
import { type AgreedTransport, checkAgreedTransport, ownRest } from "../transport/agreed-transport.ts";
import { transportCheck } from "../transport/checks.ts";
import type { Transport } from "../transport/transport.ts";
import { ClassOptions, type ClientSetup } from "./client-setup.ts";
import { destinationOf } from "./destination.ts";
import { askAboutRedirect } from "./redirect-hook.ts";
import type { ClientSocketOptions, Connect } from "./socket-options.ts";

/**
 * RFC 6455 §4.1 step 2: at most one connection in CONNECTING to a host, within this realm and as far as hosts can be
 * recognized. Where I/O belongs to a request, no opening waits for another: the other's request may be over, or the other may
 * make progress only in its own request.
 */
const slots = hasRequestContexts ? undefined : new OpeningSlots<ClientOpening>();

/** One attempt to open a connection, redirects included. */
export class ClientOpening implements Opening {
  readonly #options: ClientSocketOptions;
  readonly #listener: OpeningListener;
  readonly #clock: Clock;
  #url: WebSocketUrl;
  #setup: ClientSetup;
  #followed = 0;
  #sameOrigin = true;
  #slot: string | undefined;
  #controller: AbortController | undefined;
  #pump: Pump | undefined;
  /** When the first attempt began: one deadline covers the whole opening, including redirects and waiting for a turn. */
  #begunAt: Instant | undefined;
  /** Runs while there is no pump; a pump enforces the deadline itself. */
  #timer: Timer | undefined;
  /** `given-up` from `abort` until the listener is called; `over` once it has been called with a failure. */
  #phase: "opening" | "given-up" | "over" = "opening";

  /** @throws UsageError for options that cannot be sent, and `option/range` */
  constructor(url: WebSocketUrl, options: ClientSocketOptions, listener: OpeningListener) {
    this.#options = options;
    this.#listener = listener;
    this.#clock = clockOf(options.runtime?.clock);
    this.#url = url;
    this.#setup = ClassOptions.setupOf(options);
  }

  get diagnostics(): Diagnostics | undefined {
    return this.#options.runtime?.diagnostics;
  }

  /** Starts the opening, or waits for its turn. */
  start(): void {
    if (this.#begunAt !== undefined) this.#keepTime();
    if (slots !== undefined && this.#options.concurrentOpenings !== true) {
      this.#slot = destinationOf(connectorOf(this.#options), this.#url, this.#options.transportOptions);
      if (!slots.enter(this.#slot, this)) return;
    }
    void this.#connect();
  }

  /** Aborts the opening. `openingFailed`, or the pump's `end`, is called later and not from inside this call. */
  abort(): void {
    if (this.#phase === "opening") this.#phase = "given-up";
    if (this.#pump !== undefined) this.#pump.abort();
    else queueMicrotask(() => this.#fail(givenUp));
  }

  /** Called when the connection is open, or never will be: starts the next opening to this host. */
  leave(): void {
    const slot = this.#slot;
    this.#slot = undefined;
    const next = slot === undefined ? undefined : slots?.leave(slot, this);
    if (next !== undefined) void next.#connect();
  }

  /** Called with a response whose status is not success. Follows a permitted redirect, and returns whether it did. */
  follow(response: ResponseHead): boolean {
    const { followRedirects: limit = 0 } = this.#options;
    const { asked, deadlines } = this.#setup;
    const given: Fields = asked.fields ?? [];
    const decision = decideRedirect(this.#url, response, given, { limit, followed: this.#followed });
    if (decision.type === "stay") return false;
    if (this.#isLate()) {
      this.#stop();
      this.#fail(transportTooLate);
      return true;
    }
    const isWithin = this.#sameOrigin && decision.sameOrigin;
    let setup: ClientSetup;
    try {
      const fields = askAboutRedirect(this.#options.onRedirect, this.#url, response, decision, this.#reporter());
      // Refused, or the hook itself has given the connection up.
      if (fields === undefined || this.#phase !== "opening") return false;
      const changed = { ...asked, fields, cookies: isWithin ? asked.cookies : undefined };
      setup = { asked: changed, config: ClientConfig.of(changed), deadlines };
    } catch (error) {
      // The hook has failed, its fields cannot be sent, or the source of randomness has failed since the options were checked.
      this.#reporter()(error);
      this.#stop();
      this.#fail({ kind: "given-up", error });
      return true;
    }
    this.#stop();
    this.#followed++;
    this.#url = decision.url;
    this.#sameOrigin = isWithin;
    this.#setup = setup;
    this.start();
    return true;
  }

  /** Ends the attempt that was redirected. */
  #stop(): void {
    this.#pump?.abortSilently();
    this.#pump = undefined;
    this.leave();
  }

  async #connect(): Promise<void> {
    // Defer, so that the caller can add listeners to the new socket, or close it, before anything happens.
    await undefined;
    if (this.#phase !== "opening") return;
    this.diagnostics?.attempted(this.#listener.target!, this.#url, this.#followed);
    const { transportOptions: options } = this.#options;
    const connect = connectorOf(this.#options);
    this.#controller = createAbortController();
    const { signal } = this.#controller;
    this.#keepTime();
    try {
      if (connect === undefined) throw new TypeError("Pass options.openTransport, or use the WebSocket of an adapter.");
      const connected = await connect({
        url: this.#url,
        sameOrigin: this.#sameOrigin,
        opening: { ...this.#setup.asked, url: this.#url },
        options,
        signal,
      });
      const transport = transportOf(connected);
      if (this.#phase !== "opening") transport.abort();
      else this.#beginWith(connected, transport);
    } catch (error) {
      const failure = failureOfConnect(error);
      if (this.#phase === "opening" && failure.kind === "rejected" && this.follow(failure.response)) return;
      // An adapter may fail at once. Defer, so that a caller that awaits the socket from a function can listen for the error.
      await new Promise<void>((resolve) => Turn.of(this.#clock).after({ endTurn: resolve }));
      this.#fail(failure);
    }
  }

  #keepTime(): void {
    const left = this.#beganAt() + this.#span() - this.#clock.now();
    this.#timer ??= startTimer(this.#clock, left, () => this.#fail(transportTooLate));
  }

  #span(): number {
    return this.#setup.deadlines.opening;
  }

  /** Returns when the time for opening began. If the program was suspended until after its end, it starts again. */
  #beganAt(): Instant {
    const now = this.#clock.now();
    if (this.#begunAt === undefined || now - this.#begunAt >= this.#span() + longDelay) this.#begunAt = now;
    return this.#begunAt;
  }

  /** Whether the time for opening is over: its timer does not run while a response is read, and a server may redirect without end. */
  #isLate(): boolean {
    return this.#clock.now() - this.#beganAt() >= this.#span();
  }

  #stopTimer(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #beginWith(connected: Transport | AgreedTransport, transport: Transport): void {
    try {
      this.#begin(connected, transport);
    } catch (error) {
      // No pump has taken over the transport.
      if (this.#pump === undefined) transport.abort();
      throw error;
    }
  }

  #begin(connected: Transport | AgreedTransport, transport: Transport): void {
    this.#stopTimer();
    const { onError, runtime } = this.#options;
    const agreed = isAgreed(connected) ? connected : undefined;
    const pump = new Pump({
      endpoint: agreed
        ? createOpenEndpoint(agreed.agreement, this.#setup.config, ownRest(agreed.rest))
        : this.#createEndpoint(),
      transport,
      listener: this.#listener,
      clock: runtime?.clock,
      onError,
      deadlines: this.#setup.deadlines,
      begunAt: this.#beganAt(),
      writeBudget: runtime?.writeBudget,
      wrapTransport: runtime?.wrapTransport,
    });
    this.#pump = pump;
    this.#listener.attach(pump);
    if (agreed) this.#listener.open(agreed.agreement);
    pump.start();
  }

  #createEndpoint(): Endpoint {
    try {
      return createClientEndpoint(this.#setup.config, this.#url);
    } catch (error) {
      throw new OpeningError(this.#randomFailed(error));
    }
  }

  /** Reports errors of the application's functions to `onError`. Each is also the failure of the opening, so without `onError` it is not uncaught. */
  #reporter(): Reporter {
    const { onError } = this.#options;
    return onError === undefined ? () => {} : createReporter(onError, this.#clock, asUncaught);
  }

  /** The source of randomness has failed since the options were checked: reports that, and returns it as the failure. */
  #randomFailed(error: unknown): Failure {
    this.#reporter()(error);
    return { kind: "given-up", error };
  }

  #fail(failure: Failure): void {
    if (this.#phase === "over" || this.#pump !== undefined) return;
    this.#phase = "over";
    this.#stopTimer();
    this.#controller?.abort();
    this.leave();
    this.#listener.openingFailed(failure);
  }
}

/** Returns the function that opens transports: the application's, or the adapter's. */
function connectorOf({ openTransport, runtime }: ClientSocketOptions): Connect | undefined {
  return openTransport ?? runtime?.connect;
}

function failureOfConnect(error: unknown): Failure {
  return failureIn(error) ?? { kind: "transport", error: orNoReason(error) };
}

/** Returns the transport that was opened. @throws UsageError `option/type` if there is none */
function transportOf(connected: Transport | AgreedTransport): Transport {
  const name = "What connect or openTransport has returned";
  if (isAgreed(connected)) {
    checkAgreedTransport(connected, name);
    return connected.transport;
  }
  transportCheck(connected, name);
  return connected;
}

function isAgreed(connected: Transport | AgreedTransport): connected is AgreedTransport {
  return typeof connected === "object" && connected !== null && "agreement" in connected;
}
