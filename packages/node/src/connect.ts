/** A client that is awaited: a WebSocket that is open, or the reason why there is none. */
import { type ConnectOptions as AnyConnectOptions, connectWith } from "@hybi/websocket";
import type { TransportOptions } from "./transport-options.ts";
import { WebSocket } from "./websocket-classes.ts";

/** How to connect: what the client asks for, and what it goes by. */
export interface ConnectOptions extends AnyConnectOptions<TransportOptions> {}

/**
 * Connects to `url` (ws, wss, http or https) and resolves when the connection is open.
 *
 * @throws OpeningError when the server answers otherwise, breaks a rule, is not in time or not there; DOMException or
 *   UsageError for what cannot be sent
 * @example
 * const socket = await connect("wss://example.com/chat", { protocols: "chat" });
 * socket.send("hello");
 */
export function connect(url: string | URL, options: ConnectOptions = {}): Promise<WebSocket> {
  return connectWith(WebSocket, url, options);
}
