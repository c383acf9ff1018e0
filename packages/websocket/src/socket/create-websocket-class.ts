/** Creates an adapter's `WebSocket` and `WebSocketStream`, which have the global's signature and the runtime's `connect`. */
import { type OptionCheck, takes } from "@hybi/core/options";
import { ClassOptions } from "../client/client-setup.ts";
import { withRuntimeDefaults } from "../client/runtime-options.ts";
import { type ClientSocketOptions, type Connect, clientOptions } from "../client/socket-options.ts";
import { sameInterface, toUsvString } from "../dom/web-idl.ts";
import { streamOptions, type WebSocketStreamOptions } from "./stream-info.ts";
import { WebSocket } from "./websocket.ts";
import { WebSocketStream } from "./websocket-stream.ts";

/** The `WebSocket` class of an adapter; `TransportOptions` is the type of its option `transportOptions`. */
export interface WebSocketClass<TransportOptions> extends Pick<typeof WebSocket, StaticMember> {
  new (
    url: string | URL,
    protocols?: string | readonly string[] | ClientSocketOptions<TransportOptions> | undefined,
  ): WebSocket;
}

type StaticMember = "prototype" | "CONNECTING" | "OPEN" | "CLOSING" | "CLOSED";

/** The `WebSocketStream` class of an adapter; see `WebSocketClass`. */
export interface WebSocketStreamClass<TransportOptions> extends Pick<typeof WebSocketStream, "prototype"> {
  new (url: string | URL, options?: WebSocketStreamOptions<TransportOptions> | undefined): WebSocketStream;
}

/**
 * Returns a class of sockets that are opened by `connect`. A socket's own options override `defaults`; `checkTransport`
 * checks its option `transportOptions`. Every WebSocket of this package is an instance of the class, including accepted ones.
 *
 * @throws UsageError `option/unknown`, `option/type`, `option/range` for invalid defaults
 * @example
 * export const WebSocket = createWebSocketClass(connectTcp, { runtime: { native: nodeFunctions } });
 */
export function createWebSocketClass(
  connect: Connect,
  defaults: ClientSocketOptions = {},
  checkTransport: OptionCheck = takes.anything,
): typeof WebSocket {
  takes.callback(connect, "connect");
  const own = ClassOptions.of(
    withRuntimeDefaults<ClientSocketOptions>({ runtime: { connect } }, clientOptions(defaults)),
  );
  return sameInterface(WebSocket, (given) => {
    // The class itself throws for missing arguments.
    if (given.length === 0) return [];
    const url = toUsvString(given[0]);
    if (given[1] === undefined) return [url, own];
    const options = clientOptions(given[1] as ClientSocketOptions | undefined);
    if (options.transportOptions !== undefined) checkTransport(options.transportOptions, "transportOptions");
    return [url, withRuntimeDefaults(own, options)];
  });
}

/**
 * Returns a class of streams that are opened by `connect`; see `createWebSocketClass`. It accepts the same `defaults`, but
 * ignores `binaryType`, which streams do not have.
 */
export function createWebSocketStreamClass(
  connect: Connect,
  defaults: Omit<WebSocketStreamOptions, "protocols"> & Pick<ClientSocketOptions, "binaryType"> = {},
  checkTransport: OptionCheck = takes.anything,
): typeof WebSocketStream {
  takes.callback(connect, "connect");
  const { binaryType, ...streamDefaults } = defaults;
  const own = withRuntimeDefaults<WebSocketStreamOptions>({ runtime: { connect } }, streamOptions(streamDefaults));
  return sameInterface(WebSocketStream, (given) => {
    if (given.length === 0) return [];
    const url = toUsvString(given[0]);
    const options = streamOptions(given[1] as WebSocketStreamOptions | undefined);
    if (options.transportOptions !== undefined) checkTransport(options.transportOptions, "transportOptions");
    return [url, withRuntimeDefaults<WebSocketStreamOptions>(own, options)];
  });
}
