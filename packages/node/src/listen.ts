/** A server of its own: TCP or TLS, where every connection is an opening handshake. */
import { type AddressInfo, createServer as createTcpServer, type Server as NetServer, type Socket } from "node:net";
import { createServer as createTlsServer, type TlsOptions } from "node:tls";
import { checkDuration } from "@hybi/core";
import {
  type ListenOptions as AnyListenOptions,
  checkListenOptions,
  type Listener,
  type ListeningServer,
  listeningServer,
  type OpeningHandler,
  startTimer,
  type Timer,
} from "@hybi/websocket";
import { nodeClock } from "./clock.ts";
import { NodeTransport } from "./node-transport.ts";
import { serverTlsCheck } from "./transport-options.ts";
import { WebSocketServer } from "./websocket-server.ts";

/** Where to listen, and how to treat who comes. Without `host`, all addresses of the machine. */
export interface ListenOptions extends AnyListenOptions {
  /** Makes it a server for wss: certificate, key and the like. */
  readonly tls?: TlsOptions | undefined;
}

/** A server that listens. */
export type Server = ListeningServer;

/**
 * Listens, and calls `handler` with each valid opening request, to be accepted or rejected. Resolves when it listens.
 *
 * @example
 * const server = await listen({ port: 8080 }, (opening) => {
 *   const socket = opening.accept();
 *   socket.onmessage = ({ data }) => socket.send(data);
 * });
 */
export async function listen(options: ListenOptions, handler: OpeningHandler): Promise<Server> {
  checkListenOptions(options, serverTlsCheck);
  const { port = 0, host, path, tls, ...rest } = options;
  const secure = tls !== undefined;
  const sockets = new WebSocketServer(handler, rest);
  const receive = (socket: Socket): void => {
    sockets.receive(new NodeTransport(socket), { secure, remoteAddress: socket.remoteAddress });
  };
  const { server, drop } =
    tls === undefined
      ? { server: createTcpServer({ allowHalfOpen: true, noDelay: true }, receive) }
      : createSecureServer(tls, options, receive, (error) => sockets.failed({ error }, { secure: true }));
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    // Node prefers a port, even 0, to a path.
    server.listen(path === undefined ? { port, host } : { path }, () => {
      server.off("error", reject);
      resolve();
    });
  });
  // A connection that could not be accepted is nobody's yet; the server goes on.
  server.on("error", (error) => sockets.reportError(error));
  return listeningServer(sockets, {
    secure,
    address: addressOf(server),
    stop: () => new Promise<void>((resolve) => server.close(() => resolve())),
    ...(drop !== undefined && { drop }),
  });
}

function addressOf(server: NetServer): Listener["address"] {
  const address = server.address() as AddressInfo | string;
  return typeof address === "string" ? undefined : { host: address.address, port: address.port };
}

/** As `Deadlines` has it for "opening". */
const defaultOpening = 10_000;

/** The longest timer of Node's; a longer one fires at once. */
const longestTimer = 0x7fff_ffff;

/** A server for wss, and how to drop those whose TLS handshake is not over. */
function createSecureServer(
  { handshakeTimeout, ...tls }: TlsOptions,
  { deadlines = {}, clock = nodeClock }: ListenOptions,
  connection: (socket: Socket) => void,
  failed: (error: unknown) => void,
): { server: NetServer; drop: () => void } {
  const { opening = defaultOpening } = deadlines;
  const time = checkDuration("tls.handshakeTimeout", handshakeTimeout === undefined ? opening : handshakeTimeout);
  // For Node, 0 is two minutes.
  const firstTime = Math.min(Math.max(1, time), longestTimer);
  const accepted = new Set<Socket>();
  /** Whose first time is over. */
  const late = new Map<Socket, Timer>();
  let isDropping = false;
  const server = createTlsServer(
    // Not half open: RFC 5246 §7.2.1 has an endpoint answer a close_notify at once, and a client that hangs up in the
    // middle of the TLS handshake would otherwise stay until it is over.
    { ALPNProtocols: ["http/1.1"], ...tls, handshakeTimeout: firstTime, allowHalfOpen: false, noDelay: true },
    (socket) => {
      stopWaiting(socket);
      connection(socket);
    },
  );
  const stopWaiting = (socket: Socket): void => {
    late.get(socket)?.cancel();
    late.delete(socket);
  };
  const fail = (error: unknown, socket: Socket): void => {
    stopWaiting(socket);
    // Node leaves it open: half open, it would stay so until the client goes away.
    socket.destroy();
    if (!isDropping) failed(error);
  };
  // Of the TLS handshake only its end is told, and not which of these is meant.
  const forget = function (this: Socket): void {
    accepted.delete(this);
  };
  server.on("connection", (socket: Socket) => {
    accepted.add(socket);
    socket.once("close", forget);
  });
  server.on("tlsClientError", (error: NodeJS.ErrnoException, socket) => {
    if (error.code !== "ERR_TLS_HANDSHAKE_TIMEOUT") fail(error, socket);
    else {
      // Nothing of it is lost yet: it goes on, and may be over before the rest of the time is.
      late.set(
        socket,
        startTimer(clock, Math.max(0, time - firstTime), () => fail(error, socket)),
      );
      socket.once("close", () => stopWaiting(socket));
    }
  });
  return {
    server,
    drop() {
      isDropping = true;
      for (const socket of accepted) socket.destroy();
    },
  };
}
