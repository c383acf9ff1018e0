/** A standalone server over TCP, TLS or a Unix socket, on which every connection must begin with an opening handshake. */
import { type OptionCheck, takes, UsageError } from "@hybi/core";
import {
  type ListenOptions as AnyListenOptions,
  checkListenOptions,
  createListeningServer,
  type Listener,
  type ListeningServer,
  type OpeningHandler,
  WebSocketServer,
} from "@hybi/websocket";
import { DenoTransport } from "./deno-transport.ts";
import { defaultMemoryBudget } from "./memory.ts";

/** Options of `listen()`. Without `host`, the server listens on all IPv4 addresses of the machine. */
export interface ListenOptions extends AnyListenOptions {
  /** Makes this a wss server: certificate and private key, both in PEM. */
  readonly tls?: { readonly cert: string; readonly key: string } | undefined;
}

/** A listening server. */
export type Server = ListeningServer;

const tlsChecks = takes.options({ cert: takes.text, key: takes.text });

const tlsCheck: OptionCheck = (value, path) => {
  tlsChecks(value, path);
  const { cert, key } = value as { cert?: string; key?: string };
  if (cert === undefined || key === undefined) throw new UsageError("option/type", `${path} takes a cert and its key.`);
};

/**
 * Starts a server and calls `handler` with each valid opening request, which it accepts or rejects. Resolves once the server is
 * listening.
 *
 * @example
 * const server = await listen((opening) => {
 *   const socket = opening.accept();
 *   socket.onmessage = ({ data }) => socket.send(data);
 * }, { port: 8080 });
 */
export async function listen(handler: OpeningHandler, options: ListenOptions = {}): Promise<Server> {
  checkListenOptions(options, tlsCheck);
  if (options.path !== undefined && options.tls !== undefined) {
    throw new UsageError("option/range", "path cannot be combined with tls: Deno has no TLS over Unix sockets.");
  }
  const { port: _port, host: _host, path: _path, tls, ...rest } = options;
  const secure = tls !== undefined;
  const { memoryBudget = defaultMemoryBudget() } = rest;
  const sockets = new WebSocketServer(handler, { ...rest, memoryBudget });
  const listener = openListener(options);
  void accept(listener, sockets, secure);
  return createListeningServer(sockets, {
    secure,
    address: addressOf(listener),
    stop: () => listener.close(),
  });
}

function addressOf({ addr }: Deno.Listener): Listener["address"] {
  return "hostname" in addr ? { host: addr.hostname, port: addr.port } : undefined;
}

function openListener({ port = 0, host: hostname = "0.0.0.0", path, tls }: ListenOptions): Deno.Listener {
  if (path !== undefined) return Deno.listen({ transport: "unix", path });
  if (tls === undefined) return Deno.listen({ port, hostname });
  return Deno.listenTls({ port, hostname, alpnProtocols: ["http/1.1"], cert: tls.cert, key: tls.key });
}

async function accept(listener: Deno.Listener, sockets: WebSocketServer, secure: boolean): Promise<void> {
  let isFailing = false;
  for (;;) {
    try {
      const conn = await listener.accept();
      isFailing = false;
      sockets.receive(new DenoTransport(conn), { secure, remoteAddress: remoteAddress(conn) });
    } catch (error) {
      if (error instanceof Deno.errors.BadResource) return;
      // A client that left before it was accepted must not delay the next ones.
      if (hasLeft(error)) continue;
      // Out of file descriptors for now: the server keeps listening, and reports the error once rather than at each retry.
      if (!isFailing) sockets.reportError(error);
      isFailing = true;
      await new Promise((resolve) => setTimeout(resolve, acceptPause));
    }
  }
}

/**
 * Whether accepting failed because the client had left: Deno looks up the peer's address of an accepted socket, and a socket
 * that was reset has none.
 */
function hasLeft(error: unknown): boolean {
  const { ConnectionAborted, ConnectionReset, NotConnected } = Deno.errors;
  return [ConnectionAborted, ConnectionReset, NotConnected].some((kind) => error instanceof kind);
}

/** Milliseconds to wait after a connection could not be accepted, because the cause may persist. */
const acceptPause = 10;

function remoteAddress({ remoteAddr }: Deno.Conn): string | undefined {
  return "hostname" in remoteAddr ? remoteAddr.hostname : undefined;
}
