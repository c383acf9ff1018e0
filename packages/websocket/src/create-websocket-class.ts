/** `WebSocket` and `WebSocketStream` as an adapter exports them: with the global's signature, and the runtime's `connect`. */
import { type ClientSocketOptions, type Connect, clientOptions } from "./socket-options.ts";
import { streamOptions, type WebSocketStreamOptions } from "./stream-info.ts";
import { sameInterface, toUsvString } from "./web-idl.ts";
import { WebSocket } from "./websocket.ts";
import { WebSocketStream } from "./websocket-stream.ts";

/**
 * The class of sockets that are opened by `connect`. A socket's own options come before `defaults`. Every WebSocket of this
 * package counts as an instance of it, accepted ones too.
 *
 * @example
 * export const WebSocket = createWebSocketClass(connectTcp, { host: nodeHost });
 */
export function createWebSocketClass(connect: Connect, defaults: ClientSocketOptions = {}): typeof WebSocket {
  return sameInterface(WebSocket, (given) => {
    // What is missing is for the class to say.
    if (given.length === 0) return [];
    const url = toUsvString(given[0]);
    return [url, { connect, ...defaults, ...clientOptions(given[1] as ClientSocketOptions | undefined) }];
  });
}

/** The class of streams that are opened by `connect`; as `createWebSocketClass`. */
export function createWebSocketStreamClass(
  connect: Connect,
  defaults: Omit<WebSocketStreamOptions, "protocols"> = {},
): typeof WebSocketStream {
  return sameInterface(WebSocketStream, (given) => {
    if (given.length === 0) return [];
    const url = toUsvString(given[0]);
    return [url, { connect, ...defaults, ...streamOptions(given[1] as WebSocketStreamOptions | undefined) }];
  });
}
