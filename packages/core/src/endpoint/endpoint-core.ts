/**
 * A WebSocket endpoint over one byte stream: the opening handshake (RFC 6455 §4), then the connection (§5–§7), behind
 * one `receive`. It composes the two and adds one rule: a connection that never opened ends with 1006 (§7.1.5).
 *
 * Handshakes of both roles are types here: a value would bring the other role along for programs that have only one.
 */

import { isBytes, noBytes } from "../bytes/byte-arrays.ts";
import { UsageError } from "../checks/usage-error.ts";
import type { ClosingState, TransportAction } from "../closing/states.ts";
import type { ClientConfig } from "../config/client-config.ts";
import type { ConnectionConfig, ConnectionOptions, ConnectionStart } from "../config/connection-config.ts";
import type { ServerConfig } from "../config/server-config.ts";
import { type CloseOptions, Connection } from "../connection.ts";
import type { EndEvent, EndpointEvent, HandshakeEvent } from "../events.ts";
import type { RequestHead } from "../http/head.ts";
import type { ClientHandshake } from "../opening/client-handshake.ts";
import type { Rejection } from "../opening/rejection.ts";
import type { OpeningAnswer } from "../opening/response.ts";
import type { ServerHandshake } from "../opening/server-handshake.ts";
import type { Output } from "../output.ts";
import type { MessageStream } from "../sending/message-stream.ts";
import type { SendOptions } from "../sending/output-scheduler.ts";
import type { PreparedMessage } from "../sending/prepared-message.ts";
import type { DeadlineReason } from "../time/deadlines.ts";
import { type Statistics, statisticsOf } from "../time/statistics.ts";
import type { Agreement } from "../vocabulary/agreement.ts";
import type { Extension } from "../vocabulary/extension.ts";
import type { Limits } from "../vocabulary/limits.ts";
import { statusCodes } from "../vocabulary/status-code.ts";
import type { MessageKind, Role } from "../vocabulary/terms.ts";

/** What to do with bytes that arrive after the end of the opening handshake, in the same chunk. */
export type EarlyBytes = "receive" | "leave";

type Handshake = ClientHandshake | ServerHandshake;

/** An opening handshake that has not led to a connection yet, or never will. */
interface Opening {
  readonly handshake: Handshake;
  readonly config: ConnectionConfig;
  /** After `failed` only the end of the transport remains. */
  state: "opening" | "failed" | "ended";
  isAborted: boolean;
}

/** What an opening that succeeded has left to do. */
interface Remainder {
  /** Until its output is taken. */
  handshake: Handshake | undefined;
  /** Bytes behind the opening handshake that have not been received yet. */
  rest: Uint8Array;
  /** An error thrown after the opening handshake already had its result. The next `takeOutput` throws it. */
  failure: { readonly error: unknown } | undefined;
}

/**
 * One endpoint.
 *
 * *Inputs* are `receive`, `receiveHead`, `receiveEnd`, `accept` and `expire`; each returns the events it caused, in wire
 * order. *Commands* are `reject`, `send…`, `startMessage` and `fail`; they throw a `UsageError` and change nothing, or
 * succeed and add output. *Output* is `takeOutput` and `transportAction`. After any input or command: handle the events,
 * write what `takeOutput` returns, and obey `transportAction`.
 *
 * @example
 * const endpoint = createServerEndpoint();
 * for (const event of endpoint.receive(chunk)) {
 *   if (event.type === "request") react(endpoint.accept());
 *   if (event.type === "text") endpoint.sendText(event.data);
 *   if (event.type === "binary") endpoint.sendBinary(event.data);
 * }
 * for (const bytes of endpoint.takeOutput()) transport.write(bytes);
 */
export class EndpointCore implements Output, Statistics {
  /** Undefined once there is a connection. */
  #opening: Opening | undefined;
  #connection: Connection | undefined;
  /** Undefined as soon as nothing is left, so that an idle connection keeps nothing of its opening. */
  #remainder: Remainder | undefined;

  constructor(opening: Opening | undefined, connection: Connection | undefined, remainder: Remainder | undefined) {
    this.#opening = opening;
    this.#connection = connection;
    this.#remainder = remainder;
  }

  get role(): Role {
    return this.#connection === undefined ? this.#opening!.config.role : this.#connection.role;
  }

  /** `opening` until the connection is open, then the state of the closing handshake. */
  get state(): ClosingState | "opening" {
    return this.#connection === undefined ? this.#opening!.state : this.#connection.state;
  }

  /** The connection, once it is open. Its `receiveInto` creates no event objects. */
  get connection(): Connection | undefined {
    return this.#connection;
  }

  /** The agreement, once the connection is open. */
  get agreement(): Agreement | undefined {
    return this.#connection?.agreement;
  }

  /** The limits in effect, including defaults. */
  get limits(): Limits {
    return this.#connection === undefined ? this.#opening!.config.limits : this.#connection.limits;
  }

  /** The counters at this moment, as plain data; all are 0 until the connection is open. */
  get statistics(): Statistics {
    return statisticsOf(this);
  }

  get bytesReceived(): number {
    return this.#connection?.bytesReceived ?? 0;
  }

  get bytesTaken(): number {
    return this.#connection?.bytesTaken ?? 0;
  }

  get messagesReceived(): number {
    return this.#connection?.messagesReceived ?? 0;
  }

  get messagesSent(): number {
    return this.#connection?.messagesSent ?? 0;
  }

  get controlFramesReceived(): number {
    return this.#connection?.controlFramesReceived ?? 0;
  }

  get pingsTaken(): number {
    return this.#connection?.pingsTaken ?? 0;
  }

  /** Whether an opening request is waiting for `accept` or `reject`. */
  get awaitsAnswer(): boolean {
    return this.#opening?.state === "opening" && serverHandshake(this.#opening)?.awaitsAnswer === true;
  }

  /** See `Connection.isWithinMessage`. */
  get isWithinMessage(): boolean {
    return this.#connection?.isWithinMessage === true;
  }

  get awaitsPong(): boolean {
    return this.#connection?.awaitsPong === true;
  }

  /** See `Connection.awaitsSender`. */
  get awaitsSender(): boolean {
    return this.#connection?.awaitsSender === true;
  }

  /** See `Connection.pingsAnswered`. */
  get pingsAnswered(): number {
    return this.#connection?.pingsAnswered ?? 0;
  }

  // Inputs

  /**
   * Handles received bytes. Takes ownership of `chunk`; see `Connection.receive`.
   *
   * `early` decides what happens to bytes after the opening handshake in the same chunk: "receive" processes them,
   * "leave" keeps them for `takeRest`, so that they can be passed to `receiveInto` of the connection with a work budget.
   */
  receive(chunk: Uint8Array, early: EarlyBytes = "receive"): readonly EndpointEvent[] {
    const connection = this.#connection;
    if (connection === undefined) {
      const opening = this.#opening!;
      return opening.state === "opening" ? this.#follow(opening, opening.handshake.receive(chunk), early) : [];
    }
    if (this.#remainder === undefined) return connection.receive(chunk);
    // Check first, so that the events of the rest are not lost with the error.
    if (!isBytes(chunk)) throw new UsageError("endpoint/chunk-type");
    return [...this.#receiveRest(connection), ...connection.receive(chunk)];
  }

  /**
   * Server: handles an opening request that another parser has read, such as the HTTP server of the runtime, in place of
   * its bytes. Pass any bytes read beyond it to `receive` next.
   *
   * @throws UsageError `opening/complete` when a request was read already
   */
  receiveHead(head: RequestHead): readonly EndpointEvent[] {
    const opening = this.#opening;
    const handshake = opening && serverHandshake(opening);
    if (handshake === undefined) throw new UsageError("opening/complete");
    return opening!.state === "opening" ? this.#follow(opening!, handshake.receiveHead(head), "receive") : [];
  }

  /** Handles the end of the transport: the peer closed its half, or the connection was lost. */
  receiveEnd(): readonly EndpointEvent[] {
    const connection = this.#connection;
    if (connection !== undefined) return [...this.#receiveRest(connection), ...connection.receiveEnd()];
    const opening = this.#opening!;
    if (opening.state === "ended") return [];
    const events = opening.state === "opening" ? this.#follow(opening, opening.handshake.receiveEnd(), "receive") : [];
    opening.state = "ended";
    // RFC 6455 §7.1.5: no Close frame was received, so the code is 1006.
    const end: EndEvent = { type: "end", clean: false, statusCode: statusCodes.abnormalClosure, reason: "" };
    return [...events, end];
  }

  /**
   * Server: accepts the request of the `request` event. Returns `open`, followed by the events of bytes that arrived
   * early. Does nothing if the client has gone away meanwhile. `early` is as in `receive`.
   *
   * @throws UsageError `endpoint/not-awaiting-answer`, and for an answer that cannot be sent
   */
  accept(answer: OpeningAnswer = {}, early: EarlyBytes = "receive"): readonly EndpointEvent[] {
    const server = this.#server();
    const opening = this.#opening!;
    if (opening.state !== "opening") return [];
    let connection: Connection | undefined;
    const agreement = server.agree(answer, (agreement) => {
      connection = connect(agreement, opening, answer.extensions);
    });
    // The handshake has not failed, because then `state` says so.
    return this.#enter(opening, agreement!, connection!, server.takeEarly() ?? noBytes, early);
  }

  /** Handles a deadline that has passed; see `Deadlines`. */
  expire(reason: DeadlineReason): readonly EndpointEvent[] {
    const connection = this.#connection;
    if (connection !== undefined) {
      const early = this.#receiveRest(connection);
      const events = connection.expire(reason);
      return early.length === 0 ? events : [...early, ...events];
    }
    const opening = this.#opening!;
    if (reason === "closing" || reason === "stalled") opening.isAborted = true;
    if (reason !== "opening" || opening.state !== "opening") return [];
    return this.#follow(opening, opening.handshake.fail("deadline/opening"), "receive");
  }

  /** Number of bytes that `takeRest` would return. */
  get restLength(): number {
    return this.#remainder?.rest.length ?? 0;
  }

  /**
   * Removes and returns the bytes behind the opening handshake that have not been received: those of `fromAgreement`, and
   * those that "leave" has kept. Pass them to `receiveInto` of the connection before anything else.
   */
  takeRest(): Uint8Array {
    if (this.#remainder === undefined) return new Uint8Array(0);
    const { handshake, rest, failure } = this.#remainder;
    this.#remainder = remainder(handshake, noBytes, failure);
    // No shared array leaves: the application may transfer the buffer of what it is given.
    return rest.length === 0 ? new Uint8Array(0) : rest;
  }

  // Commands

  /**
   * Server: rejects the request with an HTTP response and ends the transport.
   *
   * @throws UsageError `endpoint/not-awaiting-answer`, and for a rejection that cannot be sent
   */
  reject(rejection: Rejection): void {
    const server = this.#server();
    const opening = this.#opening!;
    if (opening.state !== "opening") return;
    server.reject(rejection);
    opening.state = "failed";
  }

  /**
   * Server: replaces the response to an invalid request, when its `failure` is emitted and before output is taken. Returns whether it
   * has. It does nothing where there is no such response: see `ServerHandshake.rejectInvalid`.
   *
   * @throws UsageError for a rejection that cannot be sent
   */
  rejectInvalid(rejection: Rejection): boolean {
    const handshake = this.#opening && serverHandshake(this.#opening);
    return handshake?.rejectInvalid(rejection) === true;
  }

  /** See `Connection.sendText`. @throws UsageError `endpoint/not-open` too */
  sendText(data: string, options?: SendOptions): number {
    return this.#open().sendText(data, options);
  }

  /** See `Connection.sendUtf8`. @throws UsageError `endpoint/not-open` too */
  sendUtf8(data: Uint8Array, options?: SendOptions): number {
    return this.#open().sendUtf8(data, options);
  }

  /** See `Connection.sendBinary`. @throws UsageError `endpoint/not-open` too */
  sendBinary(data: Uint8Array, options?: SendOptions): number {
    return this.#open().sendBinary(data, options);
  }

  /** See `Connection.sendPrepared`. @throws UsageError `endpoint/not-open` too */
  sendPrepared(message: PreparedMessage, options?: SendOptions): number {
    return this.#open().sendPrepared(message, options);
  }

  /** See `Connection.startMessage`. @throws UsageError `endpoint/not-open` too */
  startMessage(kind: MessageKind, options?: SendOptions): MessageStream {
    return this.#open().startMessage(kind, options);
  }

  /** See `Connection.mark`. @throws UsageError `endpoint/not-open` */
  mark(subject: object, priority?: number): void {
    this.#open().mark(subject, priority);
  }

  /** See `Connection.takeMarks`. */
  takeMarks(): readonly object[] {
    return this.#connection === undefined ? [] : this.#connection.takeMarks();
  }

  /** See `Connection.sendPing`. @throws UsageError `endpoint/not-open` too */
  sendPing(payload?: Uint8Array | string): void {
    this.#open().sendPing(payload);
  }

  /** See `Connection.sendPong`. @throws UsageError `endpoint/not-open` too */
  sendPong(payload?: Uint8Array | string): void {
    this.#open().sendPong(payload);
  }

  /** See `Connection.sendClose`. @throws UsageError `endpoint/not-open` too */
  sendClose(statusCode?: number, reason?: string, options?: CloseOptions): void {
    this.#open().sendClose(statusCode, reason, options);
  }

  /** See `Connection.fail`. @throws UsageError `endpoint/not-open` too */
  fail(statusCode?: number, reason?: string): void {
    this.#open().fail(statusCode, reason);
  }

  // Output

  /** Takes bytes to write, oldest first; see `Output`. */
  takeOutput(budget: number = Number.POSITIVE_INFINITY): readonly Uint8Array[] {
    const connection = this.#connection;
    if (connection === undefined) return this.#opening!.handshake.takeOutput(budget);
    if (this.#remainder === undefined) return connection.takeOutput(budget);
    const { handshake, rest, failure } = this.#remainder;
    if (failure !== undefined) {
      this.#remainder = remainder(handshake, rest);
      throw failure.error;
    }
    if (handshake === undefined) return connection.takeOutput(budget);
    const response = handshake.takeOutput(budget);
    if (handshake.outputLength > 0) return response;
    this.#remainder = remainder(undefined, rest);
    const taken = response.reduce((sum, chunk) => sum + chunk.length, 0);
    if (taken >= budget) return response;
    try {
      return [...response, ...connection.takeOutput(budget - taken)];
    } catch (error) {
      // The response has been taken and must be written first.
      this.#remainder = remainder(undefined, rest, { error });
      return response;
    }
  }

  /** See `Connection.takePrepared`. Takes nothing before the opening handshake has left. */
  takePrepared(budget: number): Uint8Array | undefined {
    return this.#remainder === undefined ? this.#connection?.takePrepared(budget) : undefined;
  }

  /** Hands back chunks that the transport has written; see `Connection.releaseOutput`. */
  releaseOutput(chunks: readonly Uint8Array[]): void {
    this.#connection?.releaseOutput(chunks);
  }

  get outputLength(): number {
    if (this.#connection === undefined) return this.#opening!.handshake.outputLength;
    const { outputLength } = this.#connection;
    if (this.#remainder === undefined) return outputLength;
    const { handshake, failure } = this.#remainder;
    const length = outputLength + (handshake?.outputLength ?? 0);
    // Callers check this before `takeOutput`, so a pending failure must make it nonzero.
    return failure === undefined ? length : Math.max(1, length);
  }

  /**
   * Approximate memory in bytes that the endpoint holds for its peer, in addition to `outputLength`: the opening
   * handshake in progress, then `Connection.heldLength`.
   */
  get heldLength(): number {
    if (this.#connection === undefined) return this.#opening!.handshake.heldLength;
    const { heldLength } = this.#connection;
    if (this.#remainder === undefined) return heldLength;
    const { handshake, rest } = this.#remainder;
    return heldLength + rest.length + (handshake?.heldLength ?? 0);
  }

  /** See `Connection.queuedLength`. */
  get queuedLength(): number {
    return this.#connection?.queuedLength ?? 0;
  }

  /** See `Connection.droppedLength`. */
  get droppedLength(): number {
    return this.#connection?.droppedLength ?? 0;
  }

  get transportAction(): TransportAction {
    if (this.#connection !== undefined) return this.#connection.transportAction;
    const { state, isAborted, handshake } = this.#opening!;
    if (isAborted) return "abort";
    return state === "opening" ? handshake.transportAction : "end";
  }

  // Internals

  /** Passes on the events of the handshake, and opens the connection once it has succeeded. */
  #follow(opening: Opening, events: readonly HandshakeEvent[], early: EarlyBytes): readonly EndpointEvent[] {
    // `open` is the only event of its input. Other events are passed on as they are.
    const event = events[0];
    if (event?.type !== "open") {
      for (const { type } of events) if (type === "failure" || type === "rejection") opening.state = "failed";
      return events;
    }
    const { agreement, rest } = event;
    // The handshake is over: if an extension throws here, the opening has failed.
    opening.state = "failed";
    return this.#enter(opening, agreement, connect(agreement, opening), rest, early);
  }

  /** The handshake has succeeded. `rest` are the bytes behind it. */
  #enter(
    { handshake: used }: Opening,
    agreement: Agreement,
    connection: Connection,
    rest: Uint8Array,
    early: EarlyBytes,
  ): readonly EndpointEvent[] {
    const handshake = used.outputLength === 0 ? undefined : used;
    this.#opening = undefined;
    this.#connection = connection;
    this.#remainder = remainder(handshake, rest);
    const opened: EndpointEvent = { type: "open", agreement, rest: new Uint8Array(0) };
    if (early === "leave" || rest.length === 0) return [opened];
    try {
      return [opened, ...this.#receiveRest(connection)];
    } catch (error) {
      // The handshake stays successful even if an extension throws here.
      this.#remainder = remainder(handshake, noBytes, { error });
      return [opened];
    }
  }

  /** Receives the bytes behind the opening handshake, unless that has been done. */
  #receiveRest(connection: Connection): readonly EndpointEvent[] {
    return this.restLength === 0 ? [] : connection.receive(this.takeRest());
  }

  #open(): Connection {
    if (this.#connection !== undefined) return this.#connection;
    throw new UsageError(this.#opening!.state === "opening" ? "endpoint/not-open" : "endpoint/ended");
  }

  /** Returns the handshake of a server that is not open yet. */
  #server(): ServerHandshake {
    const handshake = this.#opening && serverHandshake(this.#opening);
    if (handshake === undefined) throw new UsageError("endpoint/not-awaiting-answer");
    return handshake;
  }
}

/** Creates an endpoint that begins with an opening handshake. */
export function beginOpening(config: ClientConfig, handshake: ClientHandshake): EndpointCore;
export function beginOpening(config: ServerConfig, handshake: ServerHandshake): EndpointCore;
export function beginOpening(config: ConnectionConfig, handshake: Handshake): EndpointCore {
  return new EndpointCore({ handshake, config, state: "opening", isAborted: false }, undefined, undefined);
}

/**
 * Creates an endpoint that is open from the start, because its opening handshake was performed by other means (RFC 8441,
 * RFC 9220, or none at all). `rest` are bytes that were read behind that handshake: they are the first of the connection,
 * and their events the first of the next input, unless `takeRest` takes them before.
 *
 * @throws UsageError as the constructor of `Connection`, and `endpoint/chunk-type`
 */
export function createOpenEndpoint(
  agreement: Agreement,
  options?: ConnectionOptions | ConnectionConfig,
  rest: Uint8Array = noBytes,
  start?: ConnectionStart,
): EndpointCore {
  const connection = new Connection(agreement, options, start);
  if (!isBytes(rest)) throw new UsageError("endpoint/chunk-type");
  return new EndpointCore(undefined, connection, remainder(undefined, rest));
}

/** Returns the handshake of a server; undefined for a client. The configuration is of the same role: see `beginOpening`. */
function serverHandshake({ config, handshake }: Opening): ServerHandshake | undefined {
  return config.role === "server" ? (handshake as ServerHandshake) : undefined;
}

/** Creates the connection that an opening leads to. */
function connect(agreement: Agreement, { handshake, config }: Opening, extensions?: readonly Extension[]): Connection {
  return new Connection(agreement, config, { offset: handshake.bytesConsumed, extensions });
}

/** Returns undefined if nothing is left of an opening. */
function remainder(
  handshake: Handshake | undefined,
  rest: Uint8Array,
  failure?: Remainder["failure"],
): Remainder | undefined {
  if (handshake === undefined && rest.length === 0 && failure === undefined) return undefined;
  return { handshake, rest, failure };
}
