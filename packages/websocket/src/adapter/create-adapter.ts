/**
 * Creates what every adapter exports, `connect`, `listen`, `WebSocket`, `WebSocketStream` and `WebSocketServer`, from the parts
 * that depend on its runtime. A package whose users bundle it creates each by itself, as the adapters of this repository do: a
 * bundle of `connect` is then without the server, and one of `listen` without the client.
 */
import { checkOptions, type OptionCheck, type OptionChecks, takes } from "@hybi/core/options";
import { type ConnectOptions, createConnect } from "../client/connect.ts";
import { createWebSocketClass, createWebSocketStreamClass } from "../client/create-websocket-class.ts";
import { createOpener, type OpeningFunctions } from "../client/opener.ts";
import type { WebSocket, WebSocketClass } from "../client/websocket.ts";
import type { WebSocketStreamClass } from "../client/websocket-stream.ts";
import { createListen, type ListeningFunctions, type ListenOptions, type Server } from "../server/listening.ts";
import type { OpeningHandler, WebSocketServer } from "../server/server.ts";
import { createServerClass, type ServerRuntime } from "../server/server-class.ts";

/** What an adapter provides. Only `openTransport` is required. */
export interface AdapterParts<TransportOptions = unknown> extends OpeningFunctions<TransportOptions>, ServerRuntime {
  /** Checks the option `transportOptions`, whose type the adapter chooses. */
  readonly checkTransportOptions?: OptionCheck | undefined;
}

/** The parts of an adapter whose runtime can listen. */
export interface ListeningParts<TransportOptions = unknown, TlsOptions = unknown>
  extends AdapterParts<TransportOptions>,
    ListeningFunctions<TlsOptions> {}

const partChecks: OptionChecks<ListeningParts> = {
  openTransport: takes.callback,
  destinationOf: takes.callback,
  checkTransportOptions: takes.callback,
  // Checked where it is used, as the option `runtime` of clients.
  runtime: takes.anything,
  memoryBudgetOf: takes.callback,
  openListener: takes.callback,
  checkTls: takes.callback,
};

/** What an adapter exports. */
export interface Adapter<TransportOptions = unknown> {
  /** Opens a socket, and resolves with it when it is open. */
  connect(url: string | URL, options?: ConnectOptions<TransportOptions>): Promise<WebSocket>;
  readonly WebSocket: WebSocketClass<TransportOptions>;
  readonly WebSocketStream: WebSocketStreamClass<TransportOptions>;
  readonly WebSocketServer: typeof WebSocketServer;
}

/** What an adapter exports whose runtime can listen. */
export interface ListeningAdapter<TransportOptions = unknown, TlsOptions = unknown> extends Adapter<TransportOptions> {
  /** Starts a server, and resolves with it when it is listening. */
  listen(handler: OpeningHandler, options?: ListenOptions<TlsOptions>): Promise<Server>;
}

/**
 * Creates an adapter from its parts. `listen` is created if `openListener` is given.
 *
 * @throws UsageError `option/type` for a part that is no function, `option/unknown`
 * @example
 * const adapter = createAdapter({
 *   openTransport: ({ url }) => connectTcp(url),
 * });
 * const socket = await adapter.connect("ws://example.com/");
 */
export function createAdapter<TransportOptions, TlsOptions>(
  parts: ListeningParts<TransportOptions, TlsOptions>,
): ListeningAdapter<TransportOptions, TlsOptions>;
export function createAdapter<TransportOptions>(parts: AdapterParts<TransportOptions>): Adapter<TransportOptions>;
export function createAdapter(parts: AdapterParts | ListeningParts): Adapter | ListeningAdapter {
  checkOptions("createAdapter", parts as ListeningParts, partChecks);
  const { openTransport, checkTransportOptions, runtime } = parts;
  takes.callback(openTransport, "openTransport");
  const open = createOpener(parts);
  const WebSocket = createWebSocketClass(open, { runtime }, checkTransportOptions);
  const WebSocketServer = createServerClass(parts);
  const adapter: Adapter = {
    connect: createConnect(WebSocket),
    WebSocket,
    WebSocketStream: createWebSocketStreamClass(open, { runtime }, checkTransportOptions),
    WebSocketServer,
  };
  const { openListener } = parts as ListeningParts;
  if (openListener === undefined) return adapter;
  return { ...adapter, listen: createListen(WebSocketServer, parts as ListeningParts) };
}
