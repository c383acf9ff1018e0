/** What `listen` of every adapter is asked for and answers. What listens is the adapter's; the rest is the same everywhere. */
import { checkOptions, type OptionAliases, type OptionCheck, type OptionChecks, takes, UsageError } from "@hybi/core";
import type { Sendable } from "./message-data.ts";
import {
  type BroadcastOptions,
  checkShutdown,
  type ServerOptions,
  type ServerTotals,
  type ShutdownOptions,
  serverAliases,
  serverChecks,
  type WebSocketServer,
} from "./server.ts";
import type { WebSocket } from "./websocket.ts";

/** Where to listen, and how to treat who comes. */
export interface ListenOptions extends Omit<ServerOptions, "host"> {
  /** 0, the default, takes a free one: see `ListeningServer.port`. */
  readonly port?: number | undefined;
  /** The address to listen on. */
  readonly host?: string | undefined;
  /** A Unix socket, in place of a port. */
  readonly path?: string | undefined;
}

const { host: _host, ...ownChecks } = serverChecks;

const listenChecks: OptionChecks<ListenOptions> = {
  ...ownChecks,
  port: takes.integer(0, 65_535),
  host: takes.text,
  path: takes.text,
};

/**
 * Checks the options of an adapter's `listen`, whose `tls` is for `checkTls`.
 *
 * @throws UsageError `option/unknown`, `option/type`, `option/range`
 */
export function checkListenOptions(options: ListenOptions, checkTls: OptionCheck): void {
  checkOptions<object>("listen", options, { ...listenChecks, tls: checkTls }, aliases);
  const { path, port } = options;
  if (path === undefined || port === undefined) return;
  throw new UsageError(
    "option/range",
    "path is a Unix socket to listen on in place of a port. The path of a URL is for the handler: see opening.request.",
  );
}

const aliases: OptionAliases = {
  ...serverAliases,
  hostname: "host",
  address: "host",
  socket: "path",
  cert: "tls",
  key: "tls",
};

/** A server that listens. */
export interface ListeningServer {
  /** 0 for a Unix socket. */
  readonly port: number;
  /** For a client on this machine: `ws://127.0.0.1:8080/`, or wss. */
  readonly url: string;
  /** The open sockets, streams not among them. */
  readonly sockets: ReadonlySet<WebSocket>;
  /** Connections, streams included, and openings that are under way. */
  readonly connections: number;
  /** What the server has at the moment, and has done so far; see `WebSocketServer.totals`. */
  readonly totals: ServerTotals;
  /** Sends a message to all open sockets; see `WebSocketServer.broadcast`. */
  broadcast(data: Exclude<Sendable, Blob>, options?: BroadcastOptions): number;
  /**
   * Stops listening, closes every connection with 1001, and resolves when all have ended. May be called again: see
   * `WebSocketServer.close`.
   *
   * @throws UsageError as `WebSocketServer.close`
   */
  close(options?: ShutdownOptions): Promise<void>;
}

/** What an adapter listens with. */
export interface Listener {
  readonly secure: boolean;
  /** The address that it listens on; undefined for a Unix socket. */
  readonly address: { readonly host: string; readonly port: number } | undefined;
  /** Takes no connections any more. Called once. Resolves when the port is free. */
  stop(): Promise<void> | void;
  /** Drops what was accepted and did not become a connection of the server's, such as a TLS handshake that is not over. */
  drop?(): void;
}

/** `sockets`, whose connections come from `listener`. */
export function listeningServer(sockets: WebSocketServer, listener: Listener): ListeningServer {
  let stopped: Promise<void> | undefined;
  const { host, port } = listener.address ?? { host: "localhost", port: 0 };
  // A client reaches a Unix socket under any URL, and 0 is no port of one.
  const authority = listener.address === undefined ? host : `${urlHost(host)}:${port}`;
  return {
    port,
    url: `${listener.secure ? "wss" : "ws"}://${authority}/`,
    sockets: sockets.sockets,
    get connections() {
      return sockets.connections;
    },
    get totals() {
      return sockets.totals;
    },
    broadcast: (...message) => sockets.broadcast(...message),
    async close(options = {}) {
      checkShutdown(options);
      stopped ??= Promise.resolve(listener.stop());
      const closed = sockets.close(options).then(() => listener.drop?.());
      await Promise.all([closed, stopped]);
    },
  };
}

/** RFC 3986 §3.2.2: an IPv6 address stands in brackets. Who listens on all addresses is reached on the first of them. */
function urlHost(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "127.0.0.1";
  return host.includes(":") ? `[${host}]` : host;
}
