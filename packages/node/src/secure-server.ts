/** The TLS half of a wss server: limits the duration of TLS handshakes, and drops unfinished ones on shutdown. */
import { createServer as createTcpServer, type Server as NetServer, type Socket } from "node:net";
import { createServer as createTlsServer, DEFAULT_MAX_VERSION, type TLSSocket, type TlsOptions } from "node:tls";
import { defaultDeadlines } from "@hybi/core";
import { checkDuration } from "@hybi/core/options";
import { type Clock, type PendingTransport, type ServerOptions, startTimer, type Timer } from "@hybi/websocket";
import { nodeClock } from "./runtime.ts";

/** Node's longest timer; with a longer delay it fires at once. */
const longestTimer = 0x7fff_ffff;

/** Callbacks of the secure server. */
interface SecureListener {
  /**
   * Called when a client has connected. Returns its place on the server, or undefined when there is none left. `drop` aborts
   * the connection.
   */
  admit(socket: Socket, drop: () => void): PendingTransport | undefined;
  /** Called when a client has completed its TLS handshake. */
  connection(socket: TLSSocket, pending: PendingTransport | undefined): void;
  /** Called when a TLS handshake has failed. */
  failed(error: unknown): void;
}

/** Creates a server, and a function that drops connections whose TLS handshake is not complete. */
export function createSecureServer(
  { handshakeTimeout, ...tls }: TlsOptions,
  { deadlines = {}, runtime = {} }: Pick<ServerOptions, "deadlines" | "runtime">,
  { admit, connection, failed }: SecureListener,
): { server: NetServer; drop: () => void } {
  const { opening = defaultDeadlines.opening } = deadlines;
  const time = checkDuration("tls.handshakeTimeout", handshakeTimeout === undefined ? opening : handshakeTimeout);
  const handshakes = new LateHandshakes(
    runtime.clock ?? nodeClock,
    time,
    tls.maxVersion ?? DEFAULT_MAX_VERSION,
    failed,
  );
  /**
   * Connections that have a place but no transport yet, keyed by the addresses of the TCP connection: Node does not reveal
   * which TCP socket belongs to a TLS socket.
   */
  const places = new Map<string, PendingTransport>();
  const accepted = new Set<Socket>();
  const secure = createTlsServer(
    // Not half-open: RFC 5246 §7.2.1 requires an immediate response to close_notify, and a client that hangs up during the TLS
    // handshake would otherwise stay until its deadline.
    {
      ALPNProtocols: ["http/1.1"],
      ...tls,
      handshakeTimeout: handshakes.firstTime,
      allowHalfOpen: false,
      noDelay: true,
    },
    (socket) => {
      handshakes.over(socket);
      const place = placeOf(socket) ?? "";
      const pending = places.get(place);
      places.delete(place);
      connection(socket, pending);
    },
  );
  secure.on("tlsClientError", (error: NodeJS.ErrnoException, socket) => handshakes.failed(error, socket));
  const accept = (socket: Socket): void => {
    const drop = (): void => {
      handshakes.isDropping = true;
      socket.destroy();
    };
    const place = placeOf(socket);
    // Without addresses to tell connections apart, as over a Unix socket, a connection gets its place after its TLS handshake.
    const pending = place === undefined ? undefined : admit(socket, drop);
    if (place !== undefined && pending === undefined) {
      // Reject before allocating any TLS state.
      socket.destroy();
      return;
    }
    accepted.add(socket);
    if (place !== undefined && pending !== undefined) places.set(place, pending);
    socket.once("close", () => {
      accepted.delete(socket);
      if (place === undefined || places.get(place) !== pending) return;
      places.delete(place);
      pending?.end();
    });
    secure.emit("connection", socket);
  };
  return {
    server: createTcpServer({ ...tls, allowHalfOpen: false, noDelay: true }, accept),
    drop() {
      handshakes.isDropping = true;
      for (const socket of accepted) socket.destroy();
    },
  };
}

function placeOf({ remoteAddress, remotePort, localAddress, localPort }: Socket): string | undefined {
  return remoteAddress === undefined ? undefined : `${remoteAddress} ${remotePort} ${localAddress} ${localPort}`;
}

/**
 * Tracks the TLS handshakes that Node's own timer would end too early: its timeout is limited, and it fires before data that
 * has already arrived is read.
 */
class LateHandshakes {
  /** The timeout passed to Node, which treats 0 as two minutes. */
  readonly firstTime: number;
  /** Whether the server itself is ending the handshakes. */
  isDropping = false;
  readonly #clock: Clock;
  readonly #time: number;
  /** The progress of a client that has sent nothing yet. */
  readonly #none: string;
  readonly #onFailure: (error: unknown) => void;
  readonly #timers = new Map<TLSSocket, Timer>();

  constructor(clock: Clock, time: number, maxVersion: string, onFailure: (error: unknown) => void) {
    this.#clock = clock;
    this.#time = time;
    this.#none = progress(maxVersion, undefined);
    this.#onFailure = onFailure;
    this.firstTime = Math.min(Math.max(1, time), longestTimer);
  }

  /** Handles a failure that Node reports. After a timeout of Node's timer, the handshake can still be completed. */
  failed(error: NodeJS.ErrnoException, socket: TLSSocket): void {
    if (error.code !== "ERR_TLS_HANDSHAKE_TIMEOUT") this.#fail(error, socket);
    else {
      socket.once("close", () => this.over(socket));
      // Newer event loops read before they run timers, so data may have been processed earlier in this turn.
      this.#wait(Math.max(0, this.#time - this.firstTime), error, socket, this.#none);
    }
  }

  /** Stops tracking `socket`, whose handshake has completed or which has closed. */
  over(socket: TLSSocket): void {
    this.#timers.get(socket)?.cancel();
    this.#timers.delete(socket);
  }

  /** Fails the handshake if it makes no progress within `milliseconds` and one more turn of I/O. */
  #wait(milliseconds: number, error: unknown, socket: TLSSocket, before: string): void {
    const judge = (): void => {
      const now = progressOf(socket);
      if (now === before) this.#fail(error, socket);
      else this.#wait(this.#time, error, socket, now);
    };
    this.#timers.set(socket, startTimer(this.#clock, milliseconds, judge));
  }

  #fail(error: unknown, socket: TLSSocket): void {
    this.over(socket);
    // Node leaves the socket open. Half-open, it would stay until the client goes away.
    socket.destroy();
    if (!this.isDropping) this.#onFailure(error);
  }
}

/** A summary of a TLS handshake's progress. It changes with the client's first message and with its last. */
function progressOf(socket: TLSSocket): string {
  return progress(socket.getProtocol(), socket.getFinished()?.length);
}

function progress(protocol: string | null, lengthOfFinished: number | undefined): string {
  return `${protocol} ${lengthOfFinished}`;
}
