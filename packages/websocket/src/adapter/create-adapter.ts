/**
 * Creates what every adapter exports, `connect`, `listen`, `WebSocket`, `WebSocketStream` and `WebSocketServer`, from the parts
 * that depend on its runtime.
 */
import { UsageError } from "@hybi/core";
import { checkOptions, type OptionCheck, type OptionChecks, takes } from "@hybi/core/options";
import { type RuntimeOptions, withRuntimeDefaults } from "../client/runtime-options.ts";
import type { ClientSocketOptions, Connect, ConnectTarget } from "../client/socket-options.ts";
import type { Clock } from "../event-loop/clock.ts";
import type { MemoryBudget } from "../load/memory-budget.ts";
import { signalCheck } from "../platform/option-checks.ts";
import {
  checkListenOptions,
  createListeningServer,
  type Listener,
  type ListenOptions,
  type Server,
} from "../server/listening.ts";
import { WebSocketServer as AnyWebSocketServer, type OpeningHandler, type ServerOptions } from "../server/server.ts";
import {
  createWebSocketClass,
  createWebSocketStreamClass,
  type WebSocketClass,
  type WebSocketStreamClass,
} from "../socket/create-websocket-class.ts";
import type { WebSocket } from "../socket/websocket.ts";
import { whenOpen } from "../socket/when-open.ts";

/** What an adapter provides. Only `openTransport` is required. */
export interface AdapterParts<TransportOptions = unknown> {
  /**
   * Opens a client's transport. `options` are the application's `transportOptions`, or an empty object. Rejects as `Connect`
   * does.
   */
  openTransport(target: ConnectTarget, options: TransportOptions): ReturnType<Connect>;
  /**
   * Names the destination of a transport, such as a Unix socket. Undefined, or without this function, it is the host of the URL.
   * Openings to one destination wait for each other (RFC 6455 §4.1 step 2).
   */
  readonly destinationOf?: ((url: ConnectTarget["url"], options: TransportOptions) => string | undefined) | undefined;
  /** Checks the option `transportOptions`, whose type the adapter chooses. */
  readonly checkTransportOptions?: OptionCheck | undefined;
  /** Defaults of the option `runtime` of clients and servers. */
  readonly runtime?: RuntimeOptions | undefined;
  /** Returns the memory budget of a server: `given`, its option, or a default that suits the runtime. */
  readonly memoryBudgetOf?:
    | ((given: ServerOptions["memoryBudget"], clock: Clock | undefined) => number | MemoryBudget | undefined)
    | undefined;
}

/** The parts of an adapter whose runtime can listen. */
export interface ListeningParts<TransportOptions = unknown, TlsOptions = unknown>
  extends AdapterParts<TransportOptions> {
  /**
   * Starts to listen where `options` say, and passes each connection to `server.receive`. `options` are those of `listen()`, and
   * have been checked.
   */
  openListener(server: AnyWebSocketServer, options: ListenOptions<TlsOptions>): Listener | Promise<Listener>;
  /** Checks the option `tls` of `listen()`. */
  readonly checkTls: OptionCheck;
}

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
  readonly WebSocketServer: typeof AnyWebSocketServer;
}

/** What an adapter exports whose runtime can listen. */
export interface ListeningAdapter<TransportOptions = unknown, TlsOptions = unknown> extends Adapter<TransportOptions> {
  /** Starts a server, and resolves with it when it is listening. */
  listen(handler: OpeningHandler, options?: ListenOptions<TlsOptions>): Promise<Server>;
}

/** Options of `connect()`. */
export interface ConnectOptions<TransportOptions = unknown> extends ClientSocketOptions<TransportOptions> {
  /** Aborts the attempt; `connect` rejects with its reason. Has no effect once the connection is open. */
  readonly signal?: AbortSignal | undefined;
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
  const { openTransport, destinationOf, checkTransportOptions, runtime, memoryBudgetOf } = parts;
  const { openListener, checkTls } = parts as ListeningParts;
  takes.callback(openTransport, "openTransport");
  if (openListener !== undefined) takes.callback(checkTls, "checkTls");
  const open: Connect = Object.assign((target: ConnectTarget) => openTransport(target, target.options ?? {}), {
    destination: destinationOf && ((url: ConnectTarget["url"], options: unknown) => destinationOf(url, options ?? {})),
  });
  const WebSocket = createWebSocketClass(open, { runtime }, checkTransportOptions);

  /** The server, with the adapter's defaults. */
  class WebSocketServer extends AnyWebSocketServer {
    constructor(handler: OpeningHandler, options: ServerOptions = {}) {
      super(handler, withOwnDefaults(options));
    }
  }

  function withOwnDefaults(options: ServerOptions): ServerOptions {
    // The superclass rejects a value that is not an object.
    if (typeof options !== "object" || options === null) return options;
    const own = withRuntimeDefaults<ServerOptions>({ runtime }, options);
    return memoryBudgetOf === undefined
      ? own
      : { ...own, memoryBudget: memoryBudgetOf(own.memoryBudget, own.runtime?.clock) };
  }

  return {
    WebSocket,
    WebSocketStream: createWebSocketStreamClass(open, { runtime }, checkTransportOptions),
    WebSocketServer,
    async connect(url, options) {
      // Without options of its own, a socket shares the configuration of its class.
      if (options === undefined) return whenOpen(new WebSocket(url));
      if (typeof options !== "object" || options === null || Symbol.iterator in options) {
        throw new UsageError("option/type", 'connect takes an object of options, such as { protocols: ["chat"] }.');
      }
      const { signal, ...rest } = options;
      if (signal !== undefined) signalCheck(signal, "signal");
      signal?.throwIfAborted();
      return whenOpen(new WebSocket(url, rest), signal);
    },
    ...(openListener !== undefined && {
      async listen(handler: OpeningHandler, options: ListenOptions = {}) {
        if (typeof handler !== "function") {
          throw new UsageError("option/type", "The handler must be a function, and is the first argument of listen.");
        }
        checkListenOptions(options, checkTls);
        const { port: _port, host: _host, path: _path, tls, ...rest } = options;
        const server = new WebSocketServer(handler, rest);
        return createListeningServer(server, tls !== undefined, await openListener(server, options));
      },
    }),
  };
}
