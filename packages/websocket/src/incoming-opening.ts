/** A valid opening request, as the handler of a server gets it: to be accepted or rejected (RFC 6455 §4.2.2). */
import {
  answerAliases,
  answerChecks,
  checkOptions,
  type OpeningAnswer,
  type OpeningRequest,
  type OptionChecks,
  type Rejection,
  rejectionChecks,
} from "@hybi/core";
import { Accepted } from "./accepted.ts";
import type { OpeningListener } from "./client-opening.ts";
import type { Clock } from "./clock.ts";
import { type BinaryType, binaryTypeOf } from "./message-data.ts";
import { endpointChecks } from "./option-checks.ts";
import type { Reporter } from "./reporter.ts";
import { type Closable, SocketCore } from "./socket-core.ts";
import type { FailureDetail } from "./socket-events.ts";
import { StreamCore } from "./stream-core.ts";
import { type AcceptStreamOptions, checkAcceptStream } from "./stream-info.ts";
import { WebSocket } from "./websocket.ts";
import { WebSocketStream } from "./websocket-stream.ts";

/** What an adapter knows of a transport. */
export interface TransportInfo {
  /** Whether it is TLS; decides the scheme of `url`. */
  readonly secure?: boolean | undefined;
  /** Who is at the other end, as the adapter writes it. */
  readonly remoteAddress?: string | undefined;
}

/** What an accepted request becomes: a socket, or a stream. */
export interface AcceptedListener extends OpeningListener, Closable {
  /** The request was over before it was accepted: the socket is closing at once, and ends in a turn of its own. */
  acceptedLate(detail: FailureDetail): void;
}

/** How a request is accepted. */
export interface AcceptOptions extends OpeningAnswer {
  /** How binary messages are told, in place of the server's `binaryType`. */
  readonly binaryType?: BinaryType | undefined;
}

const acceptChecks: OptionChecks<AcceptOptions> = { ...answerChecks, binaryType: endpointChecks.binaryType };

/** What can be done with a request, below `IncomingOpening`. */
export interface Answering {
  readonly clock: Clock;
  /** Where errors of what is accepted go. */
  readonly report: Reporter;
  /** Of sockets, unless `accept` says otherwise. */
  readonly binaryType: BinaryType;
  accept(answer: OpeningAnswer, listener: AcceptedListener): void;
  accepted(socket: WebSocket): void;
  reject(rejection: Rejection): void;
}

/** A request that awaits its answer. */
export class IncomingOpening {
  readonly request: OpeningRequest;
  readonly info: TransportInfo;
  readonly #answering: Answering;

  constructor(request: OpeningRequest, info: TransportInfo, answering: Answering) {
    this.request = request;
    this.info = info;
    this.#answering = answering;
  }

  /** The URL that the client asked for. */
  get url(): string {
    const { authority, resourceName } = this.request;
    return `${this.info.secure === true ? "wss" : "ws"}://${authority}${resourceName}`;
  }

  /**
   * Accepts. Messages wait until somebody listens for them. When the client has left meanwhile,
   * or the server has answered in the handler's place, the socket is CLOSING: what is sent is discarded, and `error` and
   * `close` with 1006 follow.
   *
   * @throws UsageError `endpoint/not-awaiting-answer`, and for an answer that cannot be given
   */
  accept(options: AcceptOptions = {}): WebSocket {
    checkOptions("accept", options, acceptChecks, answerAliases);
    const { binaryType: given, ...answer } = options;
    const binaryType = binaryTypeOf(given, this.#answering.binaryType);
    let core: SocketCore | undefined;
    const source = new Accepted(this.url, (target) => {
      core = new SocketCore(target!, this.#answering.clock, this.#answering.report);
      core.binaryType = binaryType;
      return core;
    });
    const socket = new WebSocket(source as unknown as string);
    this.#answering.accept(answer, core!);
    this.#answering.accepted(socket);
    return socket;
  }

  /**
   * Accepts, as streams.
   *
   * @throws as `accept`
   */
  acceptStream(answer: OpeningAnswer = {}, options: AcceptStreamOptions = {}): WebSocketStream {
    checkOptions("acceptStream", answer, answerChecks, answerAliases);
    checkAcceptStream(options);
    const core = new StreamCore(options);
    const stream = new WebSocketStream(new Accepted(this.url, () => core) as unknown as string);
    this.#answering.accept(answer, core);
    return stream;
  }

  /**
   * Answers with HTTP, and ends the transport. Does nothing when the client has left meanwhile.
   *
   * @throws UsageError `endpoint/not-awaiting-answer`, and for an answer that cannot be given
   */
  reject(rejection: Rejection): void {
    checkOptions("reject", rejection, rejectionChecks, answerAliases);
    this.#answering.reject(rejection);
  }
}
