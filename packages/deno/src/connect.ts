/** The client: opens connections to ws and wss URLs over TCP, TLS or a Unix socket. */
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

/** The transport options of this package's clients, `options.transportOptions`. */
export interface TransportOptions {
  /** TLS options for wss. */
  readonly tls?: TlsClientOptions | undefined;
  /** Path of a Unix socket to connect to, regardless of the URL's host; for ws only. */
  readonly path?: string | undefined;
}

/** The options of `Deno.connectTls` that an application may set. */
export interface TlsClientOptions {
  /** CA certificates to trust in addition to those that Deno trusts, in PEM. */
  readonly caCerts?: readonly string[] | undefined;
  /** Client certificate, in PEM. */
  readonly cert?: string | undefined;
  /** Private key of the client certificate, in PEM. */
  readonly key?: string | undefined;
}

/** Options of `connect()`. */
export interface ConnectOptions extends AnyConnectOptions<TransportOptions> {}

/** Deno ignores one of the two without the other. */
function checkPair({ cert, key }: TlsClientOptions, path: string): void {
  if ((cert === undefined) !== (key === undefined)) {
    throw new UsageError("option/range", `${path} requires cert and key together.`);
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

// One function for all clients: clients with the same source share one pool of masking keys.
const defaults: ClientSocketOptions = { random: (target) => crypto.getRandomValues(target) };

const open = async ({ url, origin, options, signal }: ConnectTarget): Promise<Transport> => {
  const { tls = {}, path } = (options ?? {}) as TransportOptions;
  // Deno has no TLS over Unix sockets. Never send in the clear what was meant to be encrypted.
  if (path !== undefined && url.secure) {
    throw new UsageError("option/range", "transportOptions.path is for ws only: Deno has no TLS over Unix sockets.");
  }
  if (path !== undefined) return new DenoTransport(await Deno.connect({ transport: "unix", path }));
  const where = { hostname: url.address, port: url.port };
  if (!url.secure) return new DenoTransport(await Deno.connect({ ...where, signal }));
  const { caCerts, cert, key } = tls;
  const conn = await Deno.connectTls({
    ...where,
    // For Deno, the host to connect to and the TLS server name are the same. RFC 6066 §3: the server name is sent "without a
    // trailing dot".
    hostname: url.address.replace(/\.$/, ""),
    alpnProtocols: ["http/1.1"],
    ...(caCerts !== undefined && { caCerts: [...caCerts] }),
    // A redirect must not reveal the client's identity to another origin.
    ...(origin === "named" && cert !== undefined && key !== undefined && { cert, key }),
  });
  const giveUp = (): void => conn.close();
  signal.addEventListener("abort", giveUp);
  // Complete the handshake here, so that an untrusted certificate is reported as the reason of the failure.
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

/** A Unix socket is one destination, regardless of the URL. */
const destination = (_url: unknown, options: unknown): string | undefined => {
  const { path } = (options ?? {}) as TransportOptions;
  return path === undefined ? undefined : `path ${path}`;
};

const openTransport: Connect = Object.assign(open, { destination });

/**
 * The `WebSocket` of the web platform, over Deno's sockets. As an extension, it takes an options object in place of the
 * subprotocols; its `transportOptions` takes `TransportOptions`.
 */
export const WebSocket: WebSocketClass<TransportOptions> = createWebSocketClass(
  openTransport,
  defaults,
  transportCheck,
);
export type WebSocket = AnyWebSocket;

/** `WebSocketStream` over Deno's sockets, with backpressure in both directions. */
export const WebSocketStream: WebSocketStreamClass<TransportOptions> = createWebSocketStreamClass(
  openTransport,
  defaults,
  transportCheck,
);
export type WebSocketStream = AnyWebSocketStream;

/**
 * Connects to `url` (ws, wss, http or https) and resolves with the socket once it is open.
 *
 * @throws OpeningError when the server rejects the opening, breaks a rule of the protocol, does not respond in time, or cannot
 *   be reached; DOMException or UsageError when the URL, a subprotocol or an option is invalid
 * @example
 * const socket = await connect("wss://example.com/chat", { protocols: "chat" });
 * socket.send("hello");
 */
export function connect(url: string | URL, options: ConnectOptions = {}): Promise<WebSocket> {
  return connectWith(WebSocket, url, options);
}
