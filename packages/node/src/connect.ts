/** A client that is awaited: a WebSocket that is open, or the reason why there is none. */
import { opened } from "@hybi/websocket";
import type { ClientOptions } from "./transport-options.ts";
import { WebSocket } from "./websocket-classes.ts";

/** How to connect: what the client asks for, and what it goes by. */
export interface ConnectOptions extends ClientOptions {
  /** Gives up the attempt; `connect` rejects with its reason. Does nothing once the connection is open. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Connects to `url` (ws, wss, http or https) and resolves when the connection is open.
 *
 * @throws OpeningError when the server answers otherwise, breaks a rule, is not in time or not there; DOMException or
 *   UsageError for what cannot be sent
 * @example
 * const socket = await connect("wss://example.com/chat", { protocols: "chat" });
 * socket.send("hello");
 */
export async function connect(url: string | URL, options: ConnectOptions = {}): Promise<WebSocket> {
  const { signal, ...rest } = options;
  signal?.throwIfAborted();
  return opened(new WebSocket(url, rest), signal);
}
