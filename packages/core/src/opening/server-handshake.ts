/** The server's opening handshake over a byte stream (RFC 6455 §4.2): reads a request, checks it and sends the response. */
import { isBytes } from "../bytes/byte-arrays.ts";
import { UsageError } from "../checks/usage-error.ts";
import { ServerConfig, type ServerHandshakeOptions } from "../config/server-config.ts";
import type { HandshakeEvent } from "../events.ts";
import { ByteCollector } from "../http/byte-collector.ts";
import type { RequestHead } from "../http/head.ts";
import { HeadDecoder } from "../http/head-decoder.ts";
import { encodeResponseHead } from "../http/head-encoder.ts";
import { requestLine } from "../http/start-line.ts";
import { tlsDetail } from "../http/tls-record.ts";
import type { Agreement } from "../vocabulary/agreement.ts";
import type { Leniency } from "../vocabulary/leniency.ts";
import { type RequestViolationCode, requestViolation, type Violation } from "../vocabulary/violation.ts";
import { OutputQueue } from "./output-queue.ts";
import {
  answerInvalidRequest,
  type RejectedOpening,
  type Rejection,
  rejectionFor,
  rejectOpeningRequest,
} from "./rejection.ts";
import {
  checkDecodedRequest,
  checkParsedRequest,
  type OpeningRequest,
  type OpeningRequestCheck,
  openingRequestLength,
} from "./request.ts";
import { agree, encodeAnswer, type OpeningAnswer } from "./response.ts";

/**
 * One opening handshake. Input: `receive`, `receiveHead`, `receiveEnd`, `accept`, `fail`. Command: `reject`. Output:
 * `takeOutput`, `transportAction`.
 *
 * A valid request emits `request`; the application then calls `accept` or `reject`, at any later time. An invalid request is
 * rejected by this class and emits `failure`. Bytes that arrive before the answer are stored for the connection, up to
 * `limits.earlyData`. An adapter can avoid reaching this limit by pausing its transport meanwhile.
 *
 * @example
 * const handshake = new ServerHandshake();
 * const [request] = handshake.receive(chunk);
 * if (request?.type === "request") {
 *   const [event] = handshake.accept({ subprotocol: request.request.subprotocols[0] });
 *   write(handshake.takeOutput());
 *   if (event?.type === "open") {
 *     const connection = new Connection(event.agreement, {}, { offset: handshake.bytesConsumed });
 *     react(connection.receive(event.rest));
 *   }
 * }
 */
export class ServerHandshake {
  readonly #config: ServerConfig;
  readonly #head: HeadDecoder<RequestHead>;
  /** Bytes that arrived before the answer, if any. */
  #early: ByteCollector | undefined;
  readonly #output = new OutputQueue();
  /** The request waiting for `accept` or `reject`. */
  #request: OpeningRequest | undefined;
  /** Memory used by the request, in bytes. */
  #requestLength = 0;
  /** Whether the response to an invalid request is queued, and none of it has been taken. */
  #isInvalid = false;
  #phase: "awaiting-request" | "awaiting-answer" | "open" | "rejected" | "failed" = "awaiting-request";

  /** @throws UsageError for unknown or invalid options */
  constructor(options?: ServerHandshakeOptions | ServerConfig) {
    const config = ServerConfig.of(options);
    this.#config = config;
    this.#head = new HeadDecoder(requestLine, config.limits, config.tolerate);
  }

  /** Bytes received that belong to the handshake. The `open` event carries the bytes after them as `rest`. */
  get bytesConsumed(): number {
    return this.#head.length;
  }

  /** Whether a request is waiting for `accept` or `reject`. */
  get awaitsAnswer(): boolean {
    return this.#phase === "awaiting-answer";
  }

  /** Bytes of output not yet taken. */
  get outputLength(): number {
    return this.#output.length;
  }

  /** Memory used by input of the client, in bytes: the partial head, the request waiting for an answer, and early data. */
  get heldLength(): number {
    return this.#head.heldLength + this.#requestLength + (this.#early?.heldLength ?? 0);
  }

  /** How to proceed with the transport once all output taken has been written. */
  get transportAction(): "keep" | "end" {
    return this.#phase === "rejected" || this.#phase === "failed" ? "end" : "keep";
  }

  /** Removes and returns output, oldest first: at most `budget` bytes. */
  takeOutput(budget: number = Number.POSITIVE_INFINITY): readonly Uint8Array[] {
    this.#isInvalid = false;
    return this.#output.take(budget);
  }

  /**
   * Processes bytes from the transport. Never throws because of their content.
   *
   * @throws UsageError `opening/complete` after `open`, when further bytes belong to the connection
   */
  receive(chunk: Uint8Array): readonly HandshakeEvent[] {
    if (!isBytes(chunk)) throw new UsageError("endpoint/chunk-type");
    switch (this.#phase) {
      case "awaiting-request":
        return this.#readHead(chunk);
      case "awaiting-answer":
        return this.#keep(chunk, 0);
      case "rejected":
      case "failed":
        return [];
      case "open":
        throw new UsageError("opening/complete");
    }
  }

  /**
   * Processes a head that was parsed elsewhere, for example by the HTTP server of the runtime, instead of its bytes. Pass
   * the bytes that it read beyond the head to `receive` next.
   *
   * @throws UsageError `opening/complete` when a head has already been read
   */
  receiveHead(head: RequestHead): readonly HandshakeEvent[] {
    if (this.#phase === "failed") return [];
    if (this.#phase !== "awaiting-request") throw new UsageError("opening/complete");
    return this.#follow(checkParsedRequest(head, this.#config, 0), []);
  }

  /** The client ended its half of the transport. Fails a handshake in progress: the client no longer wants the response. */
  receiveEnd(): readonly HandshakeEvent[] {
    return this.fail("opening/transport-ended");
  }

  /** Fails the handshake for a reason other than received bytes, such as `deadline/opening`. */
  fail(code: RequestViolationCode): readonly HandshakeEvent[] {
    const isUnderWay = this.#phase === "awaiting-request" || this.#phase === "awaiting-answer";
    return isUnderWay ? this.#fail(requestViolation(code, this.#head.length + this.#earlyLength())) : [];
  }

  /**
   * Accepts the request: queues the 101 response and returns `open`. If the handshake has failed since the request arrived,
   * for example because the client left before the application answered, does nothing and returns no event. `prepare` is
   * called with the agreement before any output is queued: if it throws, the request remains unanswered.
   *
   * @throws UsageError `endpoint/not-awaiting-answer`, and as `answerOpeningRequest`
   */
  accept(answer: OpeningAnswer = {}, prepare?: (agreement: Agreement) => void): readonly HandshakeEvent[] {
    const agreement = this.agree(answer, prepare);
    return agreement === undefined ? [] : [{ type: "open", agreement, rest: this.takeEarly() ?? new Uint8Array(0) }];
  }

  /**
   * Like `accept`, without an event and its empty `rest`, for `Endpoint`, which makes an event of its own. Returns undefined if the
   * handshake has failed.
   */
  agree(answer: OpeningAnswer, prepare?: (agreement: Agreement) => void): Agreement | undefined {
    if (this.#phase === "failed") return undefined;
    const request = this.#awaited();
    const { extensions, settings } = this.#config;
    const full: OpeningAnswer = answer.extensions === undefined ? { ...answer, extensions } : answer;
    const agreement = agree(request, full);
    // Both checks of a request over this handshake, of bytes and of a head, require a key; only Extended CONNECT has none.
    const response = encodeAnswer(request.key!, agreement, full, settings.native.sha1);
    prepare?.(agreement);
    this.#output.add(response);
    this.#phase = "open";
    this.#forgetRequest();
    return agreement;
  }

  /** Removes and returns the bytes that arrived before the answer, which `agree` leaves; undefined if there are none. */
  takeEarly(): Uint8Array | undefined {
    const early = this.#early?.take();
    this.#early = undefined;
    return early;
  }

  /**
   * Rejects the request with an HTTP response and ends the transport. Like `accept`, does nothing if the handshake has
   * failed meanwhile.
   *
   * @throws UsageError `endpoint/not-awaiting-answer`, and as `rejectOpeningRequest`
   */
  reject(rejection: Rejection): void {
    if (this.#phase === "failed") return;
    this.#awaited();
    this.#send(rejectOpeningRequest(rejection));
    this.#phase = "rejected";
    this.#forgetRequest();
    this.#early = undefined;
  }

  /**
   * Replaces the response to an invalid request by another, before any of it has been taken: to be called when `failure` is emitted.
   * Returns whether it has, and otherwise does nothing: bytes that are no HTTP request, a request that came too late or not at all, and
   * a valid one are answered as they are, if at all.
   *
   * @throws UsageError as `rejectOpeningRequest`
   */
  rejectInvalid(rejection: Rejection): boolean {
    if (!this.#isInvalid) return false;
    const own = answerInvalidRequest(rejection);
    this.#output.clear();
    this.#send(own);
    return true;
  }

  #earlyLength(): number {
    return this.#early?.length ?? 0;
  }

  #readHead(chunk: Uint8Array): readonly HandshakeEvent[] {
    const step = this.#head.receive(chunk, 0);
    if (step.type === "more") return [];
    if (step.type === "violation") {
      const detail = step.offset === 0 ? tlsDetail(chunk[0]) : undefined;
      return this.#fail(requestViolation(step.code, step.offset, detail));
    }
    const check = checkDecodedRequest(step.head, this.#config, this.#head.length);
    const events = this.#follow(check, this.#head.tolerated);
    const isFollowed = this.#phase === "awaiting-answer" && step.end < chunk.length;
    return isFollowed ? [...events, ...this.#keep(chunk, step.end)] : events;
  }

  /** Emits a valid request; rejects an invalid one. */
  #follow(check: OpeningRequestCheck, toleratedInHead: readonly Leniency[]): readonly HandshakeEvent[] {
    if (check.type === "violation") return this.#failInvalid(check.violation);
    const { tolerated } = check.request;
    const request: OpeningRequest =
      toleratedInHead.length === 0
        ? check.request
        : { ...check.request, tolerated: [...toleratedInHead, ...tolerated] };
    const refused = this.#config.checkOrigin?.(request);
    if (refused !== undefined) return this.#failInvalid({ ...refused, offset: this.#head.length });
    this.#request = request;
    this.#requestLength = openingRequestLength(request);
    this.#phase = "awaiting-answer";
    return [{ type: "request", request }];
  }

  /**
   * Stores bytes that arrive before the answer. They are never dropped, and limited by `limits.earlyData`, because the client
   * MUST wait (RFC 6455 §4.1).
   */
  #keep(chunk: Uint8Array, start: number): readonly HandshakeEvent[] {
    const room = this.#config.limits.earlyData - this.#earlyLength();
    if (chunk.length - start > room) {
      return this.#fail(
        requestViolation("opening/early-data-too-big", this.#head.length + this.#config.limits.earlyData),
      );
    }
    this.#early ??= new ByteCollector();
    this.#early.append(chunk, start, chunk.length);
    return [];
  }

  /** Returns the request waiting for an answer. @throws UsageError `endpoint/not-awaiting-answer` when there is none */
  #awaited(): OpeningRequest {
    if (this.#request === undefined) throw new UsageError("endpoint/not-awaiting-answer");
    return this.#request;
  }

  #forgetRequest(): void {
    this.#request = undefined;
    this.#requestLength = 0;
  }

  #failInvalid(violation: Violation): readonly HandshakeEvent[] {
    // Every violation of a request that was read has a status.
    this.#isInvalid = true;
    return this.#fail(violation);
  }

  #fail(violation: Violation): readonly HandshakeEvent[] {
    this.#phase = "failed";
    this.#forgetRequest();
    this.#early = undefined;
    if (violation.httpStatus !== undefined) this.#send(rejectOpeningRequest(rejectionFor(violation)));
    return [{ type: "failure", violation }];
  }

  #send({ head, body }: RejectedOpening): void {
    this.#output.add(encodeResponseHead(head));
    this.#output.add(body);
  }
}
