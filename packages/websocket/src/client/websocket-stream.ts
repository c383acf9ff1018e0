/**
 * The WebSocketStream class of clients: constructed with a URL, it opens the connection. Adapters have one with a `connect` of their
 * own; see `createWebSocketStreamClass`.
 */
import { parseWebSocketUrl } from "@hybi/core/opening";
import { withSyntaxErrors } from "../dom/dom-exception.ts";
import { requireArguments, sameInterface, toUsvString } from "../dom/web-idl.ts";
import { StreamSource } from "../socket/socket-source.ts";
import { StreamCore } from "../socket/stream-core.ts";
import { WebSocketStream as AnyWebSocketStream } from "../socket/websocket-stream.ts";
import { ClientOpening } from "./client-opening.ts";
import { type ConvertedStreamOptions, streamOptions, type WebSocketStreamOptions } from "./stream-options.ts";
import { ambientBase, resolveUrl } from "./url.ts";

/** The `WebSocketStream` class of an adapter; see `WebSocketClass`. */
export interface WebSocketStreamClass<TransportOptions> extends Pick<typeof AnyWebSocketStream, "prototype"> {
  /**
   * Starts connecting.
   *
   * @throws DOMException SyntaxError for an invalid URL or subprotocol; UsageError for options that cannot be sent
   */
  new (url: string | URL, options?: WebSocketStreamOptions<TransportOptions> | undefined): AnyWebSocketStream;
}

/** Returns a WebSocketStream class whose arguments `convert` converts to the URL and the options. */
export function streamClass(
  convert: (given: readonly unknown[]) => [url: string, options: ConvertedStreamOptions],
): WebSocketStreamClass<unknown> {
  return sameInterface<new (...given: never) => AnyWebSocketStream>(AnyWebSocketStream, (given) => {
    requireArguments(given, 1, "WebSocketStream");
    return [sourceOf(...convert(given))];
  }) as WebSocketStreamClass<unknown>;
}

/**
 * A WebSocket connection as a pair of streams.
 *
 * @example
 * const stream = new WebSocketStream("wss://example.com/");
 * const { readable, writable } = await stream.opened;
 * await readable.pipeThrough(shout).pipeTo(writable);
 */
export const WebSocketStream: WebSocketStreamClass<unknown> = /* @__PURE__ */ streamClass(([url, options]) => [
  toUsvString(url),
  streamOptions(options as WebSocketStreamOptions | undefined),
]);
export type WebSocketStream = AnyWebSocketStream;

/** Returns the source of a stream that connects to `input`. */
function sourceOf(input: string, options: ConvertedStreamOptions): StreamSource {
  const closer = options.runtime?.closer ?? "page";
  const core = new StreamCore(options, closer);
  const url = resolveUrl(input, options.base ?? ambientBase());
  core.begin(withSyntaxErrors(() => new ClientOpening(parseWebSocketUrl(url), options, core)));
  return new StreamSource(url, closer, core);
}
