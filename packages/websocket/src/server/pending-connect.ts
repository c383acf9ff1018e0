/**
 * An Extended CONNECT request over HTTP/2 (RFC 8441) or HTTP/3 (RFC 9220), until the handler has answered it: the counterpart of
 * `PendingUpgrade`, which is for a byte stream. Core implements the rules; the HTTP layer sends the responses that core returns.
 */
import { createOpenEndpoint, type DeadlineConfig, type ServerConfig, type Violation } from "@hybi/core";
import {
  answerExtendedConnect,
  checkExtendedConnect,
  type Fields,
  type OpeningAnswer,
  type OpeningRequest,
  openingRequestLength,
  type Rejection,
  rejectExtendedConnect,
  rejectionFor,
  type StreamAnswer,
} from "@hybi/core/opening";
import type { Clock } from "../event-loop/clock.ts";
import { startTimer, type Timer } from "../event-loop/timer.ts";
import { failureOf } from "../failure/failure.ts";
import type { Account, Holder } from "../load/memory-budget.ts";
import type { PumpOptions } from "../pump/options.ts";
import { Pump } from "../pump/pump.ts";
import type { Transport } from "../transport/transport.ts";
import type { AcceptedListener, TransportInfo } from "./incoming-opening.ts";
import { type OpeningOwner, PendingOpening } from "./pending-opening.ts";

/** A stream of HTTP/2 or HTTP/3 whose request awaits the response. Its methods do not throw. */
export interface ConnectStream {
  /** The HTTP/2 or HTTP/3 connection that carries this stream and others, as an object of the runtime. */
  readonly session?: object | undefined;
  /** Sends the head of a success. Returns the transport for what follows it in both directions. */
  accept(answer: StreamAnswer): Transport;
  /** Sends a response with its body, and ends the stream. */
  reject(answer: StreamAnswer & { readonly body: Uint8Array }): void;
  /** Drops the stream: RST_STREAM with CANCEL, or the equivalent. */
  abort(): void;
  /** Called when the client drops the stream before its request is answered. */
  onLost: (() => void) | undefined;
}

/** What the pump of an accepted stream needs to know of its server. */
interface PumpSettings extends Pick<PumpOptions, "writeBudget" | "wrapTransport"> {
  readonly clock: Clock;
  readonly deadlines: DeadlineConfig;
}

export class PendingConnect extends PendingOpening implements Holder {
  readonly #stream: ConnectStream;
  readonly #config: ServerConfig;
  readonly #how: PumpSettings;
  #request: OpeningRequest | undefined;
  /** Accounts for the memory that the request takes. */
  #account: Account | undefined;
  #timer: Timer | undefined;
  #ended = false;

  constructor(
    owner: OpeningOwner,
    stream: ConnectStream,
    info: TransportInfo,
    config: ServerConfig,
    how: PumpSettings,
  ) {
    super(owner, how.clock, info);
    this.#stream = stream;
    this.#config = config;
    this.#how = how;
  }

  /** Checks the request, and runs the handler if it is valid. */
  begin(fields: Fields): void {
    const check = checkExtendedConnect(fields, this.#config);
    if (check.type === "violation") {
      this.#refuse(check.violation);
      return;
    }
    const refused = this.#config.checkOrigin?.(check.request);
    if (refused !== undefined) {
      this.#refuse({ ...refused, offset: 0 });
      return;
    }
    this.#request = check.request;
    this.#account = this.server.memory.open(this);
    this.#account.change(openingRequestLength(check.request));
    // The memory budget has shed this request as one that held too much.
    if (this.#ended) return;
    this.#stream.onLost = () => this.#lost();
    // RFC 9110 §15.6.4: 503, as the handler took too long and the client is not at fault.
    this.#timer = startTimer(this.clock, this.#how.deadlines.opening, () =>
      this.refuse("The handler did not answer in time.", "late"),
    );
    this.ask(check.request);
  }

  // `Closable`

  startClosing(): void {
    this.refuse("The server is closing.", "stopped");
  }

  terminate(): void {
    this.#stream.abort();
    this.#lost();
  }

  // `Holder`

  /** A no-op: nothing is read from a stream before it is accepted. */
  rest(): void {}
  goOn(): void {}

  shed(): void {
    this.refuse("The server's memory budget is exhausted.", "memory");
  }

  // `PendingOpening`

  protected get isAsked(): boolean {
    return this.#request !== undefined;
  }

  protected open(answer: OpeningAnswer, listener: AcceptedListener): void {
    const { extensions = this.#config.extensions } = answer;
    const { agreement, ...head } = answerExtendedConnect(this.#request!, { ...answer, extensions });
    const pump = new Pump({
      endpoint: createOpenEndpoint(agreement, this.#config, undefined, { extensions }),
      transport: this.#stream.accept(head),
      listener,
      onError: this.server.report,
      ...this.#how,
    });
    pump.accountTo(this.server.memory);
    this.#answered();
    listener.attach(pump);
    listener.open(agreement);
    pump.start();
    this.handOver(listener);
  }

  protected respond(rejection: Rejection): void {
    this.#stream.reject(rejectExtendedConnect(rejection));
    this.#answered();
    this.#end();
  }

  /** Called when the client or the server has dropped the stream. */
  #lost(): void {
    if (this.#request !== undefined) {
      const error = new Error("The stream was dropped before its request was answered.");
      this.failure = { kind: "transport", error };
    }
    this.#answered();
    this.#end();
  }

  #refuse(violation: Violation): void {
    const rejection = rejectionFor(violation);
    let answer = rejectExtendedConnect(rejection);
    this.reportFailure(failureOf(violation), rejection.status, (own) => {
      answer = rejectExtendedConnect(own);
      return true;
    });
    this.#stream.reject(answer);
    this.#end();
  }

  #answered(): void {
    this.#request = undefined;
    this.#account?.close();
    this.#account = undefined;
    this.#stream.onLost = undefined;
    this.#timer?.cancel();
  }

  /** Ends the opening without a connection. */
  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.over();
    this.server.replaced(this, undefined);
  }
}
