/** What Bun knows of a connection that a server has accepted. All but the address of the client is read when asked for. */
import type { PeerCertificate } from "node:tls";
import type { TransportInfo } from "@hybi/websocket";

/** The part of `Bun.Socket` that is read here. Over a Unix socket, and once the socket is closed, most of it is undefined. */
export interface BunSocketFacts {
  readonly remoteAddress: string;
  readonly remotePort?: number | undefined;
  readonly localAddress?: string | undefined;
  readonly localPort?: number | undefined;
  readonly alpnProtocol?: string | false | null | undefined;
  readonly authorized?: boolean | undefined;
  getPeerCertificate(): PeerCertificate;
}

/** The `info` of openings in Bun. What it reads from the socket is undefined where the socket does not know it. */
export class BunTransportInfo implements TransportInfo {
  readonly secure: boolean;
  readonly remoteAddress: string | undefined;
  /** Private: who logs a failure with its `info` prints facts, and no whole socket. */
  readonly #native: BunSocketFacts;

  constructor(native: BunSocketFacts, secure: boolean) {
    this.#native = native;
    this.secure = secure;
    this.remoteAddress = native.remoteAddress;
  }

  /** The socket. It belongs to the connection: read and write nothing there. */
  get native(): BunSocketFacts {
    return this.#native;
  }

  get remotePort(): number | undefined {
    return this.#native.remotePort;
  }

  get localAddress(): string | undefined {
    return this.#native.localAddress;
  }

  get localPort(): number | undefined {
    return this.#native.localPort;
  }

  /** The protocol that was negotiated in the TLS handshake (RFC 7301). */
  get alpnProtocol(): string | undefined {
    const { alpnProtocol } = this.#native;
    return typeof alpnProtocol === "string" ? alpnProtocol : undefined;
  }

  /** Whether the client's certificate is one that `ca` vouches for. False, too, for a client without one. */
  get authorized(): boolean | undefined {
    return this.secure ? this.#native.authorized : undefined;
  }

  /** Returns the client's certificate; undefined if it has sent none. */
  peerCertificate(): PeerCertificate | undefined {
    const certificate = this.secure ? this.#native.getPeerCertificate() : undefined;
    // Without a certificate it is an empty object, or nothing.
    return certificate?.raw === undefined ? undefined : certificate;
  }
}
