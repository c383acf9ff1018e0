/**
 * An opening request that awaits the handler's answer, independent of the transport: runs the handler, lets it answer once,
 * and covers answers that come too late and handlers that give none.
 */
import { UsageError } from "@hybi/core";
import type { OpeningAnswer, OpeningRequest, Rejection } from "@hybi/core/opening";
import type { MessageTypes } from "../dom/message-data.ts";
import { isEndOfConnection } from "../dom/websocket-error.ts";
import type { Clock } from "../event-loop/clock.ts";
import type { Reporter } from "../event-loop/reporter.ts";
import { type Failure, givenUp } from "../failure/failure.ts";
import type { MemoryBudget } from "../load/memory-budget.ts";
import type { Closable, ClosableOwner } from "../pump/closable.ts";
import type { ServerRefusedMessage } from "./diagnostics-messages.ts";
import { type AcceptedListener, type Answering, IncomingOpening, type TransportInfo } from "./incoming-opening.ts";
import type { RefusalReason } from "./server-counts.ts";

/** RFC 9110 §15.6.4: temporary overload or maintenance; the client may retry. */
export const unavailable: Rejection = { status: 503, fields: [["Retry-After", "5"]] };

/** Why a failure of an opening that is the client's fault counts as refused. */
function reasonOf(failure: Failure): RefusalReason {
  if (failure.kind === "too-late") return "late";
  return failure.kind === "violation" && failure.violation.code !== "opening/transport-ended" ? "invalid" : "left";
}

/** The server, as its incoming requests see it. */
export interface OpeningOwner extends ClosableOwner {
  /** See `Answering`. */
  readonly types: MessageTypes;
  /** See `Answering`. */
  sharedUrl(url: string): string;
  /** Runs the handler. Returns what it returns, maybe a promise, and throws what it throws. */
  requested(opening: IncomingOpening, incoming: Closable): unknown;
  /**
   * Called when the client broke a rule of the opening handshake, or was too late. `answer` replaces the response, if there is one
   * to replace.
   */
  failed(failure: Failure, info: TransportInfo, answer: (rejection: Rejection) => void): void;
  /** Called when an opening has come to nothing. `incoming` is in the server, unless it has been given up before. */
  refused(incoming: Closable, reason: RefusalReason, message: ServerRefusedMessage): void;
  /** Receives the errors of the application's own code. */
  readonly report: Reporter;
  /** Budget for the memory held on behalf of peers. */
  readonly memory: MemoryBudget;
  accepted(): void;
}

export abstract class PendingOpening implements Answering, Closable {
  // `Member`, of the list of the server's connections
  place = 0;
  readonly clock: Clock;
  protected readonly server: OpeningOwner;
  readonly #info: TransportInfo;
  /** Why the request can no longer be answered, although the handler has not answered. */
  protected failure: Failure = givenUp;
  /** Whether the handler has answered, even if too late. */
  #isAnswered = false;
  /** Whether the handler returned without answering. */
  #isForgotten = false;
  /** The request, from the call of the handler until it is known what becomes of it. */
  #request: OpeningRequest | undefined;
  /** The socket or stream, once the handler has accepted the request. */
  #accepted: Closable | undefined;

  constructor(server: OpeningOwner, clock: Clock, info: TransportInfo) {
    this.server = server;
    this.clock = clock;
    this.#info = info;
  }

  /** Whether the request can still be answered. */
  protected abstract get isAsked(): boolean;
  /** Accepts the request. Called only while `isAsked`, like `respond`. */
  protected abstract open(answer: OpeningAnswer, listener: AcceptedListener): void;
  /** Sends an HTTP response that rejects the request. */
  protected abstract respond(rejection: Rejection): void;

  // `Closable`

  abstract startClosing(): void;
  abstract terminate(): void;

  // `Answering`

  get report(): Reporter {
    return this.server.report;
  }

  get types(): MessageTypes {
    return this.server.types;
  }

  sharedUrl(url: string): string {
    return this.server.sharedUrl(url);
  }

  accept(answer: OpeningAnswer, listener: AcceptedListener): void {
    this.#checkUnanswered();
    if (this.isAsked) {
      this.open(answer, listener);
      this.#publishAccepted(listener);
    } else this.#late(listener);
    this.#isAnswered = true;
    this.#accepted = listener;
  }

  accepted(): void {
    if (this.#accepted?.owner !== undefined) this.server.accepted();
  }

  reject(rejection: Rejection): void {
    this.#checkUnanswered();
    if (this.isAsked) this.#respond(rejection, "handler");
    else this.#late();
    this.#isAnswered = true;
  }

  // For subclasses

  /** Rejects the request with 503 on behalf of the handler. A no-op if the request has been answered. */
  protected refuse(why: string, reason: RefusalReason): void {
    if (!this.isAsked) return;
    this.failure = { kind: "given-up", error: new Error(`${why} The request was rejected with 503.`) };
    this.#respond(unavailable, reason);
  }

  /** Gives the opening's place in the server to the socket or stream that it has become. */
  protected handOver(listener: AcceptedListener): void {
    this.server.replaced(this, listener);
    listener.owner = this.server;
  }

  /**
   * Reports a failure that is the client's fault. `status` is that of the response, undefined if there is none; `answer` sends the
   * response of the application in its place, and returns whether it has.
   */
  protected reportFailure(
    failure: Failure,
    status: number | undefined,
    answer: (rejection: Rejection) => boolean,
  ): void {
    let sent = status;
    this.server.failed(failure, this.#info, (rejection) => {
      if (answer(rejection)) sent = rejection.status;
    });
    this.#publishRefused({ failure, status: sent }, reasonOf(failure));
  }

  /** Called when the opening is over: if the request is still unanswered, `failure` is the reason. */
  protected over(): void {
    if (this.#request !== undefined) this.#publishRefused({ failure: this.failure }, "left");
  }

  /** Runs the handler, and ensures that the request is answered. */
  protected ask(request: OpeningRequest): void {
    this.#request = request;
    this.server.diagnostics?.requested(request, this.#info);
    let returned: unknown;
    try {
      returned = this.server.requested(new IncomingOpening(request, this.#info, this), this);
    } catch (error) {
      returned = Promise.reject(error);
    }
    // Most handlers answer at once and return nothing. A promise for each of them would cost 700 bytes.
    if (returned !== undefined || this.isAsked) void this.#awaitHandler(returned);
  }

  async #awaitHandler(returned: unknown): Promise<void> {
    try {
      await returned;
      // RFC 6455 §4.2.2 step 4: "an appropriate HTTP error code (such as 404 Not Found)" when the service is not available.
      if (this.isAsked) {
        this.#isForgotten = true;
        this.#respond({ status: 404 }, "handler");
      }
    } catch (error) {
      // A loop over messages throws when the connection is lost. That is no mistake, and `close` has already reported it.
      const isItsEnd = this.#accepted !== undefined && isEndOfConnection(error);
      if (!isItsEnd) this.server.report(error);
      this.#answerFailure();
    }
  }

  #respond(rejection: Rejection, reason: RefusalReason): void {
    const request = this.#request;
    // Cleared first: for a stream, the response is the end of the opening as well.
    this.#request = undefined;
    try {
      this.respond(rejection);
    } finally {
      this.#request = request;
    }
    const { failure } = this;
    this.#publishRefused({ status: rejection.status, failure: failure === givenUp ? undefined : failure }, reason);
  }

  #publishAccepted(listener: AcceptedListener): void {
    const request = this.#request!;
    this.#request = undefined;
    this.server.diagnostics?.accepted(request, this.#info, listener.target!);
    listener.announce();
  }

  #publishRefused(
    outcome: { readonly status?: number | undefined; readonly failure: Failure | undefined },
    reason: RefusalReason,
  ): void {
    const request = this.#request;
    this.#request = undefined;
    this.server.refused(this, reason, { request, info: this.#info, status: undefined, ...outcome });
  }

  #checkUnanswered(): void {
    if (this.#isAnswered) throw new UsageError("endpoint/not-awaiting-answer");
  }

  /** Handles an answer to a request that is over. It is the handler's mistake only if the handler has returned before. */
  #late(listener?: AcceptedListener): void {
    if (this.#isForgotten) {
      const error = new Error(
        "The handler returned before it answered, so the request was rejected with 404. Return a promise from the handler, and answer before it resolves.",
      );
      this.failure = { kind: "given-up", error };
      this.server.report(error);
    }
    listener?.acceptedLate(this.failure);
  }

  #answerFailure(): void {
    try {
      if (this.isAsked) this.#respond({ status: 500 }, "handler");
      // RFC 6455 §7.4.1: 1011, an unexpected condition prevented the server from fulfilling the request.
      else this.#accepted?.startClosing(1011, "");
    } catch (error) {
      // An application function that the answer needs has failed as well.
      this.server.report(error);
      (this.#accepted ?? this).terminate();
    }
  }
}
