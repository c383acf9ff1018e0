/** The opening handshake of a server over a byte stream (RFC 6455 §4.2): a request is read, checked, and answered. */
import { isBytes } from "../bytes/is-bytes.ts";
import type { HandshakeEvent } from "../events.ts";
import type { Extension } from "../extension.ts";
import type { HostFunctions } from "../host.ts";
import { ByteCollector } from "../http/byte-collector.ts";
import type { RequestHead } from "../http/head.ts";
import { HeadDecoder } from "../http/head-decoder.ts";
import { encodeResponseHead } from "../http/head-encoder.ts";
import { requestLine } from "../http/start-line.ts";
import type { Leniency } from "../leniency.ts";
import { type Limits, resolveLimits } from "../limits.ts";
import { checkOptions, type OptionAliases, type OptionChecks, onceChecked, takes } from "../options.ts";
import { settingAliases, settingChecks } from "../setting-checks.ts";
import { UsageError } from "../usage-error.ts";
import { type Violation, type ViolationCode, violation } from "../violation.ts";
import type { Agreement } from "./agreement.ts";
import type { OriginCheck } from "./origin.ts";
import { OutputQueue } from "./output-queue.ts";
import { type RejectedOpening, type Rejection, refuseOpeningRequest, rejectOpeningRequest } from "./rejection.ts";
import { checkDecodedRequest, checkOpeningRequest, type OpeningRequest, type OpeningRequestCheck } from "./request.ts";
import { openingRequestLength } from "./request-length.ts";
import { answerOpeningRequest, encodeAcceptedHead, type OpeningAnswer } from "./response.ts";

/** What a server's handshake is made of. */
export interface ServerHandshakeOptions {
  /** The extensions that the server is ready to use, unless `accept` says otherwise. */
  readonly extensions?: readonly Extension[] | undefined;
  /** Who may connect; everybody when left out. See `originCheck`. */
  readonly checkOrigin?: OriginCheck | undefined;
  readonly limits?: Partial<Limits> | undefined;
  readonly tolerate?: readonly Leniency[] | undefined;
  /** Its `sha1`, if there is one, is used. */
  readonly host?: HostFunctions | undefined;
}

const serverChecks: OptionChecks<ServerHandshakeOptions & typeof settingChecks> = {
  ...settingChecks,
  checkOrigin: takes.callback,
};

const aliases: OptionAliases = { ...settingAliases, verifyclient: "checkOrigin", origins: "checkOrigin" };

const checkServer = onceChecked((options: ServerHandshakeOptions) =>
  checkOptions("a server", options, serverChecks, aliases),
);

const noOptions: ServerHandshakeOptions = {};

/**
 * One opening handshake. Input: `receive`, `receiveEnd`, `accept`, `fail`. Command: `reject`. Output: `takeOutput`,
 * `transport`.
 *
 * A valid request is told with `request`; then the application takes its time and calls `accept` or `reject`. A request
 * that is not valid is answered here, and told with `failure`. Bytes that come too early are kept for the connection, up to
 * `limits.earlyData`; an adapter that can pause its transport meanwhile need not let it come to that.
 *
 * @example
 * const handshake = new ServerHandshake();
 * const [request] = handshake.receive(chunk);
 * if (request?.type === "request") {
 *   const [event] = handshake.accept({ subprotocol: request.request.subprotocols[0] });
 *   write(handshake.takeOutput());
 *   if (event?.type === "open") {
 *     const connection = new Connection(event.agreement, { offset: handshake.bytesConsumed });
 *     react(connection.receive(event.rest));
 *   }
 * }
 */
export class ServerHandshake {
  readonly #options: ServerHandshakeOptions;
  readonly #limits: Limits;
  readonly #head: HeadDecoder<RequestHead>;
  readonly #early = new ByteCollector();
  readonly #output = new OutputQueue();
  /** The request that awaits its answer. */
  #request: OpeningRequest | undefined;
  /** Bytes of memory that it takes. */
  #requestLength = 0;
  #phase: "awaiting-request" | "awaiting-answer" | "open" | "rejected" | "failed" = "awaiting-request";

  /** @throws UsageError for options that are not known or not right */
  constructor(options: ServerHandshakeOptions = noOptions) {
    checkServer(options);
    this.#options = options;
    this.#limits = resolveLimits(options.limits);
    this.#head = new HeadDecoder(requestLine, this.#limits, options.tolerate ?? []);
  }

  /** Bytes received that belong to the handshake; `rest` of the `open` event are those after them. */
  get bytesConsumed(): number {
    return this.#head.length;
  }

  /** Whether a request awaits `accept` or `reject`. */
  get awaitsAnswer(): boolean {
    return this.#phase === "awaiting-answer";
  }

  /** Bytes not yet taken. */
  get outputLength(): number {
    return this.#output.length;
  }

  /** Bytes of memory that the handshake takes for the client: the head that is read, the request that awaits its answer, early data. */
  get heldLength(): number {
    return this.#head.heldLength + this.#requestLength + this.#early.heldLength;
  }

  /** What to do with the transport once everything taken is written. */
  get transport(): "keep" | "end" {
    return this.#phase === "rejected" || this.#phase === "failed" ? "end" : "keep";
  }

  /** Removes output, oldest first: at most about `budget` bytes. */
  takeOutput(budget: number = Number.POSITIVE_INFINITY): readonly Uint8Array[] {
    return this.#output.take(budget);
  }

  /**
   * Takes bytes from the transport. Never throws because of them. After `open` they are the connection's, and not to be
   * given here any more: `opening/complete`.
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
   * Takes a head that somebody else has parsed, such as the HTTP server of the runtime, in place of its bytes. What it
   * read beyond the head goes to `receive` next.
   *
   * Throws `opening/complete` when a head was read already.
   */
  receiveHead(head: RequestHead): readonly HandshakeEvent[] {
    if (this.#phase === "failed") return [];
    if (this.#phase !== "awaiting-request") throw new UsageError("opening/complete");
    const { tolerate, limits } = this.#options;
    return this.#follow(checkOpeningRequest(head, { tolerate, limits }), []);
  }

  /** The transport delivers no more. A client that ends it before the answer does not want one. */
  receiveEnd(): readonly HandshakeEvent[] {
    return this.fail("opening/transport-ended");
  }

  /** Fails the handshake for a reason that is not in the bytes, such as `deadline/opening`. */
  fail(code: ViolationCode): readonly HandshakeEvent[] {
    const isUnderWay = this.#phase === "awaiting-request" || this.#phase === "awaiting-answer";
    return isUnderWay ? this.#fail(violation(code, this.#head.length + this.#early.length)) : [];
  }

  /**
   * Accepts the request: queues the 101 response and answers `open`. When the handshake has failed since the request came,
   * as when the client went away while the application was thinking, there is nothing left to accept and no event. `prepare`
   * is called with what was agreed before anything of it is output: what it throws leaves the request unanswered.
   *
   * Throws `endpoint/not-awaiting-answer`, and what `answerOpeningRequest` throws.
   */
  accept(answer: OpeningAnswer = {}, prepare?: (agreement: Agreement) => void): readonly HandshakeEvent[] {
    if (this.#phase === "failed") return [];
    const extensions = answer.extensions ?? this.#options.extensions;
    const { head, agreement } = answerOpeningRequest(
      this.#awaited(),
      { ...answer, extensions },
      this.#options.host?.sha1,
    );
    prepare?.(agreement);
    this.#output.add(encodeAcceptedHead(head));
    this.#phase = "open";
    this.#forgetRequest();
    return [{ type: "open", agreement, rest: this.#early.take() }];
  }

  /**
   * Rejects the request with an answer of HTTP, and ends the transport. As with `accept`, nothing happens when the
   * handshake has failed meanwhile.
   *
   * Throws `endpoint/not-awaiting-answer`, and what `rejectOpeningRequest` throws.
   */
  reject(rejection: Rejection): void {
    if (this.#phase === "failed") return;
    this.#awaited();
    this.#send(rejectOpeningRequest(rejection));
    this.#phase = "rejected";
    this.#forgetRequest();
    this.#early.clear();
  }

  #readHead(chunk: Uint8Array): readonly HandshakeEvent[] {
    const step = this.#head.receive(chunk, 0);
    if (step.type === "more") return [];
    if (step.type === "violation") return this.#fail(violation(step.code, step.offset));
    const check = checkDecodedRequest(step.head, {
      tolerate: this.#options.tolerate,
      limits: this.#limits,
      offset: this.#head.length,
    });
    const events = this.#follow(check, this.#head.tolerated);
    return this.#phase === "awaiting-answer" ? [...events, ...this.#keep(chunk, step.end)] : events;
  }

  /** Tells of a valid request, and answers another one. */
  #follow(check: OpeningRequestCheck, toleratedInHead: readonly Leniency[]): readonly HandshakeEvent[] {
    if (check.type === "violation") return this.#fail(check.violation);
    const { tolerated } = check.request;
    const request: OpeningRequest =
      toleratedInHead.length === 0
        ? check.request
        : { ...check.request, tolerated: [...toleratedInHead, ...tolerated] };
    const refused = this.#options.checkOrigin?.(request);
    if (refused !== undefined) return this.#fail({ ...refused, offset: this.#head.length });
    this.#request = request;
    this.#requestLength = openingRequestLength(request);
    this.#phase = "awaiting-answer";
    return [{ type: "request", request }];
  }

  /** Keeps what came before the answer: never dropped, never without bound (RFC 6455 §4.1: the client MUST wait). */
  #keep(chunk: Uint8Array, start: number): readonly HandshakeEvent[] {
    const room = this.#limits.earlyData - this.#early.length;
    if (chunk.length - start > room) {
      return this.#fail(violation("opening/early-data-too-big", this.#head.length + this.#limits.earlyData));
    }
    this.#early.append(chunk, start, chunk.length);
    return [];
  }

  /** The request that awaits its answer. */
  #awaited(): OpeningRequest {
    if (this.#request === undefined) throw new UsageError("endpoint/not-awaiting-answer");
    return this.#request;
  }

  #forgetRequest(): void {
    this.#request = undefined;
    this.#requestLength = 0;
  }

  #fail(violation: Violation): readonly HandshakeEvent[] {
    this.#phase = "failed";
    this.#forgetRequest();
    this.#early.clear();
    if (violation.httpStatus !== undefined) this.#send(refuseOpeningRequest(violation));
    return [{ type: "failure", violation }];
  }

  #send({ head, body }: RejectedOpening): void {
    this.#output.add(encodeResponseHead(head));
    this.#output.add(body);
  }
}
