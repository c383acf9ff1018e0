/** `WebSocket` and `WebSocketStream` as an adapter exports them: with the global's signature, and the runtime's `connect`. */
import { type OptionCheck, takes } from "@hybi/core";
import { withDefaults } from "./option-checks.ts";
import { type ClientSocketOptions, type Connect, clientOptions } from "./socket-options.ts";
import { streamOptions, type WebSocketStreamOptions } from "./stream-info.ts";
import { sameInterface, toUsvString } from "./web-idl.ts";
import { WebSocket } from "./websocket.ts";
import { WebSocketStream } from "./websocket-stream.ts";

/** `WebSocket` of an adapter, whose options take `TransportOptions` as `transport`. */
export interface WebSocketClass<TransportOptions> extends Pick<typeof WebSocket, StaticMember> {
  new (
    url: string | URL,
    protocols?: string | readonly string[] | ClientSocketOptions<TransportOptions> | undefined,
  ): WebSocket;
}

type StaticMember = "prototype" | "CONNECTING" | "OPEN" | "CLOSING" | "CLOSED";

/** `WebSocketStream` of an adapter; as `WebSocketClass`. */
export interface WebSocketStreamClass<TransportOptions> extends Pick<typeof WebSocketStream, "prototype"> {
  new (url: string | URL, options?: WebSocketStreamOptions<TransportOptions> | undefined): WebSocketStream;
}

/**
 * The class of sockets that are opened by `connect`. A socket's own options come before `defaults`; `checkTransport` is
 * for its `transport`. Every WebSocket of this package counts as an instance of it, accepted ones too.
 *
 * @throws UsageError `option/unknown`, `option/type`, `option/range` for defaults that are none
 * @example
 * export const WebSocket = createWebSocketClass(connectTcp, { host: nodeHost });
 */
export function createWebSocketClass(
  connect: Connect,
  defaults: ClientSocketOptions = {},
  checkTransport: OptionCheck = takes.anything,
): typeof WebSocket {
  takes.callback(connect, "connect");
  const own = withDefaults({ connect }, clientOptions(defaults));
  return sameInterface(WebSocket, (given) => {
    // What is missing is for the class to say.
    if (given.length === 0) return [];
    const url = toUsvString(given[0]);
    const options = clientOptions(given[1] as ClientSocketOptions | undefined);
    if (options.transport !== undefined) checkTransport(options.transport, "transport");
    return [url, withDefaults(own, options)];
  });
}

/**
 * The class of streams that are opened by `connect`; as `createWebSocketClass`, whose `defaults` it takes as well: streams
 * have no `binaryType`, and take no notice of it.
 */
export function createWebSocketStreamClass(
  connect: Connect,
  defaults: Omit<WebSocketStreamOptions, "protocols"> & Pick<ClientSocketOptions, "binaryType"> = {},
  checkTransport: OptionCheck = takes.anything,
): typeof WebSocketStream {
  takes.callback(connect, "connect");
  const { binaryType, ...streamDefaults } = defaults;
  const own = withDefaults<WebSocketStreamOptions>({ connect }, streamOptions(streamDefaults));
  return sameInterface(WebSocketStream, (given) => {
    if (given.length === 0) return [];
    const url = toUsvString(given[0]);
    const options = streamOptions(given[1] as WebSocketStreamOptions | undefined);
    if (options.transport !== undefined) checkTransport(options.transport, "transport");
    return [url, withDefaults<WebSocketStreamOptions>(own, options)];
  });
}
