/** What Node knows of a connection that a server has received. Most handlers ask for little of it: all else is read when asked for. */
import type { IncomingMessage } from "node:http";
import type { ServerHttp2Stream } from "node:http2";
import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { type PeerCertificate, TLSSocket } from "node:tls";
import type { TransportInfo } from "@hybi/websocket";

/**
 * The `info` of openings in Node. What it reads from the socket is undefined where the socket does not know it, for example over a
 * Unix socket, and may become undefined once the socket is closed.
 *
 * @example
 * const server = await listen((opening) => {
 *   const { info } = opening;
 *   const certificate = info instanceof NodeTransportInfo ? info.peerCertificate() : undefined;
 *   if (certificate?.subject.CN !== "a friend") opening.reject({ status: 403 });
 *   else opening.accept({ context: certificate.subject });
 * }, { tls: { key, cert, ca, requestCert: true } });
 */
export class NodeTransportInfo implements TransportInfo {
  readonly secure: boolean;
  readonly remoteAddress: string | undefined;
  // Private, and with them what the application has passed: who logs a failure with its `info` prints facts, and no whole socket.
  readonly #native: Duplex;
  readonly #request: IncomingMessage | undefined;
  readonly #context: unknown;

  constructor(native: Duplex, request?: IncomingMessage, context?: unknown) {
    this.#native = native;
    this.#request = request;
    this.#context = context;
    const socket = socketOf(native);
    this.secure = socket instanceof TLSSocket;
    this.remoteAddress = socket?.remoteAddress;
  }

  /** The socket, or the stream of HTTP/2. It belongs to the connection: read and write nothing there. */
  get native(): Duplex {
    return this.#native;
  }

  /** The request with which `upgrade` was called. */
  get request(): IncomingMessage | undefined {
    return this.#request;
  }

  /** What `upgrade` or `upgradeStream` was given. */
  get context(): unknown {
    return this.#context;
  }

  get remotePort(): number | undefined {
    return socketOf(this.#native)?.remotePort;
  }

  get localAddress(): string | undefined {
    return socketOf(this.#native)?.localAddress;
  }

  get localPort(): number | undefined {
    return socketOf(this.#native)?.localPort;
  }

  /** The protocol that was negotiated in the TLS handshake (RFC 7301), such as `http/1.1` or `h2`. */
  get alpnProtocol(): string | undefined {
    const socket = socketOf(this.#native);
    const protocol = socket instanceof TLSSocket ? socket.alpnProtocol : undefined;
    // Node's types lack null, which it is once the socket is closed.
    return typeof protocol === "string" ? protocol : undefined;
  }

  /** Whether the client's certificate is one that `ca` vouches for. False, too, for a client without one. */
  get authorized(): boolean | undefined {
    const socket = socketOf(this.#native);
    return socket instanceof TLSSocket ? socket.authorized : undefined;
  }

  /** Returns the client's certificate; undefined if it has sent none. The server has to ask for it, with `requestCert`. */
  peerCertificate(): PeerCertificate | undefined {
    const socket = socketOf(this.#native);
    const certificate = socket instanceof TLSSocket ? socket.getPeerCertificate() : undefined;
    // Without a certificate it is an empty object, and null once the socket is closed.
    return certificate?.raw === undefined ? undefined : certificate;
  }
}

/** Returns the socket below a stream of HTTP/2, or `native` itself; undefined for a stream of another kind, or without a session. */
function socketOf(native: Duplex): Socket | undefined {
  if (native instanceof Socket) return native;
  try {
    // That of a session is a proxy: `instanceof` sees the socket behind it, and throws once there is none.
    const socket = (native as Partial<ServerHttp2Stream>).session?.socket;
    return socket instanceof Socket ? socket : undefined;
  } catch {
    return undefined;
  }
}
