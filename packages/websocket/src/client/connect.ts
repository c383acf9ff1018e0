/** `connect`, which every adapter exports: a socket that is open, or the reason why there is none. */
import { UsageError } from "@hybi/core";
import { takes } from "@hybi/core/options";
import { signalCheck } from "../platform/option-checks.ts";
import type { ClientSocketOptions } from "./socket-options.ts";
import type { WebSocket, WebSocketClass } from "./websocket.ts";
import { whenOpen } from "./when-open.ts";

/** Options of `connect()`. */
export interface ConnectOptions<TransportOptions = unknown> extends ClientSocketOptions<TransportOptions> {
  /** Aborts the attempt; `connect` rejects with its reason. Has no effect once the connection is open. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Returns the function `connect` for sockets of the class `WebSocket`.
 *
 * @throws UsageError `option/type` for what is no class
 */
export function createConnect<TransportOptions>(
  WebSocket: WebSocketClass<TransportOptions>,
): (url: string | URL, options?: ConnectOptions<TransportOptions>) => Promise<WebSocket> {
  takes.callback(WebSocket, "WebSocket");
  return async (url, options) => {
    if (options === undefined) return whenOpen(new WebSocket(url));
    if (typeof options !== "object" || options === null || Symbol.iterator in options) {
      throw new UsageError("option/type", 'connect takes an object of options, such as { protocols: ["chat"] }.');
    }
    const { signal, ...rest } = options;
    if (signal !== undefined) signalCheck(signal, "signal");
    signal?.throwIfAborted();
    return whenOpen(new WebSocket(url, rest), signal);
  };
}
