/** A valid opening request, passed to the handler of a server, which accepts or rejects it (RFC 6455 §4.2.2). */
import type { OpeningAnswer, OpeningRequest, Rejection } from "@hybi/core/opening";
import {
  answerAliases,
  answerChecks,
  checkOptions,
  type OptionChecks,
  rejectionChecks,
  takes,
} from "@hybi/core/options";
import { type BinaryType, type MessageTypes, type TextType, typesOf } from "../dom/message-data.ts";
import type { Clock } from "../event-loop/clock.ts";
import type { Reporter } from "../event-loop/reporter.ts";
import type { Failure } from "../failure/failure.ts";
import type { Closable } from "../pump/closable.ts";
import { endpointChecks } from "../socket/endpoint-checks.ts";
import type { OpeningListener } from "../socket/opening.ts";
import { SocketCore } from "../socket/socket-core.ts";
import { SocketSource, StreamSource } from "../socket/socket-source.ts";
import { StreamCore } from "../socket/stream-core.ts";
import { type AcceptStreamOptions, checkAcceptStream } from "../socket/stream-info.ts";
import { coreOf, WebSocket } from "../socket/websocket.ts";
import { WebSocketStream } from "../socket/websocket-stream.ts";

/** What an adapter knows about a transport. What its runtime does not know is undefined; the guide of each adapter has a table. */
export interface TransportInfo {
  /** Whether the transport uses TLS; decides the scheme of `url`. */
  readonly secure?: boolean | undefined;
  /** The address of the peer, in the adapter's notation. */
  readonly remoteAddress?: string | undefined;
  readonly remotePort?: number | undefined;
  /** The address that the peer has connected to. */
  readonly localAddress?: string | undefined;
  readonly localPort?: number | undefined;
  /** The protocol that was negotiated in the TLS handshake (RFC 7301), such as `http/1.1` or `h2`. */
  readonly alpnProtocol?: string | undefined;
  /** Whether the certificate of the peer was verified. */
  readonly authorized?: boolean | undefined;
  /** Returns the certificate of the peer, as the runtime represents it; undefined without one. A function, because it costs. */
  readonly peerCertificate?: (() => unknown) | undefined;
  /** The runtime's own object for the transport. It belongs to the connection: read and write nothing there. */
  readonly native?: unknown;
  /** What the application has passed along with the transport, for `opening.context` and the `context` of the socket. */
  readonly context?: unknown;
}

/** What an accepted request becomes: a socket or a stream. */
export interface AcceptedListener extends OpeningListener, Closable {
  /** Called once it is open and has its owner. */
  announce(): void;
  /** Called when the request was over before it was accepted: the socket is CLOSING at once, and ends later, not in this call. */
  acceptedLate(failure: Failure): void;
}

/** Options of `accept()`. */
export interface AcceptOptions extends OpeningAnswer {
  /** How binary messages are delivered; overrides the server's `binaryType`. */
  readonly binaryType?: BinaryType | undefined;
  /** How text messages are delivered; overrides the server's `textType`. */
  readonly textType?: TextType | undefined;
  /** The `context` of the socket or stream: anything of the application. Default: that of the opening. */
  readonly context?: unknown;
}

const acceptStreamAnswerChecks = { ...answerChecks, context: takes.anything };

const acceptChecks: OptionChecks<AcceptOptions> = {
  ...acceptStreamAnswerChecks,
  binaryType: endpointChecks.binaryType,
  textType: endpointChecks.textType,
};

/** Creates the socket of an accepted request, which has no connection yet. */
export function createAcceptedSocket(
  url: string,
  types: MessageTypes,
  { clock, report }: { readonly clock: Clock; readonly report: Reporter },
): WebSocket {
  const source = new SocketSource(url, "server", (target) => {
    const core = new SocketCore(target, clock, report);
    core.types = types;
    return core;
  });
  return new WebSocket(source);
}

/** The operations on a request that `IncomingOpening` delegates to. */
export interface Answering {
  readonly clock: Clock;
  /** Receives the errors of accepted sockets and streams. */
  readonly report: Reporter;
  /** Default `binaryType` and `textType` of accepted sockets; `accept` may override them. */
  readonly types: MessageTypes;
  /** Returns `url` as the string that sockets with the same one share, if the previous request had it too. */
  sharedUrl(url: string): string;
  accept(answer: OpeningAnswer, listener: AcceptedListener): void;
  /** Called when a socket, and not a stream, has accepted the request. */
  accepted(): void;
  reject(rejection: Rejection): void;
}

/** An opening request, which the handler answers once: with `accept`, `acceptStream` or `reject`. */
export class IncomingOpening {
  readonly request: OpeningRequest;
  readonly info: TransportInfo;
  readonly #answering: Answering;

  constructor(request: OpeningRequest, info: TransportInfo, answering: Answering) {
    this.request = request;
    this.info = info;
    this.#answering = answering;
  }

  /** What the application has passed along with the request, such as the user whom `upgrade` was given. */
  get context(): unknown {
    return this.info.context;
  }

  /** The URL that the client requested. */
  get url(): string {
    const { authority, resourceName } = this.request;
    // Not a template, which V8 keeps as a tree of slices of the request's head: a socket would hold all of it in memory.
    return [this.info.secure === true ? "wss://" : "ws://", authority, resourceName].join("");
  }

  /**
   * Accepts the request, and returns its socket. Messages wait until there is a listener for them. If the client has left
   * meanwhile, or the server has answered on behalf of the handler, the socket is CLOSING: what is sent is discarded, and
   * `error` and `close` with 1006 follow.
   *
   * @throws UsageError `endpoint/not-awaiting-answer`, and for an invalid answer
   */
  accept(options: AcceptOptions = {}): WebSocket {
    checkOptions("accept", options, acceptChecks, answerAliases);
    const { binaryType, textType, context = this.context, ...answer } = options;
    const types = typesOf({ binaryType, textType }, this.#answering.types);
    const socket = createAcceptedSocket(this.#answering.sharedUrl(this.url), types, this.#answering);
    // Before it is open: a handler of this turn may read it. Without one, the socket has no such property, and no byte for it.
    if (context !== undefined) socket.context = context;
    this.#answering.accept(answer, coreOf(socket)!);
    this.#answering.accepted();
    return socket;
  }

  /**
   * Accepts the request, and returns a `WebSocketStream`.
   *
   * @throws as `accept`
   */
  acceptStream(
    answer: Omit<AcceptOptions, "binaryType" | "textType"> = {},
    options: AcceptStreamOptions = {},
  ): WebSocketStream {
    checkOptions("acceptStream", answer, acceptStreamAnswerChecks, answerAliases);
    checkAcceptStream(options);
    const { context = this.context, ...terms } = answer;
    const core = new StreamCore(options, "server");
    const stream = new WebSocketStream(new StreamSource(this.url, "server", core));
    if (context !== undefined) stream.context = context;
    this.#answering.accept(terms, core);
    return stream;
  }

  /**
   * Rejects the request with an HTTP response, and ends the transport. A no-op if the client has left meanwhile.
   *
   * @throws UsageError `endpoint/not-awaiting-answer`, and for an invalid answer
   */
  reject(rejection: Rejection): void {
    checkOptions("reject", rejection, rejectionChecks, answerAliases);
    this.#answering.reject(rejection);
  }
}
