/** `connect()`: a promise of an open WebSocket, which rejects with the reason when the connection cannot be opened. */
import { type ConnectOptions as AnyConnectOptions, connectWith } from "@hybi/websocket";
import type { TransportOptions } from "./transport-options.ts";
import { WebSocket } from "./websocket-classes.ts";

/** Options of `connect()`. */
export interface ConnectOptions extends AnyConnectOptions<TransportOptions> {}

/**
 * Connects to `url` (ws, wss, http or https) and resolves with the socket once it is open.
 *
 * @throws OpeningError when the server rejects the opening, breaks a rule of the protocol, does not respond in time, or cannot
 *   be reached; DOMException or UsageError when the URL, a subprotocol or an option is invalid
 * @example
 * const socket = await connect("wss://example.com/chat", { protocols: "chat" });
 * socket.send("hello");
 */
export function connect(url: string | URL, options: ConnectOptions = {}): Promise<WebSocket> {
  return connectWith(WebSocket, url, options);
}
