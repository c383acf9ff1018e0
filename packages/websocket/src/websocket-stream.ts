/**
 * The WebSocketStream interface (WHATWG WebSockets, WebSocketStream): a connection as a readable and a writable stream of
 * messages, with backpressure both ways. A reader that rests makes the peer wait; a writer waits for room.
 */
import { Accepted } from "./accepted.ts";
import { ClientOpening } from "./client-opening.ts";
import { withSyntaxErrors } from "./dom-exception.ts";
import { StreamCore } from "./stream-core.ts";
import type { WebSocketCloseInfo, WebSocketOpenInfo, WebSocketStreamOptions } from "./stream-info.ts";
import { ambientBase, resolveUrl } from "./url.ts";
import { checkClose } from "./websocket-error.ts";

/**
 * A connection as streams.
 *
 * @example
 * const stream = new WebSocketStream("wss://example.com/");
 * const { readable, writable } = await stream.opened;
 * await readable.pipeThrough(shout).pipeTo(writable);
 */
export class WebSocketStream {
  readonly #url: string;
  /** Whose status codes it may close with. */
  readonly #closes: "page" | "server";
  readonly #core: StreamCore;

  /**
   * Begins to connect.
   *
   * @throws DOMException SyntaxError for a URL or a subprotocol that is none; UsageError for options that cannot be sent
   */
  constructor(url: string | URL, options: WebSocketStreamOptions = {}) {
    const given: unknown = url;
    if (given instanceof Accepted) {
      this.#url = given.url;
      this.#closes = "server";
      this.#core = given.createCore(undefined) as StreamCore;
      return;
    }
    this.#closes = "page";
    this.#core = new StreamCore(options);
    this.#url = resolveUrl(String(url), options.base ?? ambientBase());
    this.#core.begin(withSyntaxErrors(() => new ClientOpening(this.#url, options, this.#core)));
  }

  get url(): string {
    return this.#url;
  }

  /** The streams, once it is open. Rejects with a `WebSocketError`, or with the reason of `signal`. */
  get opened(): Promise<WebSocketOpenInfo> {
    return this.#core.opened;
  }

  /** How it was closed, once it is. Rejects with a `WebSocketError` unless both Close frames have passed. */
  get closed(): Promise<WebSocketCloseInfo> {
    return this.#core.closed;
  }

  /**
   * Starts the closing handshake, after everything that was written. While connecting it gives up. An accepted stream takes
   * the codes of RFC 6455 §7.4.1 that a server may send too, which is an extension.
   *
   * @throws DOMException InvalidAccessError unless the code is 1000 or 3000 to 4999; SyntaxError for a long reason
   */
  close({ closeCode, reason = "" }: WebSocketCloseInfo = {}): void {
    this.#core.startClosing(checkClose(closeCode, reason, this.#closes), reason);
  }
}
