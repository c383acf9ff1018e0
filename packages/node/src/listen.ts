/** A server of its own: TCP or TLS, where every connection is an opening handshake. */
import * as net from "node:net";
import * as tls from "node:tls";
import { statusCodes } from "@hybi/core";
import { NodeTransport } from "./node-transport.ts";
import { OpeningError } from "./opening-error.ts";
import type { Peer } from "./peer.ts";
import { type PeerHandler, type ServeOptions, serve } from "./serve.ts";

/** Where to listen, and how to treat who comes. */
export interface ListenOptions extends ServeOptions {
  /** 0, the default, takes a free one: see `Server.port`. */
  readonly port?: number | undefined;
  /** The address to listen on; all of them when left out. */
  readonly host?: string | undefined;
  /** A Unix socket or named pipe, in place of a port. */
  readonly path?: string | undefined;
  /** Makes it a server for wss: certificate, key and the like. */
  readonly tls?: tls.TlsOptions | undefined;
  /** Connections at one time, those that are still opening included; more are dropped. No limit by default. */
  readonly maxConnections?: number | undefined;
}

/** A server that listens. */
export interface Server {
  readonly port: number;
  /** For a client on this machine: `ws://127.0.0.1:8080/`, or wss. */
  readonly url: string;
  /** Everybody who is connected, or about to be. */
  readonly peers: ReadonlySet<Peer>;
  /** Stops listening, closes every connection, with 1001 unless told otherwise, and resolves when all have ended. */
  close(statusCode?: number, reason?: string): Promise<void>;
}

/** As `Deadlines` has it for "opening". */
const defaultOpening = 10_000;

/**
 * Listens, and calls `handler` with each peer whose connection is open. Resolves when it listens.
 *
 * @example
 * const server = await listen({ port: 8080 }, async (peer) => {
 *   for await (const event of peer) {
 *     if (event.type === "text") peer.sendText(event.data);
 *     await peer.drained();
 *   }
 * });
 */
export async function listen(options: ListenOptions, handler: PeerHandler): Promise<Server> {
  const peers = new Set<Peer>();
  const server = createServer(options, (socket) => {
    const peer = serve(new NodeTransport(socket), options, handler);
    peers.add(peer);
    socket.once("close", () => peers.delete(peer));
    peer.pump.start();
  });
  if (options.maxConnections !== undefined) server.maxConnections = options.maxConnections;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port: options.port ?? 0, host: options.host, path: options.path }, () => {
      server.off("error", reject);
      resolve();
    });
  });
  // A connection that could not be accepted is nobody's yet; the server goes on.
  server.on("error", (error) => options.onError?.(error));

  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    port,
    url: `${options.tls === undefined ? "ws" : "wss"}://${urlHost(address)}:${port}/`,
    peers,
    close(statusCode = statusCodes.goingAway, reason = "") {
      return new Promise((resolve) => {
        server.close(() => resolve());
        for (const peer of peers) {
          if (peer.isOpen) void peer.sendClose(statusCode, reason);
          else if (!peer.hasOpened) peer.abort();
        }
      });
    },
  };
}

function createServer(options: ListenOptions, connection: (socket: net.Socket) => void): net.Server {
  if (options.tls === undefined) return net.createServer({ allowHalfOpen: true, noDelay: true }, connection);
  const opening = Math.min(options.deadlines?.opening ?? defaultOpening, 0x7fff_ffff);
  const server = tls.createServer(
    // Not half open: RFC 5246 §7.2.1 has an endpoint answer a close_notify at once, and a client that hangs up in the
    // middle of the TLS handshake would otherwise stay until it is over.
    { ALPNProtocols: ["http/1.1"], handshakeTimeout: opening, ...options.tls, allowHalfOpen: false, noDelay: true },
    connection,
  );
  server.on("tlsClientError", (cause, socket) => {
    // Node leaves it open: half open, it would stay so until the client goes away.
    socket.destroy();
    options.onFailure?.(new OpeningError({ cause }));
  });
  return server;
}

function urlHost(address: net.AddressInfo | string | null): string {
  if (address === null || typeof address === "string") return "localhost";
  if (address.address === "::" || address.address === "0.0.0.0") return "127.0.0.1";
  return address.family === "IPv6" ? `[${address.address}]` : address.address;
}
