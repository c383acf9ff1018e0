/**
 * What an application holds of a connection: the peer, to whom it sends and whose events it takes. Everything it says and
 * hears goes through the endpoint of core; here is only how that meets promises, iterators and backpressure.
 */
import {
  type Agreement,
  type CloseOptions,
  type ConnectionEvent,
  type Endpoint,
  type EndpointEvent,
  type HandshakeEvent,
  type MessageKind,
  type OpeningRequest,
  type PreparedMessage,
  type Role,
  type SendOptions,
  UsageError,
  type Violation,
} from "@hybi/core";
import { EventQueue } from "./event-queue.ts";
import { MessageWriter } from "./message-writer.ts";
import { Pump, type PumpOptions } from "./pump.ts";

/** How a connection ended. */
export interface Closure {
  /** Whether both Close frames have passed (RFC 6455 §7.1.4). */
  readonly clean: boolean;
  /** The peer's status code; 1005 when its Close frame had none, 1006 when there was no Close frame (RFC 6455 §7.1.5). */
  readonly statusCode: number;
  readonly reason: string;
  /** What the peer did wrong, if that is why. */
  readonly violation: Violation | undefined;
  /** Why the transport was lost, if it was. */
  readonly error: Error | undefined;
}

/** Bytes of events that wait for the application, above which nothing more is read: as much as one read. */
const readAhead = 65_536;

/** Bytes of output above which `drained` waits. */
const writeAhead = 65_536;

const alreadyDrained: Promise<void> = Promise.resolve();

/** How a peer is made; for `connect`, `listen` and `upgrade`. */
export interface PeerOptions extends Omit<PumpOptions, "listener"> {
  /** Events before the connection is open, and its `end` if it never was. */
  readonly opening: (event: HandshakeEvent | (ConnectionEvent & { type: "end" }), peer: Peer) => void;
  /** Takes what the application's own code throws. */
  readonly raise: (error: unknown) => void;
}

/**
 * The other endpoint of an open connection.
 *
 * Take its events with `for await`, one by one with `next`, or with `onEvent`. While they are not taken, no more than
 * about 64 KiB is read ahead; the peer is held up then, and its Pings too. Commands send at the end of the turn, all in
 * one write.
 *
 * @example
 * for await (const event of peer) {
 *   if (event.type === "text") peer.sendText(event.data);
 *   await peer.drained();
 * }
 */
export class Peer implements AsyncIterable<ConnectionEvent> {
  /** How it ended. Never rejects. */
  readonly closed: Promise<Closure>;

  readonly #endpoint: Endpoint;
  readonly #pump: Pump;
  readonly #opening: PeerOptions["opening"];
  readonly #raise: PeerOptions["raise"];
  readonly #queue = new EventQueue();
  #hasOpened = false;
  #request: OpeningRequest | undefined;
  #handler: ((event: ConnectionEvent) => void) | undefined;
  /** Whether a handler or a loop takes the events, be it that it is thinking about the last one. */
  #heard = false;
  /** Whether an event was asked for with `next` since the application closed the connection. */
  #asked = false;
  #closeRequested = false;
  #violation: Violation | undefined;
  #draining: (() => void)[] = [];
  #resolveClosed!: (closure: Closure) => void;

  /** @internal Use `connect`, `listen` or `upgrade`. */
  constructor({ opening, raise, ...options }: PeerOptions) {
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
    this.#endpoint = options.endpoint;
    this.#opening = opening;
    this.#raise = raise;
    this.#pump = new Pump({
      ...options,
      listener: { event: (event) => this.#event(event), settled: () => this.#settled() },
    });
  }

  /** @internal */
  get pump(): Pump {
    return this.#pump;
  }

  /** Our role. */
  get role(): Role {
    return this.#endpoint.role;
  }

  /** What was agreed on: the subprotocol, the extensions. */
  get agreement(): Agreement {
    const { agreement } = this.#endpoint;
    if (agreement === undefined) throw new UsageError("endpoint/not-open");
    return agreement;
  }

  /** The request that opened the connection; undefined on a client. */
  get request(): OpeningRequest | undefined {
    return this.#request;
  }

  /** Whether messages can be sent. */
  get isOpen(): boolean {
    return this.#endpoint.state === "open" && !this.#closeRequested;
  }

  /** @internal Whether the opening handshake succeeded, whatever came after. */
  get hasOpened(): boolean {
    return this.#hasOpened;
  }

  /** Bytes that wait to be written. */
  get outputLength(): number {
    return this.#endpoint.outputLength;
  }

  // What it says

  /** Its events, the last of which is `end`. Leaving the loop leaves the connection open: iterate again, or close it. */
  [Symbol.asyncIterator](): AsyncIterator<ConnectionEvent, undefined> {
    return {
      next: () => {
        this.#heard = true;
        return this.#next();
      },
      return: () => {
        this.#heard = false;
        this.#watchQueue();
        return Promise.resolve({ done: true, value: undefined });
      },
    };
  }

  /** The next event; undefined after `end`. */
  async next(): Promise<ConnectionEvent | undefined> {
    this.#asked = true;
    return (await this.#next()).value;
  }

  /** Takes the events from now on, as they arrive, in place of the iterator. Calling it again replaces `handler`. */
  onEvent(handler: (event: ConnectionEvent) => void): void {
    this.#handler = handler;
    this.#heard = true;
    for (let event = this.#queue.take(); event !== undefined; event = this.#queue.take()) this.#call(handler, event);
    this.#watchQueue();
  }

  // What is said to it

  /**
   * Sends a text message. Answers false, and drops it, when the connection is no longer open because of the peer or the
   * transport, which may happen at any time.
   *
   * @throws UsageError `send/queue-full`, `send/priority`, and `send/after-close` after our own `sendClose`
   */
  sendText(data: string, options?: SendOptions): boolean {
    try {
      this.#endpoint.sendText(data, options);
    } catch (error) {
      return this.#missed(error);
    }
    return this.#said();
  }

  /** Sends a binary message; `data` must not be changed until it was written. Otherwise as `sendText`. */
  sendBinary(data: Uint8Array, options?: SendOptions): boolean {
    try {
      this.#endpoint.sendBinary(data, options);
    } catch (error) {
      return this.#missed(error);
    }
    return this.#said();
  }

  /** Sends a message that was encoded once for many peers. Otherwise as `sendText`. */
  sendPrepared(message: PreparedMessage, options?: SendOptions): boolean {
    try {
      this.#endpoint.sendPrepared(message, options);
    } catch (error) {
      return this.#missed(error);
    }
    return this.#said();
  }

  /** Starts a message of unknown length; undefined where `sendText` would answer false. */
  startMessage(kind: MessageKind, options?: SendOptions): MessageWriter | undefined {
    try {
      const stream = this.#endpoint.startMessage(kind, options);
      return new MessageWriter(stream, { said: () => this.#said(), missed: (error) => this.#missed(error) });
    } catch (error) {
      this.#missed(error);
      return undefined;
    }
  }

  /** Sends a Ping of at most 125 bytes; its Pong comes as an event. Otherwise as `sendText`. */
  sendPing(payload?: Uint8Array): boolean {
    try {
      this.#endpoint.sendPing(payload);
    } catch (error) {
      return this.#missed(error);
    }
    return this.#said();
  }

  /** Sends a Pong that no Ping has asked for; those that were are answered already. Otherwise as `sendText`. */
  sendPong(payload?: Uint8Array): boolean {
    try {
      this.#endpoint.sendPong(payload);
    } catch (error) {
      return this.#missed(error);
    }
    return this.#said();
  }

  /**
   * Starts the closing handshake (RFC 6455 §7.1.2), and answers how the connection ended. Does nothing more when it is
   * closing already.
   *
   * @throws UsageError `close/…` for a status code or reason that cannot be sent
   */
  sendClose(statusCode?: number, reason?: string, options?: CloseOptions): Promise<Closure> {
    this.#endpoint.sendClose(statusCode, reason, options);
    this.#closeRequested = true;
    this.#asked = false;
    this.#watchQueue();
    this.#said();
    return this.closed;
  }

  /** Resolves when at most about 64 KiB wait to be written, or the connection has ended: the moment to send more. */
  drained(): Promise<void> {
    if (this.#hasRoom()) return alreadyDrained;
    return new Promise((resolve) => this.#draining.push(resolve));
  }

  /** Drops the transport. The peer sees no Close frame, and the connection ends with 1006. */
  abort(): void {
    this.#pump.abort();
  }

  // What they are made of

  #event(event: EndpointEvent): void {
    switch (event.type) {
      case "request":
        this.#request = event.request;
        this.#opening(event, this);
        return;
      case "open":
        this.#hasOpened = true;
        this.#opening(event, this);
        return;
      case "rejection":
        this.#opening(event, this);
        return;
      case "failure":
        this.#violation = event.violation;
        if (this.#hasOpened) this.#hear(event);
        else this.#opening(event, this);
        return;
      case "end":
        this.#end(event);
        return;
      default:
        this.#hear(event);
    }
  }

  #end(event: ConnectionEvent & { type: "end" }): void {
    const { clean, statusCode, reason } = event;
    const error = this.#pump.lost;
    this.#resolveClosed({ clean, statusCode, reason, violation: this.#violation, error });
    if (this.#hasOpened) this.#hear(event);
    else this.#opening(event, this);
  }

  #hear(event: ConnectionEvent): void {
    if (this.#handler !== undefined) {
      this.#call(this.#handler, event);
      return;
    }
    const isMessage = event.type !== "close" && event.type !== "failure" && event.type !== "end";
    if (isMessage && this.#isAbandoned()) return;
    this.#queue.add(event);
    this.#watchQueue();
  }

  #call(handler: (event: ConnectionEvent) => void, event: ConnectionEvent): void {
    try {
      handler(event);
    } catch (error) {
      this.#raise(error);
    }
  }

  #next(): Promise<IteratorResult<ConnectionEvent, undefined>> {
    const result = this.#queue.next();
    this.#watchQueue();
    return result;
  }

  /** The application closes the connection and takes no events: what still comes is for nobody. */
  #isAbandoned(): boolean {
    return this.#closeRequested && !this.#heard && !this.#asked && !this.#queue.isAwaited;
  }

  #watchQueue(): void {
    const { weight } = this.#queue;
    if (weight > readAhead && !this.#isAbandoned()) this.#pump.pause();
    else if (weight <= readAhead / 2 || this.#isAbandoned()) this.#pump.resume();
  }

  #said(): true {
    this.#pump.touch();
    return true;
  }

  /** A command came too late through no fault of the caller's, or it is one, which is thrown. */
  #missed(error: unknown): false {
    if (error instanceof UsageError) {
      if (error.code === "endpoint/ended") return false;
      if (error.code === "send/after-close" && !this.#closeRequested) return false;
    }
    throw error;
  }

  #hasRoom(): boolean {
    return this.#endpoint.outputLength <= writeAhead || this.#endpoint.state === "ended";
  }

  #settled(): void {
    if (this.#draining.length === 0 || !this.#hasRoom()) return;
    for (const resolve of this.#draining.splice(0)) resolve();
  }
}
