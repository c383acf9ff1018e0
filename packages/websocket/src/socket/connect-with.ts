/** The common implementation of every adapter's `connect`, which opens a client's WebSocket and awaits it. */
import { UsageError } from "@hybi/core";
import type { ClientSocketOptions } from "../client/socket-options.ts";
import { signalCheck } from "../platform/option-checks.ts";
import type { WebSocketClass } from "./create-websocket-class.ts";
import type { WebSocket } from "./websocket.ts";
import { whenOpen } from "./when-open.ts";

/** Options of `connect()`. */
export interface ConnectOptions<TransportOptions = unknown> extends ClientSocketOptions<TransportOptions> {
  /** Aborts the attempt; `connect` rejects with its reason. Has no effect once the connection is open. */
  readonly signal?: AbortSignal | undefined;
}

/** Opens a socket of the class `Socket`, and resolves with it when it is open. See `connect` of the adapters. */
export async function connectWith<TransportOptions>(
  Socket: WebSocketClass<TransportOptions>,
  url: string | URL,
  options: ConnectOptions<TransportOptions>,
): Promise<WebSocket> {
  if (typeof options !== "object" || options === null || Symbol.iterator in options) {
    throw new UsageError("option/type", 'connect takes an object of options, such as { protocols: ["chat"] }.');
  }
  const { signal, ...rest } = options;
  if (signal !== undefined) signalCheck(signal, "signal");
  signal?.throwIfAborted();
  return whenOpen(new Socket(url, rest as ClientSocketOptions<TransportOptions>), signal);
}
