/** The socket of `ws`: an EventEmitter, and its connection. */
import { AsyncResource } from "node:async_hooks";
import type { Buffer } from "node:buffer";
import { EventEmitter } from "node:events";
import type { ClientRequest, ClientRequestArgs, IncomingMessage } from "node:http";
import type { AddressInfo as NodeAddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Agreement } from "@hybi/core";
import { Connection } from "./connection.ts";
import { type BinaryType, isBinaryType, type MessageData, type ReceivedMessage } from "./data.ts";
import {
  addEventListener,
  defineAttributes,
  type EventHandler,
  type ListenerOptions,
  removeEventListener,
} from "./event-target.ts";
import type {
  AsyncVerifier,
  Certificate,
  ClientOptionsFor,
  ConnectionOptions,
  DeflateOptions,
  SendCallback,
  SendOptions,
  ServerOptionsFor,
  SyncVerifier,
} from "./options.ts";
import type { ConnectionSetup } from "./setup.ts";
import { closed, closing, connecting, open, type ReadyState } from "./state.ts";

/** Options of a client, or of `http.request`. */
type AnyClientOptions = WebSocket.ClientOptions | ClientRequestArgs;

/** Opens an accepted socket; defined by the class, whose fields nobody else sees. */
export let openAccepted: (
  websocket: WebSocket,
  socket: Duplex,
  head: Buffer,
  agreement: Agreement,
  setup: ConnectionSetup,
  onClosed: ((websocket: WebSocket) => void) | undefined,
) => void;

/** The values of each event. */
interface WebSocketEvents {
  open: [];
  message: [data: WebSocket.RawData, isBinary: boolean];
  close: [code: number, reason: Buffer];
  error: [error: Error];
  ping: [data: Buffer];
  pong: [data: Buffer];
  upgrade: [response: IncomingMessage];
  redirect: [url: string, request: ClientRequest];
  "unexpected-response": [request: ClientRequest, response: IncomingMessage];
}

type Handler<Name extends keyof WebSocket.WebSocketEventMap> =
  | ((event: WebSocket.WebSocketEventMap[Name]) => void)
  | null;

/** EventEmitter has the methods; these are the types of their listeners. The attributes are defined below. */
export interface WebSocket {
  onopen: Handler<"open">;
  onmessage: Handler<"message">;
  onclose: Handler<"close">;
  onerror: Handler<"error">;
  on<Name extends keyof WebSocketEvents>(
    event: Name,
    listener: (this: WebSocket, ...values: WebSocketEvents[Name]) => void,
  ): this;
  // biome-ignore lint/suspicious/noExplicitAny: events of the application
  on(event: string | symbol, listener: (this: WebSocket, ...values: any[]) => void): this;
  once<Name extends keyof WebSocketEvents>(
    event: Name,
    listener: (this: WebSocket, ...values: WebSocketEvents[Name]) => void,
  ): this;
  // biome-ignore lint/suspicious/noExplicitAny: events of the application
  once(event: string | symbol, listener: (this: WebSocket, ...values: any[]) => void): this;
  off<Name extends keyof WebSocketEvents>(
    event: Name,
    listener: (this: WebSocket, ...values: WebSocketEvents[Name]) => void,
  ): this;
  // biome-ignore lint/suspicious/noExplicitAny: events of the application
  off(event: string | symbol, listener: (this: WebSocket, ...values: any[]) => void): this;
  addListener<Name extends keyof WebSocketEvents>(
    event: Name,
    listener: (this: WebSocket, ...values: WebSocketEvents[Name]) => void,
  ): this;
  // biome-ignore lint/suspicious/noExplicitAny: events of the application
  addListener(event: string | symbol, listener: (this: WebSocket, ...values: any[]) => void): this;
  removeListener<Name extends keyof WebSocketEvents>(
    event: Name,
    listener: (this: WebSocket, ...values: WebSocketEvents[Name]) => void,
  ): this;
  // biome-ignore lint/suspicious/noExplicitAny: events of the application
  removeListener(event: string | symbol, listener: (this: WebSocket, ...values: any[]) => void): this;
}

/**
 * A client, or an accepted connection of a server.
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: see above
export class WebSocket extends EventEmitter {
  static readonly CONNECTING = 0;
  static readonly OPEN = 1;
  static readonly CLOSING = 2;
  static readonly CLOSED = 3;

  static {
    openAccepted = (websocket, stream, head, agreement, setup, onClosed) => {
      const connection = websocket.#connection;
      connection.onClosed = onClosed;
      connection.openOver(stream, head, agreement, setup);
    };
  }

  /**
   * Whether the connection has the role of a server. Set by programs that call `setSocket` themselves.
   *
   * @internal as in the types of `ws`
   */
  _isServer = false;
  #binaryType: BinaryType = "nodebuffer";
  readonly #connection: Connection = new Connection(this);

  constructor(address: null, protocols?: undefined, options?: ConnectionOptions);
  constructor(address: string | URL, options?: AnyClientOptions);
  constructor(address: string | URL, protocols?: string | string[], options?: AnyClientOptions);
  constructor(
    address: string | URL | null,
    protocols?: string | string[] | AnyClientOptions,
    options?: AnyClientOptions | ConnectionOptions,
  ) {
    super();
    if (address === null) {
      this._isServer = (options as { isServer?: boolean } | undefined)?.isServer ?? true;
      return;
    }
    let list: string[] = [];
    if (Array.isArray(protocols)) list = protocols;
    else if (typeof protocols === "object" && protocols !== null) options = protocols;
    else if (protocols !== undefined) list = [protocols as string];
    this.#connection.openAsClient(address, list, (options ?? {}) as ClientOptionsFor<never>);
  }

  get CONNECTING(): 0 {
    return connecting;
  }

  get OPEN(): 1 {
    return open;
  }

  get CLOSING(): 2 {
    return closing;
  }

  get CLOSED(): 3 {
    return closed;
  }

  get readyState(): ReadyState {
    return this.#connection.state;
  }

  /** Also `blob`, which the types of `ws` do not know: so a socket can be passed to whoever is compiled with them. */
  get binaryType(): Exclude<BinaryType, "blob"> {
    return this.#binaryType as Exclude<BinaryType, "blob">;
  }

  set binaryType(type: BinaryType) {
    if (isBinaryType(type)) this.#binaryType = type;
  }

  /** Bytes that were sent and have not left, with their framing; after the connection has begun to close, also those that never will. */
  get bufferedAmount(): number {
    return this.#connection.bufferedAmount;
  }

  /** The names of the agreed extensions, with commas between them. */
  get extensions(): string {
    const agreed = this.#connection.agreement?.extensions ?? [];
    return agreed.map(({ name }) => name).join();
  }

  get isPaused(): boolean {
    return this.#connection.isPaused;
  }

  /** The agreed subprotocol; empty for none. */
  get protocol(): string {
    return this.#connection.agreement?.subprotocol ?? "";
  }

  /** The address of a client; empty for an accepted socket. */
  get url(): string {
    return this.#connection.url;
  }

  /**
   * The socket below, once the connection is open: for its addresses, `ref` and `unref`.
   *
   * @internal
   */
  get _socket(): Socket | null {
    return (this.#connection.stream as Socket | undefined) ?? null;
  }

  /**
   * The opening request, until the connection is open.
   *
   * @internal
   */
  get _req(): ClientRequest | undefined {
    return this.#connection.openingRequest;
  }

  /**
   * Opens a socket that was created with the address null over a stream whose opening handshake was done elsewhere, without extensions
   * and without a subprotocol. `_isServer` says in which role.
   *
   * @internal
   */
  setSocket(socket: Duplex, head: Buffer, options: ConnectionOptions = {}): void {
    this.#connection.openPlainly(socket, head, options);
  }

  /**
   * Sends a message. Before the connection is open it throws; after it has begun to close, `callback` gets an error.
   *
   * @throws Error while connecting
   */
  send(data: MessageData, callback?: SendCallback): void;
  send(data: MessageData, options: SendOptions | undefined, callback?: SendCallback): void;
  send(data: unknown, options?: SendOptions | SendCallback, callback?: SendCallback): void {
    if (typeof options === "function") {
      callback = options;
      options = undefined;
    }
    // Wrappers pass null for none.
    callback = typeof callback === "function" ? inContext(callback) : undefined;
    this.#connection.send(data, options, callback);
  }

  /** Sends a Ping of at most 125 bytes. `callback` gets nothing when it has left, though the types of `ws` say otherwise. */
  ping(data?: unknown, mask?: boolean, callback?: (error: Error) => void): void;
  ping(...values: unknown[]): void {
    this.#connection.sendControl("sendPing", ...controlValues(values));
  }

  /** Sends an unsolicited Pong of at most 125 bytes. */
  pong(data?: unknown, mask?: boolean, callback?: (error: Error) => void): void;
  pong(...values: unknown[]): void {
    this.#connection.sendControl("sendPong", ...controlValues(values));
  }

  /**
   * Starts the closing handshake.
   *
   * @throws TypeError for a status code that may not be sent, RangeError for a reason of more than 123 bytes
   */
  close(code?: number, reason?: string | Uint8Array): void {
    this.#connection.startClosing(code, reason);
  }

  /** Destroys the socket at once. */
  terminate(): void {
    this.#connection.terminate();
  }

  /** Stops reading. Messages that have been read are still emitted. */
  pause(): void {
    this.#connection.pause();
  }

  /** Continues reading. */
  resume(): void {
    this.#connection.resume();
  }

  /** Adds a listener that gets an event object. */
  addEventListener<Name extends keyof WebSocket.WebSocketEventMap>(
    type: Name,
    listener:
      | ((event: WebSocket.WebSocketEventMap[Name]) => void)
      | { handleEvent(event: WebSocket.WebSocketEventMap[Name]): void },
    options?: WebSocket.EventListenerOptions,
  ): void {
    addEventListener(this, type, listener as EventHandler, options);
  }

  removeEventListener<Name extends keyof WebSocket.WebSocketEventMap>(
    type: Name,
    listener:
      | ((event: WebSocket.WebSocketEventMap[Name]) => void)
      | { handleEvent(event: WebSocket.WebSocketEventMap[Name]): void },
  ): void {
    removeEventListener(this, type, listener as EventHandler);
  }
}

/**
 * The types under the names that those of `ws` have. What they stand for has another name: declarations are joined into one file, where a
 * name within the namespace would mean itself.
 */
export declare namespace WebSocket {
  /** A message as it is received. With `binaryType` of `blob` it is a Blob. */
  type RawData = ReceivedMessage;
  /** A message as `onmessage` gets it. */
  type Data = string | ReceivedMessage;
  type CertMeta = Certificate;
  type VerifyClientCallbackSync<Request extends IncomingMessage = IncomingMessage> = SyncVerifier<Request>;
  type VerifyClientCallbackAsync<Request extends IncomingMessage = IncomingMessage> = AsyncVerifier<Request>;
  type FinishRequestCallback = (request: ClientRequest, websocket: WebSocket) => void;

  /** Options of a client. */
  interface ClientOptions extends ClientOptionsFor<WebSocket> {}

  interface PerMessageDeflateOptions extends DeflateOptions {}

  /** Options of a server. */
  interface ServerOptions<
    Class extends typeof WebSocket = typeof WebSocket,
    Request extends typeof IncomingMessage = typeof IncomingMessage,
  > extends ServerOptionsFor<Class, Request> {}

  interface AddressInfo extends NodeAddressInfo {}

  interface EventListenerOptions extends ListenerOptions {}

  /** The events of `addEventListener` and the attributes `on…`. */
  interface WebSocketEventMap {
    open: Event;
    message: MessageEvent;
    close: CloseEvent;
    error: ErrorEvent;
  }

  /** The event `open`, and what all others are. */
  interface Event {
    type: string;
    target: WebSocket;
  }

  /** The event `message`. Text is a string. */
  interface MessageEvent extends Event {
    data: Data;
  }

  /** The event `close`. */
  interface CloseEvent extends Event {
    wasClean: boolean;
    code: number;
    reason: string;
  }

  /** The event `error`. */
  interface ErrorEvent extends Event {
    // biome-ignore lint/suspicious/noExplicitAny: as the types of `ws` have it
    error: any;
    message: string;
  }
}

for (const [at, name] of ["CONNECTING", "OPEN", "CLOSING", "CLOSED"].entries()) {
  Object.defineProperty(WebSocket, name, { enumerable: true, value: at });
}

// Attributes are enumerable, as Web IDL has them and wrappers expect; and bundlers rename classes.
Object.defineProperty(WebSocket, "name", { value: "WebSocket" });
for (const name of [
  ...["CONNECTING", "OPEN", "CLOSING", "CLOSED", "binaryType", "bufferedAmount", "extensions", "isPaused", "protocol"],
  ...["readyState", "url"],
]) {
  Object.defineProperty(WebSocket.prototype, name, { enumerable: true });
}
defineAttributes(WebSocket.prototype);

/** The callback may be in any place. */
function controlValues(values: unknown[]): [data: unknown, callback: SendCallback | undefined] {
  const callback = values.find((value) => typeof value === "function") as SendCallback | undefined;
  return [typeof values[0] === "function" ? undefined : values[0], callback && inContext(callback)];
}

/** Many callers share a socket, and the callback of each runs in its asynchronous context (AsyncLocalStorage), whoever causes the write. */
function inContext(callback: SendCallback): SendCallback {
  const context = new AsyncResource("WebSocket");
  return (error) => context.runInAsyncScope(callback, undefined, error);
}
