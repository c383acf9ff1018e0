/**
 * A request that came as an Extended CONNECT, over HTTP/2 (RFC 8441) or HTTP/3 (RFC 9220), until the handler has answered it:
 * what `Incoming` is over a byte stream. The rules are core's; the HTTP layer sends what they answer.
 */
import {
  answerExtendedConnect,
  Connection,
  type ConnectionOptions,
  checkExtendedConnect,
  type DeadlineOptions,
  type Extension,
  type Fields,
  type Leniency,
  type OpeningAnswer,
  type OpeningRequest,
  type OriginCheck,
  openingRequestLength,
  type Rejection,
  refuseExtendedConnect,
  rejectExtendedConnect,
  type StreamAnswer,
  UsageError,
  type Violation,
} from "@hybi/core";
import type { Clock } from "./clock.ts";
import type { IncomingOwner } from "./incoming.ts";
import {
  type AcceptedListener,
  type Answering,
  forgotten,
  IncomingOpening,
  type TransportInfo,
} from "./incoming-opening.ts";
import type { Account, Holder } from "./memory-budget.ts";
import type { BinaryType } from "./message-data.ts";
import { Pump } from "./pump.ts";
import type { Reporter } from "./reporter.ts";
import type { Closable } from "./socket-core.ts";
import type { FailureDetail } from "./socket-events.ts";
import { startTimer, type Timer } from "./timer.ts";
import type { Transport } from "./transport.ts";
import type { WebSocket } from "./websocket.ts";
import { isEndOfConnection } from "./websocket-error.ts";

/** A stream of HTTP/2 or HTTP/3 that awaits the answer to its request. Nothing here throws. */
export interface RequestStream {
  /** What carries it beside others: the connection of HTTP/2 or HTTP/3, as an object of the runtime's. */
  readonly session?: object | undefined;
  /** Sends the head of a success; what follows it, both ways, goes through the transport that is returned. */
  accept(answer: StreamAnswer): Transport;
  /** Sends an answer with its body, and ends the stream. */
  reject(answer: StreamAnswer & { readonly body: Uint8Array }): void;
  /** Drops the stream: RST_STREAM with CANCEL, or its like. */
  abort(): void;
  /** Told when the client drops the stream before it is answered. */
  onLost: (() => void) | undefined;
}

/** What an accepted stream goes by. */
export interface StreamOptions extends ConnectionOptions {
  readonly extensions?: readonly Extension[] | undefined;
  readonly checkOrigin?: OriginCheck | undefined;
  readonly tolerate?: readonly Leniency[] | undefined;
}

/** As `Deadlines` has it for "opening". */
const defaultOpening = 10_000;

export class IncomingStream implements Answering, Closable, Holder {
  readonly clock: Clock;
  readonly #owner: IncomingOwner;
  readonly #info: TransportInfo;
  readonly #stream: RequestStream;
  readonly #options: StreamOptions;
  readonly #deadlines: DeadlineOptions;
  readonly #writeBudget: number | undefined;
  #request: OpeningRequest | undefined;
  /** Of what the request takes of memory. */
  #account: Account | undefined;
  #timer: Timer | undefined;
  #ended = false;
  /** Whether the handler has answered, be it too late. */
  #isAnswered = false;
  /** Why there is nothing left to answer, if the handler has not answered. */
  #over: FailureDetail = {};
  #accepted: Closable | undefined;
  /** Whether the handler has returned without an answer. */
  #isForgotten = false;

  constructor(
    owner: IncomingOwner,
    stream: RequestStream,
    info: TransportInfo,
    options: StreamOptions,
    how: { clock: Clock; deadlines?: DeadlineOptions | undefined; writeBudget?: number | undefined },
  ) {
    this.#owner = owner;
    this.#stream = stream;
    this.#info = info;
    this.#options = options;
    this.clock = how.clock;
    this.#deadlines = how.deadlines ?? {};
    this.#writeBudget = how.writeBudget;
  }

  get report(): Reporter {
    return this.#owner.report;
  }

  /** Checks the request, and asks the handler if there is nothing wrong with it. */
  begin(fields: Fields): void {
    const { tolerate, limits } = this.#options;
    const check = checkExtendedConnect(fields, { tolerate, limits });
    if (check.type === "violation") {
      this.#refuse(check.violation);
      return;
    }
    const refused = this.#options.checkOrigin?.(check.request);
    if (refused !== undefined) {
      this.#refuse({ ...refused, offset: 0 });
      return;
    }
    this.#request = check.request;
    this.#account = this.#owner.memory.open(this);
    this.#owner.memory.change(this.#account, openingRequestLength(check.request));
    // It was the one that held too much.
    if (this.#ended) return;
    this.#stream.onLost = () => this.#lost();
    const { opening = defaultOpening } = this.#deadlines;
    // RFC 9110 §15.6.4: the handler has taken too long, and the client is not to blame.
    this.#timer = startTimer(this.clock, opening, () => this.#refuseNow("The handler has not answered in time."));
    void this.#ask(new IncomingOpening(check.request, this.#info, this));
  }

  // `Answering`

  get binaryType(): BinaryType {
    return this.#owner.binaryType;
  }

  accept(answer: OpeningAnswer, listener: AcceptedListener): void {
    this.#checkUnanswered();
    if (this.#request !== undefined) this.#open(this.#request, answer, listener);
    else this.#late(listener);
    this.#isAnswered = true;
    this.#accepted = listener;
  }

  accepted(socket: WebSocket): void {
    if (this.#accepted?.owner !== undefined) this.#owner.accepted(socket);
  }

  reject(rejection: Rejection): void {
    this.#checkUnanswered();
    if (this.#request !== undefined) this.#respond(rejection);
    else this.#late();
    this.#isAnswered = true;
  }

  // `Closable`

  startClosing(): void {
    this.#refuseNow("The server is closing.");
  }

  terminate(): void {
    this.#stream.abort();
    this.#lost();
  }

  // `Holder`

  /** Nothing is read of a stream that is not accepted. */
  rest(): void {}
  goOn(): void {}

  shed(): void {
    this.#refuseNow("The memory budget of the server was spent.");
  }

  #checkUnanswered(): void {
    if (this.#isAnswered) throw new UsageError("endpoint/not-awaiting-answer");
  }

  #open(request: OpeningRequest, answer: OpeningAnswer, listener: AcceptedListener): void {
    const { random, limits, tolerate, fragmentSize, host } = this.#options;
    const extensions = answer.extensions ?? this.#options.extensions;
    const { agreement, ...head } = answerExtendedConnect(request, { ...answer, extensions });
    const pump = new Pump({
      endpoint: new Connection(agreement, { random, extensions, limits, tolerate, fragmentSize, host }),
      transport: this.#stream.accept(head),
      listener,
      clock: this.clock,
      onError: this.#owner.report,
      deadlines: this.#deadlines,
      writeBudget: this.#writeBudget,
    });
    pump.accountTo(this.#owner.memory);
    this.#answered();
    listener.attach(pump);
    listener.open(agreement);
    pump.start();
    this.#owner.replaced(this, listener);
    listener.owner = this.#owner;
  }

  #respond(rejection: Rejection): void {
    this.#stream.reject(rejectExtendedConnect(rejection));
    this.#answered();
    this.#end();
  }

  /** Answers in place of the handler: the client may come back. */
  #refuseNow(why: string): void {
    if (this.#request === undefined) return;
    this.#over = { error: new Error(`${why} The request was answered with 503.`) };
    this.#respond({ status: 503, fields: [["Retry-After", "5"]] });
  }

  /** The client has dropped the stream, or the server has. */
  #lost(): void {
    if (this.#request !== undefined)
      this.#over = { error: new Error("The stream was dropped before it was answered.") };
    this.#answered();
    this.#end();
  }

  #refuse(violation: Violation): void {
    this.#stream.reject(refuseExtendedConnect(violation));
    this.#owner.failed({ violation }, this.#info);
    this.#end();
  }

  #answered(): void {
    this.#request = undefined;
    if (this.#account !== undefined) this.#owner.memory.close(this.#account);
    this.#account = undefined;
    this.#stream.onLost = undefined;
    this.#timer?.cancel();
  }

  /** The opening is over, and nothing came of it. */
  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
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
      if (this.#request !== undefined) this.#forgotten();
    } catch (error) {
      const isItsEnd = this.#accepted !== undefined && isEndOfConnection(error);
      if (!isItsEnd) this.#owner.report(error);
      this.#answerFailure();
    }
  }

  #answerFailure(): void {
    try {
      if (this.#request !== undefined) this.#respond({ status: 500 });
      else this.#accepted?.startClosing(1011, "");
    } catch (error) {
      // A function of the application's that the answer needs fails as well.
      this.#owner.report(error);
      (this.#accepted ?? this).terminate();
    }
  }
}
