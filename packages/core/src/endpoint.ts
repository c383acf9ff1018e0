/**
 * A WebSocket endpoint over one byte stream: the opening handshake (RFC 6455 §4), and then the connection (§5–§7),
 * behind one `receive`. It composes the two and holds no rule of its own.
 */
import type { ClosingState, TransportInstruction } from "./closing/states.ts";
import { statusCodes } from "./closing/status-code.ts";
import { type CloseOptions, Connection } from "./connection.ts";
import { type ConnectionOptions, type ConnectionSettings, resolveOptions } from "./connection-options.ts";
import type { EndEvent, EndpointEvent, HandshakeEvent } from "./events.ts";
import type { Extension } from "./extension.ts";
import type { RequestHead } from "./http/head.ts";
import type { Limits } from "./limits.ts";
import type { MessageStream } from "./message/message-stream.ts";
import type { SendOptions } from "./message/outgoing.ts";
import type { PreparedMessage } from "./message/prepared-message.ts";
import type { MessageKind } from "./message-kind.ts";
import type { Agreement } from "./opening/agreement.ts";
import { ClientHandshake, type ClientHandshakeOptions } from "./opening/client-handshake.ts";
import type { Rejection } from "./opening/rejection.ts";
import type { OpeningAnswer } from "./opening/response.ts";
import { ServerHandshake, type ServerHandshakeOptions } from "./opening/server-handshake.ts";
import type { DeadlineReason, Output, Statistics } from "./output.ts";
import type { Role } from "./role.ts";
import { UsageError } from "./usage-error.ts";

/** What a client is made of. Only `random`, and `url` or its parts, must be given. */
export interface ClientOptions extends ClientHandshakeOptions, Omit<ConnectionOptions, "random" | "offset"> {}

/** What a server is made of. Everything has a default. */
export interface ServerOptions extends ServerHandshakeOptions, Omit<ConnectionOptions, "offset"> {}

const noStatistics: Statistics = {
  bytesReceived: 0,
  bytesTaken: 0,
  messagesReceived: 0,
  messagesSent: 0,
  controlFramesReceived: 0,
  pingsTaken: 0,
};

const noBytes = new Uint8Array(0);

/** What becomes of bytes that came with the opening handshake, behind its end. */
export type EarlyBytes = "receive" | "leave";

/** The opening handshake did not lead to a connection; what is left is to end the transport. */
type Over = "failed" | "ended";

/**
 * One endpoint.
 *
 * *Inputs* are `receive`, `receiveEnd`, `accept` and `expire`; each returns the events that it caused, in wire order.
 * *Commands* are `reject`, `send…` and `startMessage`; they throw a `UsageError` and change nothing, or succeed and add
 * output. *Output* is `takeOutput` and `transport`. After any input or command: handle the events, write what
 * `takeOutput` returns, obey `transport`.
 *
 * @example
 * const endpoint = Endpoint.server();
 * for (const event of endpoint.receive(chunk)) {
 *   if (event.type === "request") react(endpoint.accept());
 *   if (event.type === "text") endpoint.sendText(event.data);
 *   if (event.type === "binary") endpoint.sendBinary(event.data);
 * }
 * for (const bytes of endpoint.takeOutput()) transport.write(bytes);
 */
export class Endpoint implements Output {
  readonly role: Role;

  /** Until the connection is open and all output of the handshake was taken: idle connections should hold nothing of it. */
  #handshake: ClientHandshake | ServerHandshake | undefined;
  /** What the connection will be made of, until it is open. */
  #settings: ConnectionSettings | undefined;
  #extensions: readonly Extension[] | undefined;
  #connection: Connection | undefined;
  /** What was thrown where the opening handshake had its result: the next `takeOutput` throws it. */
  #failure: { readonly error: unknown } | undefined;
  #over: Over | undefined;
  #aborted = false;

  private constructor(role: Role, handshake: ClientHandshake | ServerHandshake, options: ConnectionOptions) {
    // Now, and not when the connection opens: a usage error comes before anything has changed.
    this.#settings = resolveOptions(role, options);
    this.#extensions = options.extensions;
    this.role = role;
    this.#handshake = handshake;
  }

  /**
   * A client; its opening request is output at once.
   *
   * @throws UsageError for options that are out of range or cannot be sent
   */
  static client(options: ClientOptions): Endpoint {
    return new Endpoint("client", new ClientHandshake(options), options);
  }

  /**
   * A server, which waits for an opening request.
   *
   * @throws UsageError for options that are out of range
   */
  static server(options?: ServerOptions): Endpoint {
    return new Endpoint("server", new ServerHandshake(options), options ?? {});
  }

  /** Where the endpoint stands: before the connection is open, and then where the closing handshake does. */
  get state(): ClosingState | "opening" {
    return this.#connection?.state ?? this.#over ?? "opening";
  }

  /** The connection, once it is open: `receiveInto` on it makes no event objects. */
  get connection(): Connection | undefined {
    return this.#connection;
  }

  /** What was agreed, once the connection is open. */
  get agreement(): Agreement | undefined {
    return this.#connection?.agreement;
  }

  /** What holds, defaults included. */
  get limits(): Limits {
    return (this.#connection ?? this.#settings!).limits;
  }

  get statistics(): Statistics {
    return this.#connection?.statistics ?? noStatistics;
  }

  /** Whether an opening request awaits `accept` or `reject`. */
  get awaitsAnswer(): boolean {
    return this.#over === undefined && this.#handshake instanceof ServerHandshake && this.#handshake.awaitsAnswer;
  }

  /** See `Connection.isWithinMessage`. */
  get isWithinMessage(): boolean {
    return this.#connection?.isWithinMessage === true;
  }

  get awaitsPong(): boolean {
    return this.#connection?.awaitsPong === true;
  }

  // Inputs

  /**
   * Bytes arrived. Takes `chunk` over; see `Connection.receive`.
   *
   * `early` says what becomes of bytes behind the opening handshake that come with it: "receive" them, or "leave" them as
   * `rest` of the `open` event, for `receiveInto` of the connection, which can be told how much work is enough.
   */
  receive(chunk: Uint8Array, early: EarlyBytes = "receive"): readonly EndpointEvent[] {
    if (this.#connection !== undefined) return this.#connection.receive(chunk);
    return this.#over === undefined ? this.#follow(this.#handshake!.receive(chunk), early) : [];
  }

  /**
   * Server: takes an opening request that somebody else has parsed, such as the HTTP server of the runtime, in place of
   * its bytes. What was read beyond it goes to `receive` next.
   *
   * @throws UsageError `opening/complete` when a request was read already
   */
  receiveHead(head: RequestHead): readonly EndpointEvent[] {
    if (!(this.#handshake instanceof ServerHandshake)) throw new UsageError("opening/complete");
    return this.#over === undefined ? this.#follow(this.#handshake.receiveHead(head), "receive") : [];
  }

  /** The transport ended: the peer closed its half, or it was lost. */
  receiveEnd(): readonly EndpointEvent[] {
    if (this.#connection !== undefined) return this.#connection.receiveEnd();
    if (this.#over === "ended") return [];
    const events = this.#over === undefined ? this.#follow(this.#handshake!.receiveEnd(), "receive") : [];
    this.#over = "ended";
    // RFC 6455 §7.1.5: no Close frame was received, so the code is 1006.
    const end: EndEvent = { type: "end", clean: false, statusCode: statusCodes.abnormalClosure, reason: "" };
    return [...events, end];
  }

  /**
   * Server: accepts the request of the `request` event. Answers `open`, and the events of bytes that came early. Nothing
   * happens when the client has gone away meanwhile. `early` is as in `receive`.
   *
   * @throws UsageError `endpoint/not-awaiting-answer`, and for an answer that cannot be given
   */
  accept(answer: OpeningAnswer = {}, early: EarlyBytes = "receive"): readonly EndpointEvent[] {
    const server = this.#server();
    if (this.#over !== undefined) return [];
    let connection: Connection | undefined;
    const events = server.accept(answer, (agreement) => {
      connection = this.#makeConnection(agreement, answer.extensions);
    });
    return this.#follow(events, early, connection);
  }

  /** A deadline has passed; see `Deadlines`. */
  expire(reason: DeadlineReason): EndpointEvent[] {
    if (this.#connection !== undefined) return this.#connection.expire(reason);
    if (reason === "closing" || reason === "stalled") this.#aborted = true;
    if (reason !== "opening" || this.#over !== undefined) return [];
    return this.#follow(this.#handshake!.fail("deadline/opening"), "receive");
  }

  // Commands

  /**
   * Server: refuses the request with an answer of HTTP, and ends the transport.
   *
   * @throws UsageError `endpoint/not-awaiting-answer`, and for an answer that cannot be given
   */
  reject(rejection: Rejection): void {
    const server = this.#server();
    if (this.#over !== undefined) return;
    server.reject(rejection);
    this.#over = "failed";
  }

  /** See `Connection.sendText`. @throws UsageError `endpoint/not-open` too */
  sendText(data: string, options?: SendOptions): void {
    this.#open().sendText(data, options);
  }

  /** See `Connection.sendBinary`. @throws UsageError `endpoint/not-open` too */
  sendBinary(data: Uint8Array, options?: SendOptions): void {
    this.#open().sendBinary(data, options);
  }

  /** See `Connection.sendPrepared`. @throws UsageError `endpoint/not-open` too */
  sendPrepared(message: PreparedMessage, options?: SendOptions): void {
    this.#open().sendPrepared(message, options);
  }

  /** See `Connection.startMessage`. @throws UsageError `endpoint/not-open` too */
  startMessage(kind: MessageKind, options?: SendOptions): MessageStream {
    return this.#open().startMessage(kind, options);
  }

  /** See `Connection.sendPing`. @throws UsageError `endpoint/not-open` too */
  sendPing(payload?: Uint8Array): void {
    this.#open().sendPing(payload);
  }

  /** See `Connection.sendPong`. @throws UsageError `endpoint/not-open` too */
  sendPong(payload?: Uint8Array): void {
    this.#open().sendPong(payload);
  }

  /** See `Connection.sendClose`. @throws UsageError `endpoint/not-open` too */
  sendClose(statusCode?: number, reason?: string, options?: CloseOptions): void {
    this.#open().sendClose(statusCode, reason, options);
  }

  /** See `Connection.giveUp`. @throws UsageError `endpoint/not-open` too */
  giveUp(statusCode?: number, reason?: string): void {
    this.#open().giveUp(statusCode, reason);
  }

  // Output

  /** Bytes to write, oldest first; see `Output`. */
  takeOutput(budget: number = Number.POSITIVE_INFINITY): readonly Uint8Array[] {
    const connection = this.#connection;
    const handshake = this.#handshake;
    if (this.#failure !== undefined) {
      const { error } = this.#failure;
      this.#failure = undefined;
      throw error;
    }
    if (handshake === undefined) return connection!.takeOutput(budget);
    const opening = handshake.takeOutput(budget);
    if (connection === undefined || handshake.outputLength > 0) return opening;
    this.#handshake = undefined;
    const taken = opening.reduce((sum, chunk) => sum + chunk.length, 0);
    if (taken >= budget) return opening;
    try {
      return [...opening, ...connection.takeOutput(budget - taken)];
    } catch (error) {
      // The answer is taken, and leaves.
      this.#failure = { error };
      return opening;
    }
  }

  /** Hands back chunks that the transport has written; see `Connection.releaseOutput`. */
  releaseOutput(chunks: readonly Uint8Array[]): void {
    this.#connection?.releaseOutput(chunks);
  }

  get outputLength(): number {
    const length = (this.#handshake?.outputLength ?? 0) + (this.#connection?.outputLength ?? 0);
    // Whoever asks whether there is anything to take has the failure to take.
    return this.#failure === undefined ? length : Math.max(1, length);
  }

  /**
   * Bytes of memory that the endpoint takes for its peer, about, besides the bytes of `outputLength`: the opening handshake as
   * far as it has come, then what `Connection.heldLength` is.
   */
  get heldLength(): number {
    return (this.#handshake?.heldLength ?? 0) + (this.#connection?.heldLength ?? 0);
  }

  /** See `Connection.queuedLength`. */
  get queuedLength(): number {
    return this.#connection?.queuedLength ?? 0;
  }

  /** See `Connection.droppedLength`. */
  get droppedLength(): number {
    return this.#connection?.droppedLength ?? 0;
  }

  get transport(): TransportInstruction {
    if (this.#connection !== undefined) return this.#connection.transport;
    if (this.#aborted) return "abort";
    return this.#over === undefined ? this.#handshake!.transport : "end";
  }

  // What they are made of

  /** Passes on what the handshake says, and opens the connection when it has succeeded. */
  #follow(events: readonly HandshakeEvent[], early: EarlyBytes, prepared?: Connection): EndpointEvent[] {
    const all: EndpointEvent[] = [];
    for (const event of events) {
      if (event.type === "failure" || event.type === "rejection") this.#over = "failed";
      if (event.type !== "open") {
        all.push(event);
        continue;
      }
      const { agreement, rest } = event;
      this.#connection = prepared ?? this.#makeConnection(agreement);
      this.#settings = undefined;
      this.#extensions = undefined;
      if (this.#handshake!.outputLength === 0) this.#handshake = undefined;
      const isLeft = early === "leave" || rest.length === 0;
      all.push(isLeft ? event : { type: "open", agreement, rest: noBytes });
      if (!isLeft) this.#receiveRest(this.#connection, rest, all);
    }
    return all;
  }

  /** Bytes behind the opening handshake. It has succeeded, whatever an extension may throw at them. */
  #receiveRest(connection: Connection, rest: Uint8Array, all: EndpointEvent[]): void {
    try {
      for (const event of connection.receive(rest)) all.push(event);
    } catch (error) {
      this.#failure = { error };
    }
  }

  #makeConnection(agreement: Agreement, extensions = this.#extensions): Connection {
    return new Connection(agreement, { extensions, offset: this.#handshake!.bytesConsumed }, this.#settings);
  }

  #open(): Connection {
    if (this.#connection !== undefined) return this.#connection;
    throw new UsageError(this.#over === undefined ? "endpoint/not-open" : "endpoint/ended");
  }

  #server(): ServerHandshake {
    if (this.#handshake instanceof ServerHandshake && this.#connection === undefined) return this.#handshake;
    throw new UsageError("endpoint/not-awaiting-answer");
  }
}
