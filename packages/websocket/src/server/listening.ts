/** `listen`, which every adapter exports: its options and its result. The adapter provides the listener; the rest is common to all. */
import { type PreparedMessage, UsageError } from "@hybi/core";
import { checkOptions, type OptionAliases, type OptionCheck, type OptionChecks, takes } from "@hybi/core/options";
import { type AsyncDisposal, asyncDisposeSymbol } from "../dom/async-disposal.ts";
import type { Sendable } from "../dom/message-data.ts";
import type { WebSocket } from "../socket/websocket.ts";
import {
  type BroadcastOptions,
  checkDrain,
  checkShutdown,
  type DrainOptions,
  type OpeningHandler,
  type ServerOptions,
  type ServerTotals,
  type ShutdownOptions,
  serverChecks,
  serverOptionAliases,
  type TrafficOptions,
  type WebSocketServer,
} from "./server.ts";
import type { ServerTraffic } from "./server-counts.ts";

/** Options of an adapter's `listen()`: the address to listen on, and the options of the server. */
export interface ListenOptions<TlsOptions = unknown> extends ServerOptions {
  /** 0, the default, picks a free port: see `Server.port`. */
  readonly port?: number | undefined;
  /** The address to listen on. */
  readonly host?: string | undefined;
  /** A Unix socket to listen on, in place of a port and a host. */
  readonly path?: string | undefined;
  /** Makes this a wss server: its certificate and private key, and what else the runtime takes. */
  readonly tls?: TlsOptions | undefined;
}

const listenChecks: OptionChecks<Omit<ListenOptions, "tls">> = {
  ...serverChecks,
  port: takes.integer(0, 65_535),
  host: takes.text,
  path: takes.text,
};

/** What an adapter provides for `listen()`; `TlsOptions` is the type of its option `tls`. */
export interface ListeningFunctions<TlsOptions = unknown> {
  /**
   * Starts to listen where `options` say, and passes each connection to `server.receive`. `options` are those of `listen()`, and
   * have been checked.
   */
  openListener(server: WebSocketServer, options: ListenOptions<TlsOptions>): Listener | Promise<Listener>;
  /** Checks the option `tls` of `listen()`. */
  readonly checkTls: OptionCheck;
}

/**
 * Returns the function `listen`, which creates servers of the class `ServerClass`.
 *
 * @throws UsageError `option/type` for what is no function
 */
export function createListen<TlsOptions>(
  ServerClass: typeof WebSocketServer,
  { openListener, checkTls }: ListeningFunctions<TlsOptions>,
): (handler: OpeningHandler, options?: ListenOptions<TlsOptions>) => Promise<Server> {
  takes.callback(openListener, "openListener");
  takes.callback(checkTls, "checkTls");
  return async (handler, options = {}) => {
    if (typeof handler !== "function") {
      throw new UsageError("option/type", "The handler must be a function, and is the first argument of listen.");
    }
    checkListenOptions(options, checkTls);
    const { port: _port, host: _host, path: _path, tls, ...rest } = options;
    const server = new ServerClass(handler, rest);
    return createListeningServer(server, tls !== undefined, await openListener(server, options));
  };
}

/**
 * Checks the options of an adapter's `listen`; `checkTls` checks the option `tls`.
 *
 * @throws UsageError `option/unknown`, `option/type`, `option/range`
 */
function checkListenOptions(options: ListenOptions, checkTls: OptionCheck): void {
  checkOptions("listen", options, { ...listenChecks, tls: checkTls }, aliases);
  const { path, port, host } = options;
  if (path === undefined || (port === undefined && host === undefined)) return;
  throw new UsageError(
    "option/range",
    "`path` is a Unix socket to listen on in place of `port` and `host`: pass only one of them. To accept one URL path only, " +
      'leave `path` out, and check it in the handler: if (opening.request.resourceName !== "/chat") opening.reject({ status: 404 }).',
  );
}

const aliases: OptionAliases = {
  ...serverOptionAliases,
  hostname: "host",
  address: "host",
  socket: "path",
  server: "upgrade(request, socket, head, handler)",
  noserver: "upgrade(request, socket, head, handler)",
  ca: "tls",
  pfx: "tls",
  cert: "tls",
  key: "tls",
};

/** A server that listens. `await using` closes it, and waits until all connections have ended. */
export interface Server extends AsyncDisposal {
  /** The port; 0 for a Unix socket. */
  readonly port: number;
  /** The URL for a client on this machine: `ws://127.0.0.1:8080/`, or wss. */
  readonly url: string;
  /** The open sockets, not including streams. */
  readonly sockets: ReadonlySet<WebSocket>;
  /** Number of connections, including streams, and of openings in progress. */
  readonly connections: number;
  /** The current and cumulative figures of the server; see `WebSocketServer.totals`. */
  readonly totals: ServerTotals;
  /** Bytes and messages of all connections, and how many are slow; see `WebSocketServer.traffic`. */
  traffic(options?: TrafficOptions): ServerTraffic;
  /** Sends a message to all open sockets; see `WebSocketServer.broadcast`. */
  broadcast(data: Exclude<Sendable, Blob> | PreparedMessage, options?: BroadcastOptions): number;
  /**
   * Stops listening at once, and resolves when the port is free. Connections live on, and openings that have begun are finished;
   * `close` or `drain` end them later. A no-op if the server has stopped listening already.
   */
  stopAccepting(): Promise<void>;
  /**
   * Stops listening, closes the connections one after another, and resolves when all have ended; see `WebSocketServer.drain`.
   *
   * @throws UsageError as `WebSocketServer.drain`
   */
  drain(options?: DrainOptions): Promise<void>;
  /**
   * Stops listening, closes every connection with 1001, and resolves when all have ended. Can be called again: see
   * `WebSocketServer.close`.
   *
   * @throws UsageError as `WebSocketServer.close`
   */
  close(options?: ShutdownOptions): Promise<void>;
  /** Undoes `unref`. */
  ref(): void;
  /** Lets the process end although the server listens. Accepted sockets have an `unref` of their own. */
  unref(): void;
}

/** The listener that an adapter provides. */
export interface Listener {
  /** The address that the listener is bound to; undefined for a Unix socket. */
  readonly address: { readonly host: string; readonly port: number } | undefined;
  /** Stops accepting connections. Called once. Resolves when the port is free. */
  stop(): Promise<void> | void;
  /**
   * Drops what was accepted but did not become a connection of the server, such as an unfinished TLS handshake. Called when all
   * connections have ended. May resolve when nothing is left.
   */
  drop?(): Promise<void> | void;
  /** Where listeners keep the process alive: whether this one does; at first it does. */
  ref?(): void;
  unref?(): void;
}

/** Returns the interface to `sockets`, a server whose connections come from `listener`, over TLS if it is `secure`. */
export function createListeningServer(sockets: WebSocketServer, secure: boolean, listener: Listener): Server {
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopped ??= (async () => listener.stop())();
    return stopped;
  };
  const shutDown = async (closed: Promise<void>): Promise<void> => {
    await Promise.all([closed.then(() => listener.drop?.()), stop()]);
  };
  const { host, port } = listener.address ?? { host: "localhost", port: 0 };
  // A client can reach a Unix socket with any URL. Leave the port out: 0 is not valid in a URL.
  const authority = listener.address === undefined ? host : `${urlHost(host)}:${port}`;
  const server: Omit<Server, keyof AsyncDisposal> = {
    port,
    url: `${secure ? "wss" : "ws"}://${authority}/`,
    sockets: sockets.sockets,
    get connections() {
      return sockets.connections;
    },
    get totals() {
      return sockets.totals;
    },
    traffic: (options) => sockets.traffic(options),
    broadcast: (...message) => sockets.broadcast(...message),
    stopAccepting() {
      sockets.stopAccepting();
      return stop();
    },
    async drain(options = {}) {
      checkDrain(options);
      void stop();
      await shutDown(sockets.drain(options));
    },
    async close(options = {}) {
      checkShutdown(options);
      void stop();
      await shutDown(sockets.close(options));
    },
    ref: () => listener.ref?.(),
    unref: () => listener.unref?.(),
  };
  const dispose = asyncDisposeSymbol();
  if (dispose !== undefined) Object.defineProperty(server, dispose, { value: () => server.close() });
  return server as Server;
}

/** RFC 3986 §3.2.2: an IPv6 address is in brackets. A server bound to all addresses is reachable at 127.0.0.1. */
function urlHost(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "127.0.0.1";
  return host.includes(":") ? `[${host}]` : host;
}
