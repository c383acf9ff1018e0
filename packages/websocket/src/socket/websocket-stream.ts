/**
 * The WebSocketStream interface (WHATWG WebSockets, WebSocketStream): a connection as a readable and a writable stream
 * of messages, with backpressure in both directions. If the reader stops, the peer has to stop sending; a writer waits
 * for room.
 */

import { parseWebSocketUrl } from "@hybi/core/opening";
import { ClientOpening } from "../client/client-opening.ts";
import { checkClose } from "../dom/check-close.ts";
import { withSyntaxErrors } from "../dom/dom-exception.ts";
import { defineInstances, defineInterface, requireArguments, toUsvString } from "../dom/web-idl.ts";
import { closeInfo } from "../dom/websocket-error.ts";
import { Accepted } from "./accepted.ts";
import { StreamCore } from "./stream-core.ts";
import {
  streamOptions,
  type WebSocketCloseInfo,
  type WebSocketOpenInfo,
  type WebSocketStreamOptions,
} from "./stream-info.ts";
import { ambientBase, resolveUrl } from "./url.ts";

let isOne: (value: unknown) => value is WebSocketStream;

/**
 * A WebSocket connection as a pair of streams.
 *
 * @example
 * const stream = new WebSocketStream("wss://example.com/");
 * const { readable, writable } = await stream.opened;
 * await readable.pipeThrough(shout).pipeTo(writable);
 */
export class WebSocketStream {
  static {
    // Accepted streams are instances of the classes of adapters as well.
    isOne = (value): value is WebSocketStream => typeof value === "object" && value !== null && #core in value;
    defineInstances(WebSocketStream, isOne);
  }

  readonly #url: string;
  /** Which status codes `close` may use. */
  readonly #closer: "page" | "server";
  readonly #core: StreamCore;

  /**
   * Starts connecting.
   *
   * @throws DOMException SyntaxError for an invalid URL or subprotocol; UsageError for options that cannot be sent
   */
  constructor(url: string | URL, options: WebSocketStreamOptions = {}) {
    const given: unknown = url;
    if (given instanceof Accepted) {
      this.#url = given.url;
      this.#closer = "server";
      this.#core = given.createCore(undefined) as StreamCore;
      return;
    }
    // biome-ignore lint/complexity/noArguments: Web IDL distinguishes a missing argument from undefined.
    requireArguments(arguments, 1, "WebSocketStream");
    const input = toUsvString(url);
    const converted = streamOptions(options);
    this.#closer = "page";
    this.#core = new StreamCore(converted);
    this.#url = resolveUrl(input, converted.base ?? ambientBase());
    this.#core.begin(withSyntaxErrors(() => new ClientOpening(parseWebSocketUrl(this.#url), converted, this.#core)));
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
   * extension, an accepted stream may also use the codes of RFC 6455 §7.4.1 that a server may send.
   *
   * @throws DOMException InvalidAccessError unless the code is 1000 or 3000 to 4999; SyntaxError for a reason above 123
   *   bytes
   */
  close(info: WebSocketCloseInfo | null = {}): void {
    const core = this.#core;
    const { closeCode, reason } = closeInfo(info);
    core.startClosing(checkClose(closeCode, reason, this.#closer), reason);
  }
}

defineInterface(WebSocketStream, "WebSocketStream", ["url", "opened", "closed", "close"]);

/** Web IDL §3.7.6: where other attributes throw, an attribute of a promise type returns a rejected promise. */
function notOne(): Promise<never> {
  return Promise.reject(new TypeError("`this` is not a WebSocketStream."));
}
