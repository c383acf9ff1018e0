/** The client: a connection to a ws or wss URL over TCP, TLS or a Unix socket. */
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

/** `options.transport` of a client: what this adapter understands. */
export interface TransportOptions {
  /** For wss. */
  readonly tls?: TlsClientOptions | undefined;
  /** A Unix socket to go to, whatever the host of the URL is. */
  readonly path?: string | undefined;
}

/** The options of `Bun.connect`'s `tls` that are of use to a client. */
export interface TlsClientOptions {
  /** To trust in place of those that Bun trusts; in PEM. */
  readonly ca?: string | string[] | undefined;
  /** Of a client that has to show who it is; in PEM. */
  readonly cert?: string | undefined;
  /** In PEM. */
  readonly key?: string | undefined;
  /** Whose certificate it must be; the host of the URL by default. */
  readonly serverName?: string | undefined;
  /** False trusts everybody, which is for tests only. */
  readonly rejectUnauthorized?: boolean | undefined;
}

/** Options of `connect`. */
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

// One function for all clients: masking keys are drawn from one pool for each source.
const defaults: ClientSocketOptions = { random: (target) => crypto.getRandomValues(target) };

const openAny = async ({ url, origin, options, signal }: ConnectTarget): Promise<Transport> => {
  const { tls = {}, path } = (options ?? {}) as TransportOptions;
  const open = (more: SocketOptions): Promise<Socket> =>
    path === undefined
      ? Bun.connect({ hostname: url.address, port: url.port, ...more })
      : Bun.connect({ unix: path, ...more });
  if (!url.secure) return transportOf(await open({ allowHalfOpen: true, socket: socketHandlers }));

  const { promise, resolve, reject } = Promise.withResolvers<void>();
  // RFC 6066 §3: a literal address is no server name, and a name stands "without a trailing dot". Bun checks the certificate
  // against where it goes to all the same.
  const serverName = path === undefined && isIP(url.address) !== 0 ? "" : url.address.replace(/\.$/, "");
  const socket = await open({
    allowHalfOpen: true,
    // Who the client is, is nobody else's to know.
    tls: tlsOptions(serverName, origin === "named" ? tls : { ...tls, cert: undefined, key: undefined }),
    socket: {
      ...socketHandlers,
      // Bun checks the certificate and the name on it, says what it found, and goes on in any case.
      handshake(_, isTrusted, error) {
        if (isTrusted || tls.rejectUnauthorized === false) resolve();
        else reject(error ?? new Error("The certificate is not trusted."));
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

/** A Unix socket is where it leads, whatever the URL says. */
const destination = (_url: unknown, options: unknown): string | undefined => {
  const { path } = (options ?? {}) as TransportOptions;
  return path === undefined ? undefined : `path ${path}`;
};

const openTransport: Connect = Object.assign(openAny, { destination });

/** The `WebSocket` of the web platform, over Bun's sockets. Its options take `TransportOptions` as `transport`. */
export const WebSocket: WebSocketClass<TransportOptions> = createWebSocketClass(
  openTransport,
  defaults,
  transportCheck,
);
export type WebSocket = AnyWebSocket;

/** `WebSocketStream`, over Bun's sockets. */
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
