/**
 * A web site with WebSocket, on Node and our own server, in the three ways in which a browser can connect: over HTTP, over
 * TLS, and in a stream of the HTTP/2 session over which the page itself was loaded (RFC 8441).
 */
import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import { createSecureServer, type Http2ServerRequest } from "node:http2";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Server, Socket } from "node:net";
import { type OpeningHandler, type ServerOptions, upgrade, upgradeStream, WebSocketServer } from "@hybi/node";
import { selfSigned } from "@hybi/testing/adapter-contract";

export const ways = ["ws", "wss", "wss over HTTP/2"] as const;
export type Way = (typeof ways)[number];

const html = '<!doctype html><meta charset="utf-8"><title>hybi</title><script src="/page.js"></script>';

export class Site {
  readonly #servers = new Map<Way, Server>();
  readonly #open = new Map<Socket, Way>();
  readonly #script: string;
  #sockets = new WebSocketServer(() => {});
  readonly #held: ServerResponse[] = [];
  #wake: (() => void) | undefined;

  private constructor(script: string) {
    this.#script = script;
  }

  /** Opens a site whose page runs `script`. */
  static async open(script: string): Promise<Site> {
    const site = new Site(script);
    await site.#listen();
    return site;
  }

  /** Returns the origin of the page for this way. */
  origin(way: Way): string {
    const address = this.#servers.get(way)?.address() as AddressInfo | undefined;
    return `${way === "ws" ? "http" : "https"}://127.0.0.1:${address?.port}`;
  }

  /** Returns the URL for its sockets. */
  url(way: Way): string {
    return `${this.origin(way).replace("http", "ws")}/`;
  }

  /** Returns the number of open TCP connections. */
  connections(way: Way): number {
    return [...this.#open.values()].filter((of) => of === way).length;
  }

  /** Handles all sockets opened from now on. */
  serve(handler: OpeningHandler, options: ServerOptions = {}): WebSocketServer {
    this.#sockets = new WebSocketServer(handler, options);
    return this.#sockets;
  }

  /** Resolves once a request for `/hold` is waiting for its response. */
  async held(): Promise<void> {
    while (this.#held.length === 0) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Responds to those requests. */
  release(): void {
    for (const response of this.#held.splice(0)) response.end("go on");
  }

  async close(): Promise<void> {
    for (const socket of this.#open.keys()) socket.destroy();
    await Promise.all(
      [...this.#servers.values()].map((server) => {
        const closed = once(server, "close");
        server.close();
        return closed;
      }),
    );
  }

  async #listen(): Promise<void> {
    const credentials = await selfSigned();
    const answer: RequestListener = (request, response) => this.#answer(request, response);
    const settings = { enableConnectProtocol: true };
    const http2 = createSecureServer({ ...credentials, settings, allowHTTP1: true }, answer as never);
    http2.on("connect", ({ stream, rawHeaders }: Http2ServerRequest) =>
      upgradeStream(stream, rawHeaders, this.#sockets),
    );
    this.#servers.set("ws", createServer(answer));
    this.#servers.set("wss", createTlsServer(credentials, answer));
    this.#servers.set("wss over HTTP/2", http2);
    for (const [way, server] of this.#servers) {
      server.on("upgrade", (request, socket, head) => upgrade(request, socket, head, this.#sockets));
      server.on("connection", (socket) => {
        this.#open.set(socket, way);
        socket.on("close", () => this.#open.delete(socket));
      });
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
    }
  }

  #answer({ url }: IncomingMessage, response: ServerResponse): void {
    if (url === "/hold") {
      this.#held.push(response);
      this.#wake?.();
      return;
    }
    // These give the page SharedArrayBuffer.
    response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
    response.setHeader("Cross-Origin-Embedder-Policy", "require-corp");
    const isScript = url === "/page.js";
    response.setHeader("Content-Type", isScript ? "text/javascript" : "text/html");
    response.end(isScript ? this.#script : html);
  }
}
