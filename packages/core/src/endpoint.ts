/**
 * A WebSocket endpoint over one byte stream: the opening handshake (RFC 6455 §4), then the connection (§5–§7), behind
 * one `receive`. It composes the two and adds one rule: a connection that never opened ends with 1006 (§7.1.5).
 */

import { UsageError } from "./checks/usage-error.ts";
import type { ClosingState, TransportAction } from "./closing/states.ts";
import { type CloseOptions, Connection } from "./connection.ts";
import {
  ConnectionConfig,
  type ConnectionOptions,
  type ConnectionSettings,
  resolveOptions,
} from "./connection-options.ts";
import type { EndEvent, EndpointEvent, HandshakeEvent } from "./events.ts";
import type { RequestHead } from "./http/head.ts";
import { ClientHandshake, type ClientHandshakeOptions } from "./opening/client-handshake.ts";
import type { Rejection } from "./opening/rejection.ts";
import type { OpeningAnswer } from "./opening/response.ts";
import { ServerHandshake, type ServerHandshakeOptions } from "./opening/server-handshake.ts";
import type { Output } from "./output.ts";
import type { MessageStream } from "./sending/message-stream.ts";
import type { SendOptions } from "./sending/output-scheduler.ts";
import type { PreparedMessage } from "./sending/prepared-message.ts";
import type { DeadlineReason } from "./time/deadlines.ts";
import { noStatistics, type Statistics } from "./time/statistics.ts";
import type { Agreement } from "./vocabulary/agreement.ts";
import type { Extension } from "./vocabulary/extension.ts";
import type { Limits } from "./vocabulary/limits.ts";
import { statusCodes } from "./vocabulary/status-code.ts";
import type { MessageKind, Role } from "./vocabulary/terms.ts";

/** Options of a client endpoint. `random` and `url` (or its parts) are required. */
export interface ClientEndpointOptions extends ClientHandshakeOptions, Omit<ConnectionOptions, "random" | "offset"> {}

/** Options of a server endpoint. All have defaults. */
export interface ServerEndpointOptions extends ServerHandshakeOptions, Omit<ConnectionOptions, "offset"> {}

const noBytes = new Uint8Array(0);

/** What to do with bytes that arrive after the end of the opening handshake, in the same chunk. */
export type EarlyBytes = "receive" | "leave";

/** State after the opening handshake did not lead to a connection; only the end of the transport remains. */
type Over = "failed" | "ended";

/**
 * One endpoint.
 *
 * *Inputs* are `receive`, `receiveEnd`, `accept` and `expire`; each returns the events it caused, in wire order.
 * *Commands* are `reject`, `send…` and `startMessage`; they throw a `UsageError` and change nothing, or succeed and add
 * output. *Output* is `takeOutput` and `transportAction`. After any input or command: handle the events, write what
 * `takeOutput` returns, and obey `transportAction`.
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

  /** Kept until the connection is open and all handshake output is taken, so that an idle connection holds none of it. */
  #handshake: ClientHandshake | ServerHandshake | undefined;
  /** Settings of the future connection, until it is open. */
  #settings: ConnectionSettings | undefined;
  #extensions: readonly Extension[] | undefined;
  #connection: Connection | undefined;
  /** An error thrown after the opening handshake already had its result. The next `takeOutput` throws it. */
  #failure: { readonly error: unknown } | undefined;
  #over: Over | undefined;
  #aborted = false;

  private constructor(role: Role, handshake: ClientHandshake | ServerHandshake, options: ConnectionOptions) {
    // Resolve now, not when the connection opens, so that a usage error is thrown before anything has changed.
    this.#settings = resolveOptions(role, options);
    this.#extensions = options.extensions;
    this.role = role;
    this.#handshake = handshake;
  }

  /**
   * Creates a client. Its opening request is output at once.
   *
   * @throws UsageError for options that are out of range or cannot be sent
   */
  static client(options: ClientEndpointOptions): Endpoint {
    return new Endpoint("client", new ClientHandshake(options), options);
  }

  /**
   * Creates a server, which waits for an opening request.
   *
   * @throws UsageError for options that are out of range
   */
  static server(options?: ServerEndpointOptions): Endpoint {
    return new Endpoint("server", new ServerHandshake(options), options ?? {});
  }

  /** `opening` until the connection is open, then the state of the closing handshake. */
  get state(): ClosingState | "opening" {
    return this.#connection?.state ?? this.#over ?? "opening";
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
    return (this.#connection ?? this.#settings!).limits;
  }

  get statistics(): Statistics {
    return this.#connection?.statistics ?? noStatistics;
  }

  /** Whether an opening request is waiting for `accept` or `reject`. */
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

  /** See `Connection.pingsAnswered`. */
  get pingsAnswered(): number {
    return this.#connection?.pingsAnswered ?? 0;
  }

  // Inputs

  /**
   * Handles received bytes. Takes ownership of `chunk`; see `Connection.receive`.
   *
   * `early` decides what happens to bytes after the opening handshake in the same chunk: "receive" processes them,
   * "leave" returns them as `rest` of the `open` event, to be passed to `receiveInto` of the connection with a work
   * budget.
   */
  receive(chunk: Uint8Array, early: EarlyBytes = "receive"): readonly EndpointEvent[] {
    if (this.#connection !== undefined) return this.#connection.receive(chunk);
    return this.#over === undefined ? this.#follow(this.#handshake!.receive(chunk), early) : [];
  }

  /**
   * Server: handles an opening request that another parser has read, such as the HTTP server of the runtime, in place of
   * its bytes. Pass any bytes read beyond it to `receive` next.
   *
   * @throws UsageError `opening/complete` when a request was read already
   */
  receiveHead(head: RequestHead): readonly EndpointEvent[] {
    if (!(this.#handshake instanceof ServerHandshake)) throw new UsageError("opening/complete");
    return this.#over === undefined ? this.#follow(this.#handshake.receiveHead(head), "receive") : [];
  }

  /** Handles the end of the transport: the peer closed its half, or the connection was lost. */
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
   * Server: accepts the request of the `request` event. Returns `open`, followed by the events of bytes that arrived
   * early. Does nothing if the client has gone away meanwhile. `early` is as in `receive`.
   *
   * @throws UsageError `endpoint/not-awaiting-answer`, and for an answer that cannot be sent
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

  /** Handles a deadline that has passed; see `Deadlines`. */
  expire(reason: DeadlineReason): EndpointEvent[] {
    if (this.#connection !== undefined) return this.#connection.expire(reason);
    if (reason === "closing" || reason === "stalled") this.#aborted = true;
    if (reason !== "opening" || this.#over !== undefined) return [];
    return this.#follow(this.#handshake!.fail("deadline/opening"), "receive");
  }

  // Commands

  /**
   * Server: rejects the request with an HTTP response and ends the transport.
   *
   * @throws UsageError `endpoint/not-awaiting-answer`, and for a rejection that cannot be sent
   */
  reject(rejection: Rejection): void {
    const server = this.#server();
    if (this.#over !== undefined) return;
    server.reject(rejection);
    this.#over = "failed";
  }

  /** See `Connection.sendText`. @throws UsageError `endpoint/not-open` too */
  sendText(data: string, options?: SendOptions): number {
    return this.#open().sendText(data, options);
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

  /** See `Connection.fail`. @throws UsageError `endpoint/not-open` too */
  fail(statusCode?: number, reason?: string): void {
    this.#open().fail(statusCode, reason);
  }

  // Output

  /** Takes bytes to write, oldest first; see `Output`. */
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
      // The response has been taken and must be written first.
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
    // Callers check this before `takeOutput`, so a pending failure must make it nonzero.
    return this.#failure === undefined ? length : Math.max(1, length);
  }

  /**
   * Approximate memory in bytes that the endpoint holds for its peer, in addition to `outputLength`: the opening
   * handshake in progress, then `Connection.heldLength`.
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

  get transportAction(): TransportAction {
    if (this.#connection !== undefined) return this.#connection.transportAction;
    if (this.#aborted) return "abort";
    return this.#over === undefined ? this.#handshake!.transportAction : "end";
  }

  // Internals

  /** Passes on the events of the handshake, and opens the connection once it has succeeded. */
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

  /** Receives bytes that arrived after the opening handshake. The handshake stays successful even if an extension throws here. */
  #receiveRest(connection: Connection, rest: Uint8Array, all: EndpointEvent[]): void {
    try {
      for (const event of connection.receive(rest)) all.push(event);
    } catch (error) {
      this.#failure = { error };
    }
  }

  #makeConnection(agreement: Agreement, extensions = this.#extensions): Connection {
    return new Connection(agreement, new ConnectionConfig(this.#settings!, extensions, this.#handshake!.bytesConsumed));
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
