/**
 * A transport that came to a server: from its first byte until the handler has accepted its request, when the socket
 * becomes the pump's listener, or until it is over.
 */
import { type OpeningAnswer, type OpeningRequest, type Rejection, UsageError, type Violation } from "@hybi/core";
import type { Clock } from "./clock.ts";
import {
  type AcceptedListener,
  type Answering,
  forgotten,
  IncomingOpening,
  type TransportInfo,
} from "./incoming-opening.ts";
import type { MemoryBudget } from "./memory-budget.ts";
import type { BinaryType } from "./message-data.ts";
import type { Pump } from "./pump.ts";
import { type PumpListener, silentListener } from "./pump-listener.ts";
import type { Reporter } from "./reporter.ts";
import type { Closable, ClosableOwner } from "./socket-core.ts";
import { type FailureDetail, failureOf } from "./socket-events.ts";
import type { WebSocket } from "./websocket.ts";
import { isEndOfConnection } from "./websocket-error.ts";

/** The server, as what comes to it sees it. */
export interface IncomingOwner extends ClosableOwner {
  /** Of the sockets that are accepted, unless `accept` says otherwise. */
  readonly binaryType: BinaryType;
  /** A request came. Resolves once the handler has answered it, or has not; rejects with what the handler threw. */
  requested(opening: IncomingOpening, incoming: Closable): Promise<void>;
  /** The client broke a rule of the opening handshake, or was too late. */
  failed(detail: FailureDetail, info: TransportInfo): void;
  /** Takes the errors of the application. */
  readonly report: Reporter;
  /** Of what is held for peers. */
  readonly memory: MemoryBudget;
  /** In place of `before`, the server now has `after`, if there is anything left. */
  replaced(before: Closable, after: Closable | undefined): void;
  accepted(socket: WebSocket): void;
}

export class Incoming implements Answering, Closable {
  /** The pump's, until something is accepted. */
  readonly listener: PumpListener = {
    ...silentListener,
    request: (request) => this.#requested(request),
    failure: (violation) => this.#failed(violation),
    end: () => this.#end(),
    shed: () => this.#shed(),
  };

  readonly #owner: IncomingOwner;
  readonly #info: TransportInfo;
  /** Until the handler has accepted its request, or it is over. */
  #pump: Pump | undefined;
  /** Whether a request awaits its answer. */
  #isAsked = false;
  /** Whether the server has dropped it. */
  #isDropped = false;
  /** Whether the handler has answered, be it too late. */
  #isAnswered = false;
  /** Why there is nothing left to answer, if the handler has not answered. */
  #over: FailureDetail = {};
  /** Whether the handler has returned without an answer. */
  #isForgotten = false;
  /** What became of it, once the handler has accepted it. */
  #accepted: Closable | undefined;

  readonly clock: Clock;

  constructor(owner: IncomingOwner, clock: Clock, info: TransportInfo) {
    this.#owner = owner;
    this.#info = info;
    this.clock = clock;
  }

  get report(): Reporter {
    return this.#owner.report;
  }

  attach(pump: Pump): void {
    this.#pump = pump;
  }

  // `Answering`

  get binaryType(): BinaryType {
    return this.#owner.binaryType;
  }

  accept(answer: OpeningAnswer, listener: AcceptedListener): void {
    this.#checkUnanswered();
    if (this.#isAsked) this.#open(answer, listener);
    else this.#late(listener);
    this.#isAnswered = true;
    this.#accepted = listener;
  }

  accepted(socket: WebSocket): void {
    if (this.#accepted?.owner !== undefined) this.#owner.accepted(socket);
  }

  reject(rejection: Rejection): void {
    this.#checkUnanswered();
    if (this.#isAsked) this.#respond(rejection);
    else this.#late();
    this.#isAnswered = true;
  }

  // `Closable`

  /** The server shuts down: who asks is told to come back later, and who has not asked yet is not waited for. */
  startClosing(): void {
    if (this.#isAsked) {
      this.#over = { error: new Error("The server is closing, and has answered the request with 503.") };
      this.#respond({ status: 503, fields: [["Retry-After", "5"]] });
    } else if (this.#pump?.endpoint.state === "opening") {
      this.terminate();
    }
  }

  terminate(): void {
    this.#isDropped = true;
    this.#pump?.abort();
  }

  /** The server is short of memory: who asks is told to come back later, and who has not asked yet is not waited for. */
  #shed(): void {
    this.#over = { error: new Error("The memory budget of the server was spent.") };
    if (this.#isAsked) this.#respond({ status: 503, fields: [["Retry-After", "5"]] });
    else this.terminate();
  }

  #checkUnanswered(): void {
    if (this.#isAnswered) throw new UsageError("endpoint/not-awaiting-answer");
  }

  #open(answer: OpeningAnswer, listener: AcceptedListener): void {
    const pump = this.#pump!;
    pump.handTo(listener);
    try {
      pump.accept(answer);
    } catch (error) {
      pump.handTo(this.listener);
      throw error;
    }
    this.#isAsked = false;
    // Whoever keeps the opening does not keep the connection.
    this.#pump = undefined;
    pump.resume("opening");
    listener.attach(pump);
    this.#owner.replaced(this, listener);
    listener.owner = this.#owner;
  }

  #respond(rejection: Rejection): void {
    this.#pump!.reject(rejection);
    this.#pump!.resume("opening");
    this.#isAsked = false;
  }

  #requested(request: OpeningRequest): void {
    this.#isAsked = true;
    // RFC 6455 §4.1: the client MUST wait for the answer. At once given, it comes before the turn ends, and nothing is paused.
    this.#pump!.pause("opening");
    void this.#ask(new IncomingOpening(request, this.#info, this));
  }

  #failed(violation: Violation): void {
    this.#isAsked = false;
    this.#over = failureOf(violation, this.#pump?.lost);
    // That the transport ended is the client's fault only where the server has not dropped it.
    if (!this.#isDropped) this.#owner.failed(this.#over, this.#info);
  }

  #end(): void {
    if (this.#isAsked) this.#over = { error: this.#pump?.lost ?? new Error("The client has left.") };
    this.#isAsked = false;
    this.#pump = undefined;
    this.#owner.replaced(this, undefined);
  }

  /** The handler has returned, and its promise is resolved, if it has returned one. */
  #forgotten(): void {
    this.#isForgotten = true;
    this.#respond({ status: 404 });
  }

  /** The handler answers a request that is over. Only where it has returned before is that its mistake. */
  #late(listener?: AcceptedListener): void {
    if (this.#isForgotten) {
      this.#over = { error: forgotten() };
      this.#owner.report(this.#over.error);
    }
    listener?.acceptedLate(this.#over);
  }

  async #ask(opening: IncomingOpening): Promise<void> {
    try {
      await this.#owner.requested(opening, this);
      // RFC 6455 §4.2.2 step 4: "an appropriate HTTP error code (such as 404 Not Found)" when nobody serves it.
      if (this.#isAsked) this.#forgotten();
    } catch (error) {
      // A loop over messages throws when the connection is lost. That is nobody's mistake, and was told with `close`.
      const isItsEnd = this.#accepted !== undefined && isEndOfConnection(error);
      if (!isItsEnd) this.#owner.report(error);
      this.#answerFailure();
    }
  }

  #answerFailure(): void {
    try {
      if (this.#isAsked) this.#respond({ status: 500 });
      // RFC 6455 §7.4.1: 1011, the server met a condition that kept it from fulfilling the request.
      else this.#accepted?.startClosing(1011, "");
    } catch (error) {
      // A function of the application's that the answer needs fails as well.
      this.#owner.report(error);
      (this.#accepted ?? this).terminate();
    }
  }
}
