/**
 * The socket of `ws`: an EventEmitter over a pump. Messages go from the connection to the listeners without an event object, and text
 * without being decoded.
 */
import { Buffer } from "node:buffer";
import { randomFillSync } from "node:crypto";
import { EventEmitter } from "node:events";
import type { ClientRequest, ClientRequestArgs, IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import {
  type Agreement,
  ClientConfig,
  type SendOptions as CoreSendOptions,
  createOpenEndpoint,
  DeadlineConfig,
  type Extension,
  formatClosePayload,
  type MessageKind,
  type MessageStream,
  type NativeFunctions,
  plainAgreement,
  type RandomSource,
  type Role,
  ServerConfig,
  UsageError,
  type Violation,
} from "@hybi/core";
import { NodeTransport, nodeClock, nodeFunctions } from "@hybi/node";
import { Pump, type PumpListener } from "@hybi/websocket";
import { ClientOpening, type OpeningOwner } from "./client-opening.ts";
import { arrayBufferOf, bufferOver, bytesOf, isBlob, payloadOf } from "./data.ts";
import { thresholdOf } from "./deflate.ts";
import { violationError } from "./errors.ts";
import {
  addEventListener,
  attribute,
  closedCleanly,
  type EventHandler,
  type EventListenerOptions,
  removeEventListener,
  setAttribute,
} from "./event-target.ts";
import type { ClientOptionsFor, ConnectionOptions, PerMessageDeflateOptions } from "./options.ts";

/** Options of a client. */
export interface ClientOptions extends ClientOptionsFor<WebSocket> {}

/** Options of a client, or of `http.request`. */
type AnyClientOptions = ClientOptions | ClientRequestArgs;

/** A message as it is received. */
export type RawData = Buffer | ArrayBuffer | Buffer[];

/**
 * In what form binary messages are received; text is always a Buffer. `fragments` is a list with one Buffer: messages are joined as they
 * arrive.
 */
export type BinaryType = "nodebuffer" | "arraybuffer" | "fragments" | "blob";

/** Options of `send`. */
export interface SendOptions {
  /** Ignored: RFC 6455 §5.1 says who masks. */
  mask?: boolean | undefined;
  /** Whether the message is binary. Default: whether it is no string. */
  binary?: boolean | undefined;
  /** Whether to compress. Default true. */
  compress?: boolean | undefined;
  /** Whether the message ends with this part. Default true. */
  fin?: boolean | undefined;
}

/** Called when the message has left, or will not. */
type SendCallback = (error?: Error) => void;

const connecting = 0;
const open = 1;
const closing = 2;
const closed = 3;

const binaryTypes: readonly unknown[] = ["nodebuffer", "arraybuffer", "fragments", "blob"];

/** In chars: what core encodes as one frame, because it fits into a block. */
const longestTextOfServer = 21_845;
const longestTextOfClient = 4096;

const compressed: CoreSendOptions = { compress: true };
const uncompressed: CoreSendOptions = { compress: false };

/** A callback of `send`, and how many bytes will have been taken when its message has left. */
interface Waiting {
  readonly callback: SendCallback;
  readonly end: number;
}

/** What waits until Blobs have been read: with `blob` set, for its own. */
interface Delayed {
  readonly task: (data?: Buffer) => void;
  readonly blob: Blob | undefined;
  readonly callback: SendCallback | undefined;
}

/** Events that wait for turns of their own: `tasks` from `next` on. */
interface Deferred {
  tasks: (() => void)[];
  next: number;
}

/** From this many deferred events on, reading rests. */
const mostDeferred = 64;

/** What a connection needs that is the same for all of a server. */
export interface ConnectionSetup {
  readonly config: ServerConfig | ClientConfig;
  readonly deadlines: DeadlineConfig;
  readonly options: ConnectionOptions & { readonly perMessageDeflate?: boolean | PerMessageDeflateOptions | undefined };
}

/** Opens an accepted socket; defined by the class, whose fields nobody else sees. */
export let openAccepted: (
  websocket: WebSocket,
  socket: Duplex,
  head: Buffer,
  agreement: Agreement,
  setup: ConnectionSetup,
  onClosed: ((websocket: WebSocket) => void) | undefined,
) => void;

let listenerOf: (websocket: WebSocket) => PumpListener;

/** The values of each event. */
interface WebSocketEvents {
  open: [];
  message: [data: RawData, isBinary: boolean];
  close: [code: number, reason: Buffer];
  error: [error: Error];
  ping: [data: Buffer];
  pong: [data: Buffer];
  upgrade: [response: IncomingMessage];
  redirect: [url: string, request: ClientRequest];
  "unexpected-response": [request: ClientRequest, response: IncomingMessage];
}

/** The events of `addEventListener` and the attributes `on…`. */
export interface WebSocketEventMap {
  open: SocketEvent;
  message: SocketMessageEvent;
  close: SocketCloseEvent;
  error: SocketErrorEvent;
}

/** The event `open`, and what all others are. */
export interface SocketEvent {
  type: string;
  target: WebSocket;
}

/** The event `message`. Text is a string. */
export interface SocketMessageEvent extends SocketEvent {
  data: string | RawData;
}

/** The event `close`. */
export interface SocketCloseEvent extends SocketEvent {
  wasClean: boolean;
  code: number;
  reason: string;
}

/** The event `error`. */
export interface SocketErrorEvent extends SocketEvent {
  // biome-ignore lint/suspicious/noExplicitAny: as the types of `ws` have it
  error: any;
  message: string;
}

type Handler<Name extends keyof WebSocketEventMap> = ((event: WebSocketEventMap[Name]) => void) | null;

/** EventEmitter has the methods; these are the types of their listeners. */
export interface WebSocket {
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

/** The socket whose listener is called by its pump, which writes when that has returned. */
let receiving: WebSocket | undefined;
/** Other sockets with output that waits for the end of the turn. */
const unwritten = new Set<WebSocket>();
let writePending: () => void;
process.on("exit", () => writePending());

/** Counts the turns in which something was written at once. */
let turn = 1;
let isTurnCounted = false;

function endTurnLater(): void {
  if (isTurnCounted) return;
  isTurnCounted = true;
  process.nextTick(nextTurn);
}

function nextTurn(): void {
  turn++;
  isTurnCounted = false;
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
    // biome-ignore lint/complexity/noThisInStatic: bundlers rename a class whose body names it, and traces would show that name
    listenerOf = (websocket) => new this.#Listener(websocket);
    writePending = () => {
      for (const websocket of unwritten) websocket.#writeNow();
      if (receiving !== undefined) receiving.#writeNow();
    };
    openAccepted = (websocket, socket, head, agreement, setup, onClosed) => {
      websocket.#onClosed = onClosed;
      websocket.#open(socket, head, agreement, setup);
    };
  }

  /** Whether the connection has the role of a server. Set by programs that call `setSocket` themselves. */
  _isServer = false;
  #state: 0 | 1 | 2 | 3 = connecting;
  #binaryType: BinaryType = "nodebuffer";
  #url = "";
  #opening: ClientOpening | undefined;
  #socket: Duplex | undefined;
  #pump: Pump | undefined;
  #isPaused = false;
  /** Smallest message that is compressed; undefined without the extension. */
  #threshold: number | undefined;
  /** The message that is being sent in parts. */
  #stream: { readonly kind: MessageKind; readonly to: MessageStream } | undefined;
  #waiting: Waiting[] | undefined;
  /** What waits until a Blob has been read. */
  #delayed: Delayed[] | undefined;
  /** With `allowSynchronousEvents: false`. */
  #deferred: Deferred | undefined;
  /** Bytes that were sent after the connection had begun to close. */
  #lost = 0;
  #hasFailed = false;
  /** Whether it is one of `unwritten`. */
  #isUnwritten = false;
  /** The turn in which the first message was written at once. */
  #writtenIn = 0;
  #onClosed: ((websocket: WebSocket) => void) | undefined;

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
    this.#connect(address, list, (options ?? {}) as ClientOptions);
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

  get readyState(): 0 | 1 | 2 | 3 {
    return this.#state;
  }

  get binaryType(): BinaryType {
    return this.#binaryType;
  }

  set binaryType(type: BinaryType) {
    if (binaryTypes.includes(type)) this.#binaryType = type;
  }

  /** Bytes that were sent and have not left, with their framing; after the connection has begun to close, also those that never will. */
  get bufferedAmount(): number {
    return this.#lost + (this.#pump?.bufferedLength ?? 0);
  }

  /** The names of the agreed extensions, with commas between them. */
  get extensions(): string {
    const agreed = this.#pump?.endpoint.agreement?.extensions ?? [];
    return agreed.map(({ name }) => name).join();
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** The agreed subprotocol; empty for none. */
  get protocol(): string {
    return this.#pump?.endpoint.agreement?.subprotocol ?? "";
  }

  /** The address of a client; empty for an accepted socket. */
  get url(): string {
    return this.#url;
  }

  /** The socket below, once the connection is open: for its addresses, `ref` and `unref`. */
  get _socket(): Socket | null {
    return (this.#socket as Socket | undefined) ?? null;
  }

  /**
   * Opens a socket that was created with the address null over a stream whose opening handshake was done elsewhere, without extensions
   * and without a subprotocol. `_isServer` says in which role.
   */
  setSocket(socket: Duplex, head: Buffer, options: ConnectionOptions = {}): void {
    const role = this._isServer ? "server" : "client";
    const setup = this._isServer ? serverSetup(options, []) : clientSetup(options as ClientOptions, []);
    this.#open(socket, head, plainAgreement(role), setup);
  }

  /** The opening request, until the connection is open. */
  get _req(): ClientRequest | undefined {
    return this.#opening?.request;
  }

  /**
   * Sends a message. Before the connection is open it throws; after it has begun to close, `callback` gets an error.
   *
   * @throws Error while connecting
   */
  send(data: unknown, callback?: SendCallback): void;
  send(data: unknown, options: SendOptions | undefined, callback?: SendCallback): void;
  send(data: unknown, options?: SendOptions | SendCallback, callback?: SendCallback): void {
    if (this.#state === connecting) throw notOpen(this.#state);
    if (typeof options === "function") {
      callback = options;
      options = undefined;
    }
    // Wrappers pass null for none.
    if (typeof callback !== "function") callback = undefined;
    if (this.#state !== open) {
      this.#sendTooLate(data, callback);
      return;
    }
    if (this.#delayed !== undefined || isBlob(data)) {
      const how = options;
      const blob = isBlob(data) ? data : undefined;
      this.#delay((read) => this.#transmit(read ?? data, how, callback), blob, callback);
      return;
    }
    this.#transmit(data, options, callback);
  }

  /** Sends a Ping of at most 125 bytes. */
  ping(data?: unknown, mask?: boolean, callback?: SendCallback): void;
  ping(...values: unknown[]): void {
    this.#control("sendPing", values);
  }

  /** Sends an unsolicited Pong of at most 125 bytes. */
  pong(data?: unknown, mask?: boolean, callback?: SendCallback): void;
  pong(...values: unknown[]): void {
    this.#control("sendPong", values);
  }

  /**
   * Starts the closing handshake.
   *
   * @throws TypeError for a status code that may not be sent, RangeError for a reason of more than 123 bytes
   */
  close(code?: number, reason?: string | Uint8Array): void {
    if (this.#state === connecting) {
      this.#abortOpening();
      return;
    }
    if (this.#state !== open) return;
    // Without a code there is no place for a reason (RFC 6455 §5.5.1).
    const text = code === undefined ? "" : reasonText(reason);
    checkClose(this._isServer ? "server" : "client", code, text);
    this.#state = closing;
    if (this.#delayed === undefined) this.#sendClose(code, text);
    else this.#delay(() => this.#sendClose(code, text), undefined, undefined);
  }

  /** Destroys the socket at once. */
  terminate(): void {
    if (this.#state === connecting) {
      this.#abortOpening();
      return;
    }
    if (this.#state === closed) return;
    this.#state = closing;
    // What was sent before it in this turn may still arrive.
    this.#writeNow();
    if (!this.#isPaused) this.#pump!.abort();
    // What the paused stream has read is delivered when it is closed.
    else this.#socket!.destroy();
  }

  /** Stops reading. Messages that have been read are still emitted. */
  pause(): void {
    if (this.#state === connecting || this.#state === closed) return;
    const socket = this.#socket!;
    if (!socket.listeners("close").includes(readRest)) {
      Object.assign(socket, { [pumpOf]: this.#pump });
      socket.prependListener("close", readRest);
    }
    this.#isPaused = true;
    this.#pump!.pause();
    // The pump pauses it at the end of the turn, and what came with the opening handshake is delivered before.
    socket.pause();
  }

  /** Continues reading. */
  resume(): void {
    if (this.#state === connecting || this.#state === closed) return;
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#pump!.resume();
    // Within the turn of the pause the pump has not paused it.
    this.#socket!.resume();
  }

  /** Adds a listener that gets an event object. */
  addEventListener<Name extends keyof WebSocketEventMap>(
    type: Name,
    listener: ((event: WebSocketEventMap[Name]) => void) | { handleEvent(event: WebSocketEventMap[Name]): void },
    options?: EventListenerOptions,
  ): void {
    addEventListener(this, type, listener as EventHandler, options);
  }

  removeEventListener<Name extends keyof WebSocketEventMap>(
    type: Name,
    listener: ((event: WebSocketEventMap[Name]) => void) | { handleEvent(event: WebSocketEventMap[Name]): void },
  ): void {
    removeEventListener(this, type, listener as EventHandler);
  }

  get onopen(): Handler<"open"> {
    return attribute(this, "open") as Handler<"open">;
  }

  set onopen(handler: Handler<"open">) {
    setAttribute(this, "open", handler);
  }

  get onmessage(): Handler<"message"> {
    return attribute(this, "message") as Handler<"message">;
  }

  set onmessage(handler: Handler<"message">) {
    setAttribute(this, "message", handler);
  }

  get onclose(): Handler<"close"> {
    return attribute(this, "close") as Handler<"close">;
  }

  set onclose(handler: Handler<"close">) {
    setAttribute(this, "close", handler);
  }

  get onerror(): Handler<"error"> {
    return attribute(this, "error") as Handler<"error">;
  }

  set onerror(handler: Handler<"error">) {
    setAttribute(this, "error", handler);
  }

  // Opening

  #connect(address: string | URL, protocols: readonly string[], options: ClientOptions): void {
    const owner: OpeningOwner = {
      socket: this,
      isConnecting: true,
      located: (url) => {
        this.#url = url;
      },
      opened: (socket, head, agreement, extensions) => {
        let setup: ConnectionSetup;
        try {
          setup = clientSetup(options, extensions);
        } catch (error) {
          socket.destroy();
          this.#openingFailed(error as Error);
          return;
        }
        this.#open(socket, head, agreement, setup);
      },
      failed: (error) => this.#openingFailed(error),
    };
    Object.defineProperty(owner, "isConnecting", { get: () => this.#state === connecting });
    this.#opening = new ClientOpening(owner, address, protocols, options);
    // Functions of the application that run in here may close the socket.
    this.#opening.start();
  }

  #abortOpening(): void {
    if (this.#opening === undefined) return;
    this.#state = closing;
    this.#opening.abort(new Error("WebSocket was closed before the connection was established"));
  }

  #openingFailed(error: Error): void {
    this.#state = closing;
    this.#opening = undefined;
    this.#hasFailed = true;
    try {
      this.emit("error", error);
    } finally {
      this.#ended(false, 1006, "");
    }
  }

  #open(socket: Duplex, head: Buffer, agreement: Agreement, setup: ConnectionSetup): void {
    this.#opening = undefined;
    this.#socket = socket;
    const { config, deadlines, options } = setup;
    if (options.allowSynchronousEvents === false) this.#deferred = { tasks: [], next: 0 };
    if (agreement.extensions.length > 0) {
      const own = agreement.role === "server" ? "server_no_context_takeover" : "client_no_context_takeover";
      const withoutTakeover = agreement.extensions.some(({ parameters }) => parameters.some(([name]) => name === own));
      this.#threshold = thresholdOf(options.perMessageDeflate, withoutTakeover);
    }
    const endpoint = createOpenEndpoint(agreement, config);
    // Back to the stream, where it rests while a listener of `open` or `connection` pauses. A copy: a short Buffer may share its memory.
    const hasRest = head.length > 0 && !socket.readableEnded;
    if (hasRest) socket.unshift(Buffer.from(head));
    const pump = new Pump({
      endpoint,
      transport: new NodeTransport(socket),
      listener: listenerOf(this),
      clock: nodeClock,
      deadlines,
      writeBudget: Number.MAX_SAFE_INTEGER,
    });
    this.#pump = pump;
    // Undocumented streams in place of sockets have no timeout.
    if ("setTimeout" in socket) (socket as Socket).setTimeout(0);
    this.#state = open;
    pump.start();
    if (hasRest) {
      // Code that awaits the opening adds its listeners a few microtasks later.
      socket.pause();
      nodeClock.defer!(() => {
        if (!this.#isPaused) socket.resume();
      });
    }
    this.emit("open");
  }

  // Sending

  #transmit(data: unknown, options: SendOptions | undefined, callback: SendCallback | undefined): void {
    const pump = this.#pump!;
    const { endpoint } = pump;
    const payload = payloadOf(data);
    const isText = !(options?.binary ?? (typeof data !== "string" && typeof data !== "number"));
    try {
      if (this.#stream !== undefined || options?.fin === false) {
        this.#sendPart(payload, isText, options);
      } else if (isText) {
        const compression = this.#compression(payload.length, options);
        if (typeof payload !== "string") endpoint.sendUtf8(ownBytes(payload), compression);
        else if (payload.length <= this.#longestText()) endpoint.sendText(payload, compression);
        else endpoint.sendUtf8(Buffer.from(payload), compression);
      } else {
        const bytes = ownBytes(bytesOf(payload));
        endpoint.sendBinary(bytes, this.#compression(bytes.length, options));
      }
    } catch (error) {
      const isSilent = callback === undefined && error instanceof UsageError && error.code === "send/not-utf8";
      if (!(error instanceof UsageError) || isSilent) throw error;
      this.#callBack(callback, error);
      return;
    }
    if (callback !== undefined) this.#await(callback);
    this.#requestWrite();
  }

  /**
   * Writes what was sent at the end of the turn, so that many messages share a system call; but the first of a turn at once, because
   * programs exit, or block, after they have sent something. What is pending when the process exits is written then.
   */
  #requestWrite(): void {
    const pump = this.#pump!;
    if (receiving === this) {
      pump.requestFlush();
      return;
    }
    if (this.#writtenIn === turn) {
      if (!this.#isUnwritten) {
        this.#isUnwritten = true;
        unwritten.add(this);
      }
      pump.requestFlush();
      return;
    }
    this.#writtenIn = turn;
    endTurnLater();
    this.#writeNow();
  }

  #writeNow(): void {
    // Callbacks are called when `send` has returned.
    const waiting = this.#waiting;
    this.#waiting = undefined;
    this.#pump!.endTurn();
    if (waiting === undefined) return;
    this.#waiting = this.#waiting === undefined ? waiting : [...waiting, ...this.#waiting];
    process.nextTick(() => {
      if (this.#waiting !== undefined) this.#flushed(this.#waiting);
    });
  }

  /** Longest text that core sends as one frame: longer ones are encoded here. */
  #longestText(): number {
    return this._isServer ? longestTextOfServer : longestTextOfClient;
  }

  #compression(length: number, options: SendOptions | undefined): CoreSendOptions | undefined {
    if (this.#threshold === undefined) return undefined;
    return options?.compress !== false && length >= this.#threshold ? compressed : uncompressed;
  }

  #sendPart(payload: string | Uint8Array, isText: boolean, options: SendOptions | undefined): void {
    if (this.#stream === undefined) {
      // The first part says what the message is, and whether to compress it.
      const compression = this.#compression(payload.length, options);
      const kind: MessageKind = isText ? "text" : "binary";
      this.#stream = { kind, to: this.#pump!.endpoint.startMessage(kind, compression) };
    }
    const { kind, to: stream } = this.#stream;
    // The first part says what the message is. Bytes may be a part of text.
    stream.write(
      kind === "binary" ? ownBytes(bytesOf(payload)) : typeof payload === "string" ? payload : ownBytes(payload),
    );
    if (options?.fin === false) return;
    this.#stream = undefined;
    stream.end();
  }

  #control(command: "sendPing" | "sendPong", values: unknown[]): void {
    if (this.#state === connecting) throw notOpen(this.#state);
    const callback = values.find((value) => typeof value === "function") as SendCallback | undefined;
    const data = typeof values[0] === "function" ? undefined : values[0];
    if (this.#state !== open) {
      this.#sendTooLate(data, callback);
      return;
    }
    const bytes = bytesOf(payloadOf(data));
    if (bytes.length > 125) throw new RangeError("The data size must not be greater than 125 bytes");
    if (this.#delayed !== undefined) {
      this.#delay(() => this.#sendControl(command, bytes, callback), undefined, callback);
      return;
    }
    this.#sendControl(command, bytes, callback);
  }

  #sendControl(command: "sendPing" | "sendPong", bytes: Uint8Array, callback: SendCallback | undefined): void {
    const { endpoint } = this.#pump!;
    // Core sends control frames before messages, but the Pong to this Ping says that the peer has what was sent before it.
    if (endpoint.outputLength > 0) this.#writeNow();
    try {
      endpoint[command](new Uint8Array(bytes));
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      this.#callBack(callback, error);
      return;
    }
    if (callback !== undefined) this.#await(callback);
    this.#requestWrite();
  }

  #sendClose(code: number | undefined, reason: string): void {
    // A message that has not ended never will, but its parts have been sent.
    if (this.#stream !== undefined) this.#writeNow();
    this.#pump!.endpoint.sendClose(code, reason);
    this.#requestWrite();
  }

  #sendTooLate(data: unknown, callback: SendCallback | undefined): void {
    this.#lost += isBlob(data) ? data.size : bytesOf(payloadOf(data)).length;
    if (callback !== undefined) process.nextTick(callback, notOpen(this.#state));
  }

  /** Queues `task` behind Blobs that are being read. `blob` is what has to be read for it, if anything. */
  #delay(task: (data?: Buffer) => void, blob: Blob | undefined, callback: SendCallback | undefined): void {
    this.#delayed ??= [];
    this.#delayed.push({ task, blob, callback });
    if (this.#delayed.length === 1) this.#runDelayed(this.#delayed);
  }

  #runDelayed(delayed: Delayed[], from = 0): void {
    for (let at = from; at < delayed.length; at++) {
      const { task, blob, callback } = delayed[at]!;
      if (blob !== undefined) {
        const goOn = (run: () => void): void => {
          this.#runUnlessClosed(run, callback);
          this.#runDelayed(delayed, at + 1);
        };
        blob.arrayBuffer().then(
          (bytes) => goOn(() => task(Buffer.from(bytes))),
          (error) => goOn(() => this.#callBack(callback, error)),
        );
        return;
      }
      this.#runUnlessClosed(task, callback);
    }
    this.#delayed = undefined;
  }

  #runUnlessClosed(run: () => void, callback: SendCallback | undefined): void {
    if (this.#state === closed) {
      this.#callBack(callback, unsent());
      return;
    }
    try {
      run();
    } catch (error) {
      throwLater(error);
    }
  }

  #await(callback: SendCallback): void {
    const { endpoint } = this.#pump!;
    this.#waiting ??= [];
    this.#waiting.push({ callback, end: endpoint.bytesTaken + endpoint.outputLength });
  }

  #callBack(callback: SendCallback | undefined, error: Error | undefined): void {
    if (callback === undefined) return;
    try {
      callback(error);
    } catch (thrown) {
      throwLater(thrown);
    }
  }

  // Receiving, and the end

  static readonly #Listener = class implements PumpListener {
    readonly #socket: WebSocket;

    constructor(socket: WebSocket) {
      this.#socket = socket;
    }

    get isGuarded(): boolean {
      return true;
    }

    get takesTextBytes(): boolean {
      return true;
    }

    request(): void {}
    open(): void {}
    rejection(): void {}
    text(): void {}
    piece(): void {}

    textBytes(bytes: Uint8Array, start: number, end: number): void {
      this.#socket.#message(false, bytes, start, end);
    }

    binary(bytes: Uint8Array, start: number, end: number): void {
      this.#socket.#message(true, bytes, start, end);
    }

    ping(payload: Uint8Array): void {
      this.#socket.#controlFrame("ping", payload);
    }

    pong(payload: Uint8Array): void {
      this.#socket.#controlFrame("pong", payload);
    }

    close(): void {
      if (this.#socket.#state === open) this.#socket.#state = closing;
    }

    failure(violation: Violation): void {
      const socket = this.#socket;
      if (socket.#deferred === undefined) {
        const before = receiving;
        receiving = socket;
        socket.#failed(violation);
        receiving = before;
      } else socket.#defer(socket.#deferred, () => socket.#failed(violation));
    }

    end(clean: boolean, statusCode: number, reason: string): void {
      const socket = this.#socket;
      if (socket.#deferred === undefined) socket.#ended(clean, statusCode, reason);
      else socket.#defer(socket.#deferred, () => socket.#ended(clean, statusCode, reason));
    }

    flushed(): void {
      const socket = this.#socket;
      if (socket.#isUnwritten) {
        socket.#isUnwritten = false;
        unwritten.delete(socket);
      }
      if (socket.#waiting !== undefined) socket.#flushed(socket.#waiting);
    }
  };

  #message(isBinary: boolean, bytes: Uint8Array, start: number, end: number): void {
    const data = bufferOver(bytes, start, end);
    received = bytes.buffer;
    let message: RawData | Blob = data;
    if (isBinary && this.#binaryType !== "nodebuffer") message = converted(data, this.#binaryType);
    if (this.#deferred !== undefined) {
      this.#defer(this.#deferred, () => this.#emit("message", message, isBinary));
      return;
    }
    const before = receiving;
    receiving = this;
    try {
      this.emit("message", message, isBinary);
    } catch (error) {
      throwLater(error);
    }
    receiving = before;
  }

  #controlFrame(name: "ping" | "pong", payload: Uint8Array): void {
    const data = bufferOver(payload, 0, payload.length);
    if (this.#deferred === undefined) {
      const before = receiving;
      receiving = this;
      this.#emit(name, data);
      receiving = before;
    } else this.#defer(this.#deferred, () => this.#emit(name, data));
  }

  #emit(name: string, ...values: unknown[]): void {
    try {
      this.emit(name, ...values);
    } catch (error) {
      throwLater(error);
    }
  }

  /** Emits in a turn of its own, behind what waits already. Reading rests while much is waiting. */
  #defer(deferred: Deferred, task: () => void): void {
    deferred.tasks.push(task);
    if (deferred.tasks.length - deferred.next === 1) setImmediate(() => this.#emitDeferred(deferred));
    if (deferred.tasks.length - deferred.next === mostDeferred) this.#pump?.pause();
  }

  #emitDeferred(deferred: Deferred): void {
    const task = deferred.tasks[deferred.next++]!;
    if (deferred.next < deferred.tasks.length) setImmediate(() => this.#emitDeferred(deferred));
    else {
      deferred.tasks = [];
      deferred.next = 0;
      if (!this.#isPaused) this.#pump?.resume();
    }
    task();
  }

  #failed(violation: Violation): void {
    this.#state = closing;
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    this.#emit("error", violationError(violation));
  }

  #flushed(waiting: Waiting[]): void {
    const pump = this.#pump!;
    const { endpoint, bufferedLength } = pump;
    // What is in flight is not confirmed.
    const left = endpoint.bytesTaken - (bufferedLength - endpoint.outputLength);
    // Nothing is left also when the output was dropped, because the peer is lost or the connection closes.
    const isAllSent = bufferedLength === 0 && pump.failure === undefined && endpoint.connection!.droppedLength === 0;
    let count = 0;
    while (count < waiting.length && (isAllSent || waiting[count]!.end <= left)) count++;
    if (count === 0) return;
    this.#waiting = count === waiting.length ? undefined : waiting.slice(count);
    for (let at = 0; at < count; at++) this.#callBack(waiting[at]!.callback, undefined);
  }

  #ended(clean: boolean, statusCode: number, reason: string): void {
    if (this.#state === closed) return;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    const failure = this.#pump?.failure;
    if (failure?.kind === "given-up" && !this.#hasFailed) this.#emit("error", failure.error);
    this.#state = closed;
    for (const { callback } of waiting ?? []) {
      this.#callBack(callback, unsent());
    }
    if (clean) Object.defineProperty(this, closedCleanly, { value: true });
    this.#onClosed?.(this);
    this.#emit("close", statusCode, Buffer.from(reason));
  }
}

for (const [at, name] of ["CONNECTING", "OPEN", "CLOSING", "CLOSED"].entries()) {
  Object.defineProperty(WebSocket, name, { enumerable: true, value: at });
}

// Attributes and operations are enumerable, as Web IDL has them and wrappers expect; and bundlers rename classes.
Object.defineProperty(WebSocket, "name", { value: "WebSocket" });
for (const name of [
  ...["CONNECTING", "OPEN", "CLOSING", "CLOSED", "binaryType", "bufferedAmount", "extensions", "isPaused", "protocol"],
  ...["readyState", "url", "onopen", "onmessage", "onclose", "onerror"],
]) {
  Object.defineProperty(WebSocket.prototype, name, { enumerable: true });
}

const pumpOf = Symbol("pump");

/** A stream that is closed while it is paused: passes on what the runtime has read. It emits no `data` any more. */
function readRest(this: Duplex & { [pumpOf]?: Pump }): void {
  const rest: Buffer | null = this.read();
  if (rest !== null) this[pumpOf]?.data(new Uint8Array(rest));
}

/** The memory of the message that was emitted last, which is often sent back or on. */
let received: ArrayBufferLike | undefined;

/**
 * Copies what core would send by reference, because programs reuse their buffers as soon as `send` has returned; but nobody else writes to
 * the memory of a message that was received.
 */
function ownBytes(bytes: Uint8Array): Uint8Array {
  if (bytes.length <= 4096 || bytes.buffer === received) return bytes;
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  copy.set(bytes);
  return copy;
}

function converted(data: Buffer, type: BinaryType): RawData | Blob {
  if (type === "arraybuffer") return arrayBufferOf(data);
  return type === "blob" ? new Blob([data as Buffer<ArrayBuffer>]) : [data];
}

/** Errors of listeners are uncaught, and harm neither this connection nor others. */
function throwLater(error: unknown): void {
  process.nextTick(() => {
    throw error;
  });
}

function reasonText(reason: string | Uint8Array | null = ""): string {
  if (reason instanceof Uint8Array) return bufferOver(reason, 0, reason.length).toString();
  return reason === null ? "" : String(reason);
}

/** @throws TypeError for a status code that may not be sent, RangeError for a reason of more than 123 bytes */
function checkClose(role: Role, code: number | undefined, reason: string): void {
  try {
    formatClosePayload(role, code, reason, nodeFunctions);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    if (error.code === "close/reason-too-long") {
      throw new RangeError("The message must not be greater than 123 bytes", { cause: error });
    }
    throw new TypeError("First argument must be a valid error code number", { cause: error });
  }
}

function unsent(): Error {
  return new Error("The connection was closed before the message was sent");
}

function notOpen(state: 0 | 1 | 2 | 3): Error {
  const name = ["CONNECTING", "OPEN", "CLOSING", "CLOSED"][state];
  return new Error(`WebSocket is not open: readyState ${state} (${name})`);
}

const defaultMaxPayload = 104_857_600;
const defaultCloseTimeout = 30_000;

/** A short text is mostly ASCII, which a loop finds in less time than a call of the runtime takes. */
const functions: NativeFunctions = {
  ...nodeFunctions,
  isUtf8(bytes, start, end) {
    if (end - start <= longestLooked) {
      let at = start;
      while (at < end && bytes[at]! < 0x80) at++;
      if (at === end) return true;
    }
    return nodeFunctions.isUtf8!(bytes, start, end);
  },
};

const longestLooked = 128;

/** Options of core for those that clients and servers have in common. */
function connectionOptions(
  { maxPayload = defaultMaxPayload, maxFragments = 131_072, autoPong = true }: ConnectionOptions,
  extensions: readonly Extension[],
): {
  readonly extensions: readonly Extension[];
  readonly autoPong: boolean;
  readonly echoReason: true;
  readonly native: NativeFunctions;
  readonly fragmentSize: number;
  readonly limits: { readonly message: number; readonly fragments: number; readonly queuedOutput: number };
} {
  return {
    extensions,
    autoPong: Boolean(autoPong),
    echoReason: true,
    native: functions,
    // `ws` sends each message as one frame, and some of its peers expect it.
    fragmentSize: Number.MAX_SAFE_INTEGER,
    limits: {
      message: orUnlimited(maxPayload),
      fragments: orUnlimited(maxFragments),
      queuedOutput: Number.POSITIVE_INFINITY,
    },
  };
}

/** 0 is no limit. */
function orUnlimited(limit: number): number {
  // Also as text: it may come from the environment.
  const whole = Math.trunc(Number(limit));
  return whole > 0 ? whole : Number.POSITIVE_INFINITY;
}

/** `ws` has one deadline; whoever needs more sends Pings. */
function deadlinesOf({ closeTimeout = defaultCloseTimeout }: ConnectionOptions): DeadlineConfig {
  const never = Number.POSITIVE_INFINITY;
  return DeadlineConfig.of({
    // As setTimeout has it: what is no duration is a short one.
    closing: Math.max(Number(closeTimeout) || 0, 1),
    ...{ opening: never, ping: never, pong: never, stalled: never, message: never, resting: never, idle: never },
    controlFrames: never,
  });
}

const random: RandomSource = (target) => {
  randomFillSync(target);
};

function clientSetup(options: ClientOptions, extensions: readonly Extension[]): ConnectionSetup {
  const { generateMask } = options;
  const source: RandomSource = typeof generateMask !== "function" ? random : maskSource(generateMask);
  const config = ClientConfig.of({ random: source, ...connectionOptions(options, extensions) });
  return { config, deadlines: deadlinesOf(options), options: { perMessageDeflate: true, ...options } };
}

const maskSources = new WeakMap<object, RandomSource>();

/** Keys are drawn in advance, four bytes each. */
function maskSource(generateMask: (mask: Buffer) => void): RandomSource {
  let source = maskSources.get(generateMask);
  if (source === undefined) {
    source = (target) => {
      for (let at = 0; at + 4 <= target.length; at += 4) generateMask(bufferOver(target, at, at + 4));
    };
    maskSources.set(generateMask, source);
  }
  return source;
}

/** What all connections of a server share. */
export function serverSetup(
  options: ConnectionSetup["options"],
  extensions: readonly Extension[],
): ConnectionSetup & { readonly config: ServerConfig } {
  const config = ServerConfig.of(connectionOptions(options, extensions));
  return { config, deadlines: deadlinesOf(options), options };
}
