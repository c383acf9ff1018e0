/** The TLS half of a server for wss: how long a handshake may take, and what becomes of one that is not over. */
import { createServer as createTcpServer, type Server as NetServer, type Socket } from "node:net";
import { createServer as createTlsServer, DEFAULT_MAX_VERSION, type TLSSocket, type TlsOptions } from "node:tls";
import { checkDuration, defaultDeadlines } from "@hybi/core";
import { type Clock, type PendingTransport, type ServerOptions, startTimer, type Timer } from "@hybi/websocket";
import { nodeClock } from "./clock.ts";

/** The longest timer of Node's; a longer one fires at once. */
const longestTimer = 0x7fff_ffff;

/** Whom a server tells. */
interface SecureListener {
  /** A client has connected: the place that it has from now on, or undefined where there is none. `drop` ends it. */
  admit(socket: Socket, drop: () => void): PendingTransport | undefined;
  /** Its TLS handshake is over. */
  connection(socket: TLSSocket, pending: PendingTransport | undefined): void;
  /** A client has not come through the TLS handshake. */
  failed(error: unknown): void;
}

/** A server, and how to drop those whose TLS handshake is not over. */
export function createSecureServer(
  { handshakeTimeout, ...tls }: TlsOptions,
  { deadlines = {}, clock = nodeClock }: Pick<ServerOptions, "deadlines" | "clock">,
  { admit, connection, failed }: SecureListener,
): { server: NetServer; drop: () => void } {
  const { opening = defaultDeadlines.opening } = deadlines;
  const time = checkDuration("tls.handshakeTimeout", handshakeTimeout === undefined ? opening : handshakeTimeout);
  const handshakes = new LateHandshakes(clock, time, tls.maxVersion ?? DEFAULT_MAX_VERSION, failed);
  /**
   * Who has a place and no transport yet, by the ends of the TCP connection: Node does not say which socket of TCP is under
   * one of TLS.
   */
  const places = new Map<string, PendingTransport>();
  const accepted = new Set<Socket>();
  const secure = createTlsServer(
    // Not half open: RFC 5246 §7.2.1 has an endpoint answer a close_notify at once, and a client that hangs up in the
    // middle of the TLS handshake would otherwise stay until it is over.
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
    // Without ends to tell one from another, as over a Unix socket, only who is through has a place.
    const pending = place === undefined ? undefined : admit(socket, drop);
    if (place !== undefined && pending === undefined) {
      // Before anything of TLS is made of it.
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

/** TLS handshakes for which Node's own timer was too short, or too early: it runs before what has arrived is read. */
class LateHandshakes {
  /** For Node's timer. 0 is two minutes for Node. */
  readonly firstTime: number;
  /** Whether the server itself ends them. */
  isDropping = false;
  readonly #clock: Clock;
  readonly #time: number;
  /** The progress of who has said nothing. */
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

  /** What Node says has failed: for good, or because its timer has fired, when nothing of it is lost yet. */
  failed(error: NodeJS.ErrnoException, socket: TLSSocket): void {
    if (error.code !== "ERR_TLS_HANDSHAKE_TIMEOUT") this.#fail(error, socket);
    else {
      socket.once("close", () => this.over(socket));
      // Newer event loops read before they look at timers: what was said may be read by now, in this very turn.
      this.#wait(Math.max(0, this.#time - this.firstTime), error, socket, this.#none);
    }
  }

  /** `socket` is open, or closed. */
  over(socket: TLSSocket): void {
    this.#timers.get(socket)?.cancel();
    this.#timers.delete(socket);
  }

  /** After `milliseconds` and a turn of I/O, it is too late for who has not gone on in that time. */
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
    // Node leaves it open: half open, it would stay so until the client goes away.
    socket.destroy();
    if (!this.isDropping) this.#onFailure(error);
  }
}

/** How far a TLS handshake has come: it changes with the client's first message, and with its last one. */
function progressOf(socket: TLSSocket): string {
  return progress(socket.getProtocol(), socket.getFinished()?.length);
}

function progress(protocol: string | null, lengthOfFinished: number | undefined): string {
  return `${protocol} ${lengthOfFinished}`;
}
