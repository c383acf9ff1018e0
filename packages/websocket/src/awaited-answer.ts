/**
 * A request that awaits its answer, over whatever it came: the handler is asked, and answers once; what becomes of an answer that
 * comes too late, and of a handler that gives none.
 */
import { type OpeningAnswer, type Rejection, UsageError } from "@hybi/core";
import type { Clock } from "./clock.ts";
import type { AcceptedListener, Answering, IncomingOpening, TransportInfo } from "./incoming-opening.ts";
import type { MemoryBudget } from "./memory-budget.ts";
import type { BinaryType } from "./message-data.ts";
import type { Reporter } from "./reporter.ts";
import type { Closable, ClosableOwner } from "./socket-core.ts";
import type { FailureDetail } from "./socket-events.ts";
import type { WebSocket } from "./websocket.ts";
import { isEndOfConnection } from "./websocket-error.ts";

/** RFC 9110 §15.6.4: a temporary overload, or maintenance; the client may come back. */
export const unavailable: Rejection = { status: 503, fields: [["Retry-After", "5"]] };

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

export abstract class AwaitedAnswer implements Answering, Closable {
  readonly clock: Clock;
  protected readonly server: IncomingOwner;
  /** Why there is nothing left to answer, if the handler has not answered. */
  protected failure: FailureDetail = {};
  /** Whether the handler has answered, be it too late. */
  #isAnswered = false;
  /** Whether the handler has returned without an answer. */
  #isForgotten = false;
  /** What became of it, once the handler has accepted it. */
  #accepted: Closable | undefined;

  constructor(server: IncomingOwner, clock: Clock) {
    this.server = server;
    this.clock = clock;
  }

  /** Whether the request can still be answered. */
  protected abstract get isAsked(): boolean;
  /** Accepts. Only while `isAsked`, as `respond`. */
  protected abstract open(answer: OpeningAnswer, listener: AcceptedListener): void;
  /** Answers with HTTP. */
  protected abstract respond(rejection: Rejection): void;

  // `Closable`

  abstract startClosing(): void;
  abstract terminate(): void;

  // `Answering`

  get report(): Reporter {
    return this.server.report;
  }

  get binaryType(): BinaryType {
    return this.server.binaryType;
  }

  accept(answer: OpeningAnswer, listener: AcceptedListener): void {
    this.#checkUnanswered();
    if (this.isAsked) this.open(answer, listener);
    else this.#late(listener);
    this.#isAnswered = true;
    this.#accepted = listener;
  }

  accepted(socket: WebSocket): void {
    if (this.#accepted?.owner !== undefined) this.server.accepted(socket);
  }

  reject(rejection: Rejection): void {
    this.#checkUnanswered();
    if (this.isAsked) this.respond(rejection);
    else this.#late();
    this.#isAnswered = true;
  }

  // For what extends it

  /** Answers with 503 in place of the handler, if the request is not answered yet. */
  protected refuse(why: string): void {
    if (!this.isAsked) return;
    this.failure = { error: new Error(`${why} The request was answered with 503.`) };
    this.respond(unavailable);
  }

  /** Asks the handler, and sees to it that the request is answered. */
  protected async ask(opening: IncomingOpening): Promise<void> {
    try {
      await this.server.requested(opening, this);
      // RFC 6455 §4.2.2 step 4: "an appropriate HTTP error code (such as 404 Not Found)" when nobody serves it.
      if (this.isAsked) {
        this.#isForgotten = true;
        this.respond({ status: 404 });
      }
    } catch (error) {
      // A loop over messages throws when the connection is lost. That is nobody's mistake, and was told with `close`.
      const isItsEnd = this.#accepted !== undefined && isEndOfConnection(error);
      if (!isItsEnd) this.server.report(error);
      this.#answerFailure();
    }
  }

  #checkUnanswered(): void {
    if (this.#isAnswered) throw new UsageError("endpoint/not-awaiting-answer");
  }

  /** The handler answers a request that is over. Only where it has returned before is that its mistake. */
  #late(listener?: AcceptedListener): void {
    if (this.#isForgotten) {
      const error = new Error(
        "The handler returned before it had answered, so the request was answered with 404. Return the promise of what it waits for.",
      );
      this.failure = { error };
      this.server.report(error);
    }
    listener?.acceptedLate(this.failure);
  }

  #answerFailure(): void {
    try {
      if (this.isAsked) this.respond({ status: 500 });
      // RFC 6455 §7.4.1: 1011, the server met a condition that kept it from fulfilling the request.
      else this.#accepted?.startClosing(1011, "");
    } catch (error) {
      // A function of the application's that the answer needs fails as well.
      this.server.report(error);
      (this.#accepted ?? this).terminate();
    }
  }
}
