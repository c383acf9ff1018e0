/** Creates an adapter's `WebSocket` and `WebSocketStream`, which have the global's signature and the runtime's `connect`. */
import { type OptionCheck, takes } from "@hybi/core/options";
import { toUsvString } from "../dom/web-idl.ts";
import { withRuntimeDefaults } from "../socket/runtime-options.ts";
import { ClassOptions } from "./client-setup.ts";
import { type ClientSocketOptions, type Connect, clientOptions } from "./socket-options.ts";
import { type ConvertedStreamOptions, streamOptions, type WebSocketStreamOptions } from "./stream-options.ts";
import { clientClass, type WebSocketClass } from "./websocket.ts";
import { streamClass, type WebSocketStreamClass } from "./websocket-stream.ts";

/**
 * Returns a class of sockets that are opened by `connect`. A socket's own options override `defaults`; `checkTransport`
 * checks its option `transportOptions`. Every WebSocket of this package is an instance of the class, including accepted ones.
 *
 * @throws UsageError `option/unknown`, `option/type`, `option/range` for invalid defaults
 * @example
 * export const WebSocket = createWebSocketClass(connectTcp, { runtime: { native: nodeFunctions } });
 */
export function createWebSocketClass<TransportOptions = unknown>(
  connect: Connect,
  defaults: ClientSocketOptions = {},
  checkTransport: OptionCheck = takes.anything,
): WebSocketClass<TransportOptions> {
  takes.callback(connect, "connect");
  const own = ClassOptions.of(
    withRuntimeDefaults<ClientSocketOptions>({ runtime: { connect } }, clientOptions(defaults)),
  );
  return clientClass((given) => {
    const url = toUsvString(given[0]);
    // Without options of its own, a socket shares the configuration of its class.
    if (given[1] === undefined) return [url, own];
    const options = clientOptions(given[1] as ClientSocketOptions);
    if (options.transportOptions !== undefined) checkTransport(options.transportOptions, "transportOptions");
    return [url, withRuntimeDefaults(own, options)];
  });
}

/**
 * Returns a class of streams that are opened by `connect`; see `createWebSocketClass`. It accepts the same `defaults`, but
 * ignores `binaryType`, `textType` and `autoPong`, which streams do not have.
 */
export function createWebSocketStreamClass<TransportOptions = unknown>(
  connect: Connect,
  defaults: Omit<WebSocketStreamOptions, "protocols"> &
    Pick<ClientSocketOptions, "binaryType" | "textType" | "autoPong"> = {},
  checkTransport: OptionCheck = takes.anything,
): WebSocketStreamClass<TransportOptions> {
  takes.callback(connect, "connect");
  const { binaryType, textType, autoPong, ...streamDefaults } = defaults;
  const own = withRuntimeDefaults<ConvertedStreamOptions>({ runtime: { connect } }, streamOptions(streamDefaults));
  return streamClass((given) => {
    const url = toUsvString(given[0]);
    const options = streamOptions(given[1] as WebSocketStreamOptions | undefined);
    if (options.transportOptions !== undefined) checkTransport(options.transportOptions, "transportOptions");
    return [url, withRuntimeDefaults(own, options)];
  });
}
