/** `WebSocket` and `WebSocketStream` as an adapter exports them: with the global's signature, and the runtime's `connect`. */
import { type ClientSocketOptions, type Connect, clientOptions } from "./socket-options.ts";
import type { WebSocketStreamOptions } from "./stream-info.ts";
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
  const created = class extends WebSocket {
    constructor(url: string | URL, protocols?: string | readonly string[] | ClientSocketOptions) {
      super(url, { connect, ...defaults, ...clientOptions(protocols) });
    }

    static override [Symbol.hasInstance](value: unknown): boolean {
      return value instanceof WebSocket;
    }
  };
  Object.defineProperty(created, "name", { value: "WebSocket" });
  return created;
}

/** The class of streams that are opened by `connect`; as `createWebSocketClass`. */
export function createWebSocketStreamClass(
  connect: Connect,
  defaults: WebSocketStreamOptions = {},
): typeof WebSocketStream {
  const created = class extends WebSocketStream {
    constructor(url: string | URL, options: WebSocketStreamOptions = {}) {
      super(url, { connect, ...defaults, ...options });
    }

    static override [Symbol.hasInstance](value: unknown): boolean {
      return value instanceof WebSocketStream;
    }
  };
  Object.defineProperty(created, "name", { value: "WebSocketStream" });
  return created;
}
