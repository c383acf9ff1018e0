/** What Deno knows of a connection that a server has accepted. All but the address of the client is read when asked for. */
import type { TransportInfo } from "@hybi/websocket";

/**
 * The `info` of openings in Deno. Over a Unix socket there are no addresses. Deno does not tell a server which certificate a client
 * has, and which protocol was negotiated by a promise of `Deno.TlsConn.handshake` only: `native` has it.
 */
export class DenoTransportInfo implements TransportInfo {
  readonly secure: boolean;
  readonly remoteAddress: string | undefined;
  /** Private: who logs a failure with its `info` prints facts, and no whole socket. */
  readonly #native: Deno.Conn;

  constructor(native: Deno.Conn, secure: boolean) {
    this.#native = native;
    this.secure = secure;
    this.remoteAddress = netAddress(native.remoteAddr)?.hostname;
  }

  /** The connection. It belongs to the WebSocket: read, write and close nothing there. */
  get native(): Deno.Conn {
    return this.#native;
  }

  get remotePort(): number | undefined {
    return netAddress(this.#native.remoteAddr)?.port;
  }

  get localAddress(): string | undefined {
    return netAddress(this.#native.localAddr)?.hostname;
  }

  get localPort(): number | undefined {
    return netAddress(this.#native.localAddr)?.port;
  }
}

function netAddress(address: Deno.Addr): Deno.NetAddr | undefined {
  return "hostname" in address ? address : undefined;
}
