/**
 * The WebSocketStream interface (WHATWG WebSockets, WebSocketStream): a connection as a readable and a writable stream
 * of messages, with backpressure in both directions. If the reader stops, the peer has to stop sending; a writer waits
 * for room. The class that applications construct is in `client/websocket-stream.ts`.
 */

import { type AsyncDisposal, defineAsyncDisposal } from "../dom/async-disposal.ts";
import { type Closer, checkClose } from "../dom/check-close.ts";
import { defineInstances, defineInterface } from "../dom/web-idl.ts";
import { closeInfo } from "../dom/websocket-error.ts";
import { idOf, remoteAddressOf } from "./labels.ts";
import { checkSource, StreamSource } from "./socket-source.ts";
import type { StreamCore } from "./stream-core.ts";
import type { WebSocketCloseInfo, WebSocketOpenInfo } from "./stream-info.ts";

let isOne: (value: unknown) => value is WebSocketStream;

/** `await using` closes the stream with 1000, and waits until it is closed, however that ends. */
export interface WebSocketStream extends AsyncDisposal {}

/** A WebSocket connection of either role as a pair of streams. */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: see the interface.
export class WebSocketStream {
  static {
    // Accepted streams are instances of the classes of adapters as well.
    isOne = (value): value is WebSocketStream => typeof value === "object" && value !== null && #core in value;
    defineInstances(WebSocketStream, isOne);
  }

  /**
   * Anything of the application, such as the user to whom the connection belongs: what `acceptStream` was given, or `upgrade`. It may be
   * changed at any time; hybi reads nothing of it.
   */
  declare context: unknown;

  readonly #url: string;
  /** Which status codes `close` may use. */
  readonly #closer: Closer;
  readonly #core: StreamCore;

  /** Called by the classes of clients, and by servers. @throws TypeError for any other argument */
  constructor(source: StreamSource) {
    checkSource(source, StreamSource);
    this.#url = source.url;
    this.#closer = source.closer;
    this.#core = source.core as StreamCore;
    this.#core.target = this;
  }

  get url(): string {
    return this.#url;
  }

  /**
   * Resolves with the streams once the connection is open. Rejects with a `WebSocketError`, or with the reason of
   * `signal`.
   */
  get opened(): Promise<WebSocketOpenInfo> {
    return isOne(this) ? this.#core.opened : notOne();
  }

  /**
   * Resolves when the connection is closed, with its code and reason. Rejects with a `WebSocketError` unless both Close
   * frames were exchanged and everything written has left.
   */
  get closed(): Promise<WebSocketCloseInfo> {
    return isOne(this) ? this.#core.closed : notOne();
  }

  /**
   * Starts the closing handshake behind everything written so far. While connecting, gives the connection up. As an
   * extension, streams that are not of a page may also use the other codes of RFC 6455 §7.4.1 that may be sent; see
   * `WebSocket.close`.
   *
   * @throws DOMException InvalidAccessError unless the code is 1000 or 3000 to 4999, or one of these; SyntaxError for a reason
   *   above 123 bytes
   */
  close(info: WebSocketCloseInfo | null = {}): void {
    const core = this.#core;
    const { closeCode, reason } = closeInfo(info);
    core.startClosing(checkClose(closeCode, reason, this.#closer), reason);
  }

  // Extensions

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
}

defineAsyncDisposal(WebSocketStream, (stream) => {
  stream.close({ closeCode: 1000 });
  return stream.closed.then(
    () => {},
    () => {},
  );
});

defineInterface(WebSocketStream, "WebSocketStream", ["url", "opened", "closed", "close"]);

/** Web IDL §3.7.6: where other attributes throw, an attribute of a promise type returns a rejected promise. */
function notOne(): Promise<never> {
  return Promise.reject(new TypeError("`this` is not a WebSocketStream."));
}
