/**
 * The WebSocket interface (WHATWG WebSockets §3) over any transport, for client sockets and accepted sockets. The class that
 * applications construct is in `client/websocket.ts`. Members beyond the standard are marked as extensions.
 */

import { type Agreement, type MessageKind, type PreparedMessage, type SendOptions, UsageError } from "@hybi/core";
import type { ResponseHead } from "@hybi/core/opening";
import { checkOptions, checkPrepared, checkSendOptions, type OptionChecks, takes } from "@hybi/core/options";
import { type AsyncDisposal, defineAsyncDisposal } from "../dom/async-disposal.ts";
import { type Closer, checkClose } from "../dom/check-close.ts";
import { invalidState } from "../dom/dom-exception.ts";
import { createHandlerListener, EventHandlers, type HandledType, type Handler } from "../dom/event-handlers.ts";
import { fire, isAskedByPlatform } from "../dom/fire.ts";
import { GuardedListeners } from "../dom/guarded-listeners.ts";
import {
  type BinaryType,
  checkBlobs,
  isBinaryType,
  isTextType,
  type MessageData,
  messageTypes,
  type Sendable,
  sendable,
  type TextType,
} from "../dom/message-data.ts";
import { isBeingPassed } from "../dom/message-event.ts";
import { EventTarget } from "../dom/platform-classes.ts";
import type { CloseEvent, ControlEvent, FailureEvent, SocketMessageEvent } from "../dom/socket-events.ts";
import {
  defineConstants,
  defineInstances,
  defineInterface,
  requireArguments,
  toClampedUnsignedShort,
  toDomString,
  toUsvString,
} from "../dom/web-idl.ts";
import type { SendCallback } from "./departures.ts";
import { formatExtensions } from "./format-extensions.ts";
import { idOf, remoteAddressOf } from "./labels.ts";
import { CLOSED, CLOSING, CONNECTING, OPEN, type ReadyState } from "./lifecycle.ts";
import type { OnLoss } from "./message-queue.ts";
import { MessageWriter, type PiecesOptions } from "./message-writer.ts";
import { responseOf } from "./opening-response.ts";
import { type SocketCore, type SocketSendOptions, sendOptions } from "./socket-core.ts";
import { checkSource, SocketSource } from "./socket-source.ts";
import type { SocketStatistics } from "./socket-statistics.ts";

/** The events of a WebSocket. */
export interface WebSocketEventMap {
  readonly open: Event;
  readonly message: SocketMessageEvent<MessageData>;
  readonly error: FailureEvent;
  readonly close: CloseEvent;
  /** Extension: a Ping has arrived, and was answered unless `autoPong` is false. */
  readonly ping: ControlEvent;
  /** Extension: a Pong has arrived. */
  readonly pong: ControlEvent;
  /** Extension: everything that was sent has left, so that `bufferedAmount` has fallen to 0. */
  readonly drain: Event;
}

/** The value of an `on…` attribute. */
export type WebSocketHandler<Type extends keyof WebSocketEventMap> =
  | ((this: WebSocket, event: WebSocketEventMap[Type]) => unknown)
  | null;

/** A listener as accepted by `addEventListener`. */
export type WebSocketListener<Type extends keyof WebSocketEventMap> =
  | ((this: WebSocket, event: WebSocketEventMap[Type]) => unknown)
  | { handleEvent(event: WebSocketEventMap[Type]): unknown };

type AnyListener = Parameters<EventTarget["addEventListener"]>[1];

/** Options of a loop over messages. */
export interface MessagesOptions {
  /**
   * Behavior if the connection ends without both Close frames: `"throw"` a `WebSocketError`, the default, or `"end"`.
   */
  readonly onLoss?: OnLoss | undefined;
}

const messagesChecks: OptionChecks<MessagesOptions> = { onLoss: takes.oneOf("throw", "end") };

/** Returns the internals of a socket, for servers; undefined if `value` is none. */
export let coreOf: (value: unknown) => SocketCore | undefined;

/** `await using` closes the socket with 1000, and waits until it is closed. */
export interface WebSocket extends AsyncDisposal {}

/** A WebSocket of either role. */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: see the interface.
export class WebSocket extends EventTarget {
  declare static readonly CONNECTING: typeof CONNECTING;
  declare static readonly OPEN: typeof OPEN;
  declare static readonly CLOSING: typeof CLOSING;
  declare static readonly CLOSED: typeof CLOSED;
  declare readonly CONNECTING: typeof CONNECTING;
  declare readonly OPEN: typeof OPEN;
  declare readonly CLOSING: typeof CLOSING;
  declare readonly CLOSED: typeof CLOSED;

  /** Reports errors of listeners in the same way as those of handlers. */
  static readonly #listeners = new GuardedListeners((target) => (target as WebSocket).#core.report);
  static readonly #handlerListener = createHandlerListener(
    (target) => (target as WebSocket).#core.handlers,
    (target) => (target as WebSocket).#core.report,
  );

  static {
    // Accepted sockets are instances of the classes of adapters as well.
    defineInstances(WebSocket, (value) => #core in value);
    coreOf = (value) => (typeof value === "object" && value !== null && #core in value ? value.#core : undefined);
  }

  /**
   * Anything of the application, such as the user to whom the connection belongs: what `accept` was given, or `upgrade`. It may be
   * changed at any time; hybi reads nothing of it.
   */
  declare context: unknown;

  readonly #core: SocketCore;
  readonly #url: string;
  /** Which status codes `close` may use. */
  readonly #closer: Closer;
  /** Whether a listener was ever added. */
  #hasListeners = false;

  /** Called by the classes of clients, and by servers. @throws TypeError for any other argument */
  constructor(source: SocketSource) {
    super();
    checkSource(source, SocketSource);
    this.#url = source.url;
    this.#closer = source.closer;
    this.#core = source.createCore(this) as SocketCore;
  }

  // The standard interface

  get url(): string {
    return this.#url;
  }

  get readyState(): ReadyState {
    return this.#core.readyState;
  }

  /** Bytes of payload that were sent and have not left yet, plus all bytes sent since the socket started closing. */
  get bufferedAmount(): number {
    return this.#core.bufferedAmount;
  }

  /** The extensions in use, as in the response; empty for none. */
  get extensions(): string {
    return this.#core.agreement === undefined ? "" : formatExtensions(this.#core.agreement);
  }

  /** The subprotocol in use; empty for none. */
  get protocol(): string {
    return this.#core.agreement?.subprotocol ?? "";
  }

  /**
   * The type of binary messages. Default, unless options set it: "blob" for a client, "arraybuffer" for an accepted
   * socket. "bytes" is an extension, see `BinaryType`.
   */
  get binaryType(): BinaryType {
    return this.#core.types.binary;
  }

  set binaryType(value: BinaryType) {
    const core = this.#core;
    const type = toDomString(value);
    // Web IDL: values outside the enumeration are ignored.
    if (isBinaryType(type)) core.types = messageTypes(checkBlobs(type), core.types.text);
  }

  /**
   * Sends a message. Data other than strings, bytes and Blobs is converted to a string. As extensions, it takes `options`, and a
   * `callback`, which is called exactly once, and never within this call: without an argument when the message has left, which
   * means that its last byte was passed to the transport and the transport had room again; or with an error if that will not happen: a
   * `WebSocketError` when the connection has ended before, a `UsageError` `send/queue-full`, `send/after-close` or
   * `endpoint/ended` when the message was not even queued. Callbacks are called in the order in which messages leave. That a message has
   * left does not mean that the peer has got it.
   *
   * @throws DOMException InvalidStateError while connecting; UsageError for invalid options. The callback is then not called
   */
  send(data: Sendable, callback: SendCallback): void;
  send(data: Sendable, options?: SocketSendOptions | undefined, callback?: SendCallback | undefined): void;
  send(
    data: Sendable,
    options: SocketSendOptions | SendCallback | undefined = undefined,
    callback: SendCallback | undefined = undefined,
  ): void {
    const core = this.#core;
    // biome-ignore lint/complexity/noArguments: Web IDL distinguishes a missing argument from undefined.
    requireArguments(arguments, 1, "send()");
    const message = sendable(data);
    if (core.readyState === CONNECTING) throw invalidState("The socket is still connecting.");
    if (typeof options === "function") {
      if (typeof callback === "function")
        throw new UsageError("option/type", "send takes one callback, behind the options.");
      core.send(message, undefined, options);
    } else
      core.send(message, options === undefined ? undefined : sendOptions(options), sendCallback(options, callback));
  }

  /**
   * Starts the closing handshake behind everything sent so far. While connecting, gives the connection up. As an
   * extension, sockets that are not of a page may also use the other codes of RFC 6455 §7.4.1 that may be sent, such as 1001 and
   * 1011: accepted sockets, and those that the classes of adapters open.
   *
   * @throws DOMException InvalidAccessError unless `code` is 1000 or 3000 to 4999, or one of these; SyntaxError for a reason
   *   above 123 bytes
   */
  close(code: number | undefined = undefined, reason: string | undefined = undefined): void {
    const core = this.#core;
    const status = code === undefined ? undefined : toClampedUnsignedShort(code);
    const text = reason === undefined ? "" : toUsvString(reason);
    core.startClosing(checkClose(status, text, this.#closer), text);
  }

  get onopen(): WebSocketHandler<"open"> {
    return this.#handler("open");
  }

  set onopen(handler: WebSocketHandler<"open">) {
    this.#setHandler("open", handler);
  }

  get onmessage(): WebSocketHandler<"message"> {
    return this.#handler("message");
  }

  set onmessage(handler: WebSocketHandler<"message">) {
    this.#setHandler("message", handler);
  }

  get onerror(): WebSocketHandler<"error"> {
    return this.#handler("error");
  }

  set onerror(handler: WebSocketHandler<"error">) {
    this.#setHandler("error", handler);
  }

  get onclose(): WebSocketHandler<"close"> {
    return this.#handler("close");
  }

  set onclose(handler: WebSocketHandler<"close">) {
    this.#setHandler("close", handler);
  }

  override addEventListener<Type extends keyof WebSocketEventMap>(
    type: Type,
    listener: WebSocketListener<Type> | null,
    options?: Parameters<EventTarget["addEventListener"]>[2],
  ): void;
  override addEventListener(type: string, listener: AnyListener, options?: boolean | object): void;
  override addEventListener(type: string, listener: unknown, options: boolean | object | undefined = undefined): void {
    this.#hasListeners = true;
    // Handlers that were set before come first.
    if (typeof type === "string") this.#core.handlers?.register(type);
    else this.#core.handlers?.registerAll();
    super.addEventListener(type, WebSocket.#listeners.guard(listener) as AnyListener, options);
    // DOM §2.7, "add an event listener": with an aborted signal, no listener is added.
    const isAborted = typeof options === "object" && (options as { signal?: AbortSignal }).signal?.aborted === true;
    if (listener !== null && listener !== undefined && !isAborted) this.#listensTo(type);
  }

  override removeEventListener<Type extends keyof WebSocketEventMap>(
    type: Type,
    listener: WebSocketListener<Type> | null,
    options?: Parameters<EventTarget["removeEventListener"]>[2],
  ): void;
  override removeEventListener(type: string, listener: AnyListener, options?: boolean | object): void;
  override removeEventListener(
    type: string,
    listener: unknown,
    options: boolean | object | undefined = undefined,
  ): void {
    super.removeEventListener(type, WebSocket.#listeners.guarding(listener) as AnyListener, options);
  }

  override dispatchEvent(event: Event): boolean {
    if (isBeingPassed(event)) throw invalidState("The event is already being dispatched.");
    this.#core.handlers?.registerAll();
    return fire(this, event);
  }

  // Extensions

  /**
   * The type of text messages that arrive from now on: "string", the default unless options set another, or "bytes" for text that is
   * validated and not decoded; see `TextType`. Other values are ignored, as by `binaryType`.
   */
  get textType(): TextType {
    return this.#core.types.text;
  }

  set textType(value: TextType) {
    const core = this.#core;
    const type = toDomString(value);
    if (isTextType(type)) core.types = messageTypes(core.types.binary, type);
  }

  /** What both endpoints agreed on, once the connection is open. */
  get agreement(): Agreement | undefined {
    return this.#core.agreement;
  }

  /**
   * The response that opened the connection of a client, with its status and the fields that the server has added, such as
   * Set-Cookie; those of the opening handshake itself are left out, see `ClientAgreement`. Undefined while connecting, for an accepted socket, and where the
   * opening was no exchange over HTTP. A response that rejects the opening is in the `failure` of the `error` event and of `connect`.
   */
  get response(): ResponseHead | undefined {
    return responseOf(this.#core.agreement);
  }

  get statistics(): SocketStatistics {
    return this.#core.statistics;
  }

  /**
   * Sends a Ping of at most 125 bytes; a text is sent as UTF-8. Its Pong updates `statistics.roundTripTime` and fires `pong`. A no-op unless
   * open.
   *
   * @throws DOMException InvalidStateError while connecting; UsageError `control/payload-too-long`
   */
  ping(payload?: Uint8Array | string): void {
    if (this.#core.readyState === CONNECTING) throw invalidState("The socket is still connecting.");
    this.#core.sendControl((pump) => pump.ping(payload));
  }

  /**
   * Sends a Pong of at most 125 bytes, a text as UTF-8. It is an unsolicited one (RFC 6455 §5.5.3), because Pings are answered
   * automatically, or with the option `autoPong: false` the answer to a `ping` event, whose payload it must have (§5.5.2).
   *
   * @throws as `ping`
   */
  pong(payload?: Uint8Array | string): void {
    if (this.#core.readyState === CONNECTING) throw invalidState("The socket is still connecting.");
    this.#core.sendControl((pump) => pump.pong(payload));
  }

  /**
   * Sends a message that was encoded once for many sockets; see `prepareText` of core.
   *
   * @throws DOMException InvalidStateError while connecting; UsageError `send/data-type` for a message that was not
   *   prepared
   */
  sendPrepared(message: PreparedMessage, options?: SendOptions): void {
    if (this.#core.readyState === CONNECTING) throw invalidState("The socket is still connecting.");
    if (options !== undefined) checkSendOptions(options);
    checkPrepared(message);
    this.#core.sendPrepared(message, options);
  }

  /**
   * Sends a message, and resolves when it has left, as the callback of `send` tells. Rejects with what that is called with, or with
   * what `send` throws.
   */
  sendAndWait(data: Sendable, options?: SocketSendOptions): Promise<void> {
    return new Promise((resolve, reject) => {
      if (typeof options === "function")
        throw new UsageError("option/type", "sendAndWait takes options, and no callback.");
      this.send(data, options, (error) => (error === undefined ? resolve() : reject(error)));
    });
  }

  /**
   * Resolves when everything sent so far has left, at once if nothing is waiting. Rejects with a `WebSocketError` if the connection ends
   * before, and with a `UsageError` `endpoint/ended` if it is closed already. For a producer: `socket.send(…); await
   * socket.drained();`
   */
  drained(): Promise<void> {
    return this.#core.room(1);
  }

  /**
   * Starts a message of unknown length, of which the application writes one piece after the other; see `MessageWriter`. Its place is
   * behind everything sent before.
   *
   * @throws DOMException InvalidStateError while connecting; UsageError `option/unknown`, `option/type`, `option/range`, `send/priority`
   * @example
   * const writer = socket.sendInPieces("binary");
   * for await (const chunk of file.stream()) await writer.write(chunk);
   * await writer.close();
   */
  sendInPieces(kind: MessageKind, options?: PiecesOptions): MessageWriter {
    if (this.#core.readyState === CONNECTING) throw invalidState("The socket is still connecting.");
    return new MessageWriter(this.#core, kind, options);
  }

  /** Drops the transport without a closing handshake. An unclean `close` event follows. */
  terminate(): void {
    this.#core.terminate();
  }

  /**
   * Stops reading, so that the peer has to stop sending; while connecting, once the socket is open. Messages in a chunk that has arrived may still be delivered.
   */
  pause(): void {
    this.#core.pause();
  }

  /** Whether `pause` was called, and neither `resume` nor anything that ends the connection since. */
  get isPaused(): boolean {
    return this.#core.isPaused;
  }

  /** Resumes reading. */
  resume(): void {
    this.#core.resume();
  }

  /** A number that tells connections apart in a log: 1, 2, 3 … in this process, in the order in which it is asked for. */
  get id(): number {
    return idOf(this.#core);
  }

  /**
   * The address of the peer, or of the proxy before it, in the notation of the runtime; undefined over other transports than those of
   * an adapter, and over Unix sockets. After the end it is undefined, unless it was asked for before.
   */
  get remoteAddress(): string | undefined {
    return remoteAddressOf(this.#core);
  }

  /** Undoes `unref`. */
  ref(): void {
    this.#core.keepProcess(true);
  }

  /**
   * Lets the process end although the connection is open, as `unref` of a socket of the runtime does. While a client connects, it keeps
   * the process alive all the same. A no-op where connections never do, as over streams and in browsers, and for a stream of an HTTP/2
   * session that others use too, which keeps the process alive by itself.
   */
  unref(): void {
    this.#core.keepProcess(false);
  }

  /**
   * Loops over the messages not delivered yet and all that follow. Reading is paused while 64 KiB are waiting; each
   * message counts as 64 bytes plus its payload. The loop ends with the connection, and throws a `WebSocketError` if
   * that ended without both Close frames.
   */
  [Symbol.asyncIterator](): AsyncIterableIterator<MessageData, undefined> {
    return this.#core.messages();
  }

  /**
   * The messages, as in a loop over the socket itself. With `onLoss: "end"` the loop never throws when the connection
   * ends, so nothing needs to be caught if the loop is not awaited; the `close` and `error` events report how it ended.
   *
   * @throws UsageError `option/unknown`, `option/type`, `option/range`
   */
  messages(options: MessagesOptions = {}): AsyncIterableIterator<MessageData, undefined> {
    checkOptions("messages", options, messagesChecks);
    return this.#core.messages(options.onLoss);
  }

  // Internals

  #handler(type: HandledType): Handler | null {
    const handler = this.#core.handlers?.[type] ?? null;
    // The platform's own check for a null handler counts as well.
    return isAskedByPlatform(this, type) ? null : handler;
  }

  #setHandler(type: HandledType, handler: unknown): void {
    const core = this.#core;
    core.handlers ??= new EventHandlers(this, WebSocket.#handlerListener, this.#hasListeners);
    core.handlers.set(type, handler);
    if (typeof handler === "function") this.#listensTo(type);
  }

  #listensTo(type: string): void {
    if (type === "message") this.#core.listen();
    if (type === "close" || type === "error") this.#core.listenToEnd();
    if (type === "ping" || type === "pong") this.#core.listensToControl = true;
    if (type === "drain") this.#core.listenToDrain();
  }
}

/**
 * Returns the third argument of `send`. Behind a primitive value it is ignored as that is: the platform ignores further arguments.
 *
 * @throws UsageError `option/type` for what is no function
 */
function sendCallback(options: unknown, callback: SendCallback | undefined): SendCallback | undefined {
  if (callback === undefined || callback === null || typeof callback === "function") return callback ?? undefined;
  if (options !== undefined && (typeof options !== "object" || options === null)) return undefined;
  takes.callback(callback, "callback");
  return undefined;
}
defineAsyncDisposal(WebSocket, (socket) => {
  // Not by listening for the event, which another listener may stop.
  const ended = coreOf(socket)!.ended();
  socket.close(1000);
  return ended;
});

defineConstants(WebSocket, { CONNECTING, OPEN, CLOSING, CLOSED });
defineInterface(WebSocket, "WebSocket", [
  "url",
  "readyState",
  "bufferedAmount",
  "onopen",
  "onerror",
  "onclose",
  "extensions",
  "protocol",
  "close",
  "onmessage",
  "binaryType",
  "send",
]);
