/**
 * The WebSocket class of clients: constructed with a URL, it opens the connection. Adapters have one with a `connect` of their own;
 * see `createWebSocketClass`.
 */
import { parseWebSocketUrl } from "@hybi/core/opening";
import { withSyntaxErrors } from "../dom/dom-exception.ts";
import { defaultBinaryType, messageTypes, typesOf } from "../dom/message-data.ts";
import { requireArguments, sameInterface, toUsvString } from "../dom/web-idl.ts";
import { clockOf } from "../event-loop/clock.ts";
import { asUncaught, createReporter } from "../event-loop/reporter.ts";
import { SocketCore } from "../socket/socket-core.ts";
import { SocketSource } from "../socket/socket-source.ts";
import { WebSocket as AnyWebSocket } from "../socket/websocket.ts";
import { ClientOpening } from "./client-opening.ts";
import { type ClientSocketOptions, clientOptions } from "./socket-options.ts";
import { ambientBase, originOf, resolveUrl } from "./url.ts";

/** The `WebSocket` class of an adapter; `TransportOptions` is the type of its option `transportOptions`. */
export interface WebSocketClass<TransportOptions> extends Pick<typeof AnyWebSocket, StaticMember> {
  /**
   * Starts connecting. `protocols` are the subprotocols to offer; passing options instead is an extension.
   *
   * @throws DOMException SyntaxError for an invalid URL or subprotocol; UsageError for options that cannot be sent
   */
  new (
    url: string | URL,
    protocols?: string | readonly string[] | ClientSocketOptions<TransportOptions> | undefined,
  ): AnyWebSocket;
}

type StaticMember = "prototype" | "CONNECTING" | "OPEN" | "CLOSING" | "CLOSED";

/** Returns a WebSocket class whose arguments `convert` converts to the URL and the options, which must have been checked. */
export function clientClass(
  convert: (given: readonly unknown[]) => [url: string, options: ClientSocketOptions],
): WebSocketClass<unknown> {
  return sameInterface<new (...given: never) => AnyWebSocket>(AnyWebSocket, (given) => {
    requireArguments(given, 1, "WebSocket");
    return [sourceOf(...convert(given))];
  }) as WebSocketClass<unknown>;
}

/**
 * A WebSocket.
 *
 * @example
 * const socket = new WebSocket("wss://example.com/chat", "chat");
 * socket.onmessage = ({ data }) => console.log(data);
 */
export const WebSocket: WebSocketClass<unknown> = /* @__PURE__ */ clientClass(([url, protocols]) => [
  toUsvString(url),
  clientOptions(protocols as ClientSocketOptions | undefined),
]);
export type WebSocket = AnyWebSocket;

/** Returns the source of a socket that connects to `input`. */
function sourceOf(input: string, options: ClientSocketOptions): SocketSource {
  const clock = clockOf(options.runtime?.clock);
  const report = createReporter(options.onError, clock, asUncaught);
  const types = typesOf(options, messageTypes(defaultBinaryType(), "string"));
  const url = resolveUrl(input, options.base ?? ambientBase());
  const target = withSyntaxErrors(() => parseWebSocketUrl(url));
  return new SocketSource(url, options.runtime?.closer ?? "page", (socket) => {
    const core = new SocketCore(socket, clock, report);
    core.types = types;
    core.origin = originOf(target);
    core.begin(withSyntaxErrors(() => new ClientOpening(target, options, core)));
    return core;
  });
}
