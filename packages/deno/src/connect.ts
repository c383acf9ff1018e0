/** The client: a connection to a ws or wss URL over TCP, TLS or a Unix socket. */
import { type OptionCheck, type OptionChecks, takes, UsageError } from "@hybi/core";
import {
  type ConnectOptions as AnyConnectOptions,
  type WebSocket as AnyWebSocket,
  type WebSocketStream as AnyWebSocketStream,
  type ClientSocketOptions,
  type Connect,
  type ConnectTarget,
  connectWith,
  createWebSocketClass,
  createWebSocketStreamClass,
  type Transport,
  type WebSocketClass,
  type WebSocketStreamClass,
} from "@hybi/websocket";
import { DenoTransport } from "./deno-transport.ts";

/** `options.transport` of a client: what this adapter understands. */
export interface TransportOptions {
  /** For wss: `caCerts` to trust besides those that Deno trusts, `cert` and `key` of a client that has to show who it is. */
  readonly tls?: TlsClientOptions | undefined;
  /** A Unix socket to go to, whatever the host of the URL is; for ws only. */
  readonly path?: string | undefined;
}

/** The options of `Deno.connectTls` that are left to the application. */
export interface TlsClientOptions {
  /** In PEM. */
  readonly caCerts?: readonly string[] | undefined;
  /** In PEM. */
  readonly cert?: string | undefined;
  /** In PEM. */
  readonly key?: string | undefined;
}

/** Options of `connect`. */
export interface ConnectOptions extends AnyConnectOptions<TransportOptions> {}

/** Deno takes no notice of one of them without the other. */
function checkPair({ cert, key }: TlsClientOptions, path: string): void {
  if ((cert === undefined) !== (key === undefined)) {
    throw new UsageError("option/range", `${path} takes cert and key together.`);
  }
}

const tlsChecks: OptionChecks<TlsClientOptions> = { caCerts: takes.texts, cert: takes.text, key: takes.text };

const transportCheck: OptionCheck = takes.options<TransportOptions>(
  {
    tls(value, path) {
      takes.options(tlsChecks, { ca: "caCerts", cacert: "caCerts" })(value, path);
      checkPair(value as TlsClientOptions, path);
    },
    path: takes.text,
  },
  Object.fromEntries(["ca", "cacerts", "cert", "key"].map((name) => [name, "tls"])),
);

// One function for all clients: masking keys are drawn from one pool for each source.
const defaults: ClientSocketOptions = { random: (target) => crypto.getRandomValues(target) };

const open = async ({ url, origin, options, signal }: ConnectTarget): Promise<Transport> => {
  const { tls = {}, path } = (options ?? {}) as TransportOptions;
  // Deno has no TLS over a Unix socket. What was to be secret must not go in the clear.
  if (path !== undefined && url.secure) {
    throw new UsageError("option/range", "transport.path is for ws only: Deno has no TLS over it.");
  }
  if (path !== undefined) return new DenoTransport(await Deno.connect({ transport: "unix", path }));
  const where = { hostname: url.address, port: url.port };
  if (!url.secure) return new DenoTransport(await Deno.connect({ ...where, signal }));
  const { caCerts, cert, key } = tls;
  const conn = await Deno.connectTls({
    ...where,
    // Of the host and the name of the server, which are one for Deno, RFC 6066 §3 has the latter "without a trailing dot".
    hostname: url.address.replace(/\.$/, ""),
    alpnProtocols: ["http/1.1"],
    ...(caCerts !== undefined && { caCerts: [...caCerts] }),
    // Who the client is, is nobody else's to know.
    ...(origin === "named" && cert !== undefined && key !== undefined && { cert, key }),
  });
  const giveUp = (): void => conn.close();
  signal.addEventListener("abort", giveUp);
  // So that a certificate nobody trusts is the reason why there is no transport.
  try {
    await conn.handshake();
  } catch (error) {
    if (!signal.aborted) conn.close();
    throw error;
  } finally {
    signal.removeEventListener("abort", giveUp);
  }
  return new DenoTransport(conn);
};

/** A Unix socket is where it leads, whatever the URL says. */
const destination = (_url: unknown, options: unknown): string | undefined => {
  const { path } = (options ?? {}) as TransportOptions;
  return path === undefined ? undefined : `path ${path}`;
};

const openTransport: Connect = Object.assign(open, { destination });

/** The `WebSocket` of the web platform, over Deno's sockets. Its options take `TransportOptions` as `transport`. */
export const WebSocket: WebSocketClass<TransportOptions> = createWebSocketClass(
  openTransport,
  defaults,
  transportCheck,
);
export type WebSocket = AnyWebSocket;

/** `WebSocketStream`, over Deno's sockets. */
export const WebSocketStream: WebSocketStreamClass<TransportOptions> = createWebSocketStreamClass(
  openTransport,
  defaults,
  transportCheck,
);
export type WebSocketStream = AnyWebSocketStream;

/**
 * Connects to `url` (ws, wss, http or https) and resolves with the socket once it is open.
 *
 * @throws OpeningError when the server answers otherwise, breaks a rule, is not in time or not there; DOMException or
 *   UsageError for what cannot be sent
 * @example
 * const socket = await connect("wss://example.com/chat", { protocols: "chat" });
 * socket.send("hello");
 */
export function connect(url: string | URL, options: ConnectOptions = {}): Promise<WebSocket> {
  return connectWith(WebSocket, url, options);
}
