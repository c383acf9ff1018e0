/** The options of `ws` 8. Those that it passes on are Node's. */
import type { Agent, ClientRequest, ClientRequestArgs, IncomingMessage, OutgoingHttpHeaders, Server } from "node:http";
import type { Server as SecureServer } from "node:https";
import type { IpcNetConnectOpts, TcpNetConnectOpts } from "node:net";
import type { Duplex } from "node:stream";
import type { SecureContextOptions, ConnectionOptions as TlsOptions } from "node:tls";
import type { ZlibOptions } from "node:zlib";

/** As the types of `ws` have them. */
interface ZlibDeflateOptions {
  flush?: number | undefined;
  finishFlush?: number | undefined;
  chunkSize?: number | undefined;
  windowBits?: number | undefined;
  level?: number | undefined;
  memLevel?: number | undefined;
  strategy?: number | undefined;
  dictionary?: Buffer | Buffer[] | DataView | undefined;
  info?: boolean | undefined;
}

/** Options of permessage-deflate (RFC 7692). */
export interface DeflateOptions {
  /** Whether the server compresses each message by itself: a client asks for it, a server does it. */
  serverNoContextTakeover?: boolean | undefined;
  /** Whether the client compresses each message by itself: a client does it, a server demands it. */
  clientNoContextTakeover?: boolean | undefined;
  /** 8 to 15. */
  serverMaxWindowBits?: number | undefined;
  /** 8 to 15. On a client, the default lets the server choose. */
  clientMaxWindowBits?: number | undefined;
  /** Of these, `level` and `memLevel` count. */
  zlibDeflateOptions?: ZlibDeflateOptions | undefined;
  /** Accepted and ignored: output is bounded by `maxPayload` while it is made. */
  zlibInflateOptions?: ZlibOptions | undefined;
  /** Bytes below which a message is not compressed when no window is kept between messages. Default 1,024. */
  threshold?: number | undefined;
  /** Accepted and ignored: messages are compressed in turn, and large ones in slices. */
  concurrencyLimit?: number | undefined;
}

/** What clients and servers have in common. */
export interface ConnectionOptions {
  /** Whether several of `message`, `ping` and `pong` may be emitted in one turn of the event loop. Default true. */
  allowSynchronousEvents?: boolean | undefined;
  /** Whether Pings are answered. Default true. */
  autoPong?: boolean | undefined;
  /** Milliseconds from the first Close frame until the socket is destroyed. Default 30,000. */
  closeTimeout?: number | undefined;
  /** Longest message in bytes, after decompression. Default 100 MiB. */
  maxPayload?: number | undefined;
  /** Most fragments of a message. Default 131,072. */
  maxFragments?: number | undefined;
  /** Accepted and ignored: what a message holds does not depend on the chunks in which it arrives. */
  maxBufferedChunks?: number | undefined;
  /** Accepted and ignored: text is always checked, as it arrives, because RFC 6455 §8.1 demands it. */
  skipUTF8Validation?: boolean | undefined;
}

/** Options of `send`. */
export interface SendOptions {
  /** Ignored: RFC 6455 §5.1 says who masks. */
  mask?: boolean | undefined;
  /** Whether the message is binary. Default: whether it is no string. */
  binary?: boolean | undefined;
  /** Whether to compress. Default true. */
  compress?: boolean | undefined;
  /** Whether the message ends with this part. Default true. */
  fin?: boolean | undefined;
}

/** Called when the message has left, or will not. */
export type SendCallback = (error?: Error) => void;

/** A certificate or key of TLS. */
export type Certificate = string | string[] | Buffer | Buffer[];

/** Options of a client of the class `Socket`; those of `http.request` and `tls.connect` are passed on. */
export interface ClientOptionsFor<Socket> extends ConnectionOptions, SecureContextOptions {
  protocol?: string | undefined;
  followRedirects?: boolean | undefined;
  /** Fills a masking key of four bytes. It must be unpredictable (RFC 6455 §10.3). */
  generateMask?(mask: Buffer): void;
  /** Milliseconds for the opening handshake. Default: no limit. */
  handshakeTimeout?: number | undefined;
  /** Default 10. */
  maxRedirects?: number | undefined;
  /** Default true. */
  perMessageDeflate?: boolean | DeflateOptions | undefined;
  localAddress?: string | undefined;
  /** 13, or 8, which has the same frames. */
  protocolVersion?: number | undefined;
  headers?: { [key: string]: string } | undefined;
  origin?: string | undefined;
  agent?: Agent | undefined;
  host?: string | undefined;
  family?: number | undefined;
  checkServerIdentity?(servername: string, cert: Certificate): boolean;
  rejectUnauthorized?: boolean | undefined;
  /** Makes the connection, as `net.connect` and `tls.connect` do. */
  createConnection?: ((options: StreamOptions, callback?: () => void) => Duplex) | undefined;
  /** Called before the request is sent; must call `request.end()`. */
  finishRequest?: ((request: ClientRequest, websocket: Socket) => void) | undefined;
}

/** What `createConnection` gets: those of the request, for a function that takes any of these. */
type StreamOptions = ClientRequestArgs & TcpNetConnectOpts & IpcNetConnectOpts & TlsOptions;

/** What `verifyClient` gets. */
interface ClientInfo<Request extends IncomingMessage> {
  origin: string;
  secure: boolean;
  req: Request;
}

/** Returns whether to accept the request. */
export type SyncVerifier<Request extends IncomingMessage> = (info: ClientInfo<Request>) => boolean;

/** Calls back whether to accept the request, and otherwise with what response. */
export type AsyncVerifier<Request extends IncomingMessage> = (
  info: ClientInfo<Request>,
  callback: (accepts: boolean, code?: number, message?: string, headers?: OutgoingHttpHeaders) => void,
) => void;

/** Options of a server whose accepted sockets are of the class `Class`. Exactly one of `port`, `server` and `noServer` is needed. */
export interface ServerOptionsFor<Class, Request extends typeof IncomingMessage> extends ConnectionOptions {
  host?: string | undefined;
  port?: number | undefined;
  backlog?: number | undefined;
  server?: Server<Request> | SecureServer<Request> | undefined;
  verifyClient?: AsyncVerifier<InstanceType<Request>> | SyncVerifier<InstanceType<Request>> | undefined;
  handleProtocols?: ((protocols: Set<string>, request: InstanceType<Request>) => string | false) | undefined;
  path?: string | undefined;
  noServer?: boolean | undefined;
  /** Whether `clients` is kept. Default true. */
  clientTracking?: boolean | undefined;
  /** Default false. */
  perMessageDeflate?: boolean | DeflateOptions | undefined;
  /** The class of accepted sockets. */
  WebSocket?: Class | undefined;
}
