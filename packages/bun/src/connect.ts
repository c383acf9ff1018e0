/** The client: opens connections to ws and wss URLs over TCP, TLS or a Unix socket. */
import { isIP } from "node:net";
import { type OptionCheck, type OptionChecks, takes } from "@hybi/core";
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
import { BunTransport, socketHandlers } from "./bun-transport.ts";

/** The transport options of this package's clients, `options.transportOptions`. */
export interface TransportOptions {
  /** TLS options for wss. */
  readonly tls?: TlsClientOptions | undefined;
  /** Path of a Unix socket to connect to, regardless of the URL's host. */
  readonly path?: string | undefined;
}

/** The options of `Bun.connect`'s `tls` that an application may set. */
export interface TlsClientOptions {
  /** CA certificates to trust in place of those that Bun trusts, in PEM. */
  readonly ca?: string | string[] | undefined;
  /** Client certificate, in PEM. */
  readonly cert?: string | undefined;
  /** Private key of the client certificate, in PEM. */
  readonly key?: string | undefined;
  /** The name that the server's certificate must be valid for; the host of the URL by default. */
  readonly serverName?: string | undefined;
  /** False accepts any certificate; for tests only. */
  readonly rejectUnauthorized?: boolean | undefined;
}

/** Options of `connect()`. */
export interface ConnectOptions extends AnyConnectOptions<TransportOptions> {}

const tlsChecks: OptionChecks<TlsClientOptions> = {
  ca: takes.only("a string, or a list of strings", (value) => [value].flat().every((one) => typeof one === "string")),
  cert: takes.text,
  key: takes.text,
  serverName: takes.text,
  rejectUnauthorized: takes.boolean,
};

const transportCheck: OptionCheck = takes.options<TransportOptions>(
  { tls: takes.options(tlsChecks, { cacerts: "ca" }), path: takes.text },
  Object.fromEntries(["ca", "cacerts", "cert", "key", "servername", "rejectunauthorized"].map((name) => [name, "tls"])),
);

// One function for all clients: clients with the same source share one pool of masking keys.
const defaults: ClientSocketOptions = { random: (target) => crypto.getRandomValues(target) };

const openAny = async ({ url, origin, options, signal }: ConnectTarget): Promise<Transport> => {
  const { tls = {}, path } = (options ?? {}) as TransportOptions;
  const open = (more: SocketOptions): Promise<Socket> =>
    path === undefined
      ? Bun.connect({ hostname: url.address, port: url.port, ...more })
      : Bun.connect({ unix: path, ...more });
  if (!url.secure) return transportOf(await open({ allowHalfOpen: true, socket: socketHandlers }));

  const { promise, resolve, reject } = Promise.withResolvers<void>();
  // RFC 6066 §3: an IP address is not a server name, and a name is sent "without a trailing dot". Bun still checks the
  // certificate against the address that it connects to.
  const serverName = path === undefined && isIP(url.address) !== 0 ? "" : url.address.replace(/\.$/, "");
  const socket = await open({
    allowHalfOpen: true,
    // A redirect must not reveal the client's identity to another origin.
    tls: tlsOptions(serverName, origin === "named" ? tls : { ...tls, cert: undefined, key: undefined }),
    socket: {
      ...socketHandlers,
      // Bun checks the certificate and its name, reports the result here, and continues in either case.
      handshake(_, isTrusted, error) {
        if (isTrusted || tls.rejectUnauthorized === false) resolve();
        else reject(error ?? new Error("The server's certificate is not trusted."));
      },
      close(closed, error) {
        reject(error ?? new Error("The connection was closed during the TLS handshake."));
        socketHandlers.close(closed, error);
      },
    },
  });
  const transport = transportOf(socket);
  const giveUp = (): void => reject(signal.reason);
  signal.addEventListener("abort", giveUp);
  try {
    await promise;
    return transport;
  } catch (error) {
    transport.abort();
    throw error;
  } finally {
    signal.removeEventListener("abort", giveUp);
  }
};

type Socket = Bun.Socket<BunTransport | undefined>;
type SocketOptions = Bun.SocketOptions<BunTransport | undefined> & { readonly tls?: Bun.TLSOptions };

function tlsOptions(
  defaultName: string,
  { ca, cert, key, serverName = defaultName, rejectUnauthorized }: TlsClientOptions,
): Bun.TLSOptions {
  return {
    serverName,
    ALPNProtocols: "http/1.1",
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(rejectUnauthorized !== undefined && { rejectUnauthorized }),
  };
}

function transportOf(socket: Socket): BunTransport {
  const transport = new BunTransport(socket);
  socket.data = transport;
  return transport;
}

/** A Unix socket is one destination, regardless of the URL. */
const destination = (_url: unknown, options: unknown): string | undefined => {
  const { path } = (options ?? {}) as TransportOptions;
  return path === undefined ? undefined : `path ${path}`;
};

const openTransport: Connect = Object.assign(openAny, { destination });

/**
 * The `WebSocket` of the web platform, over Bun's sockets. As an extension, it takes an options object in place of the
 * subprotocols; its `transportOptions` takes `TransportOptions`.
 */
export const WebSocket: WebSocketClass<TransportOptions> = createWebSocketClass(
  openTransport,
  defaults,
  transportCheck,
);
export type WebSocket = AnyWebSocket;

/** `WebSocketStream` over Bun's sockets, with backpressure in both directions. */
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
