/** A client and a server in memory: WebSockets over a pair of transports, with a simulated clock. */

import { createWebSocketClass, createWebSocketStreamClass } from "../../src/client/create-websocket-class.ts";
import type { ClientSocketOptions } from "../../src/client/socket-options.ts";
import type { WebSocket } from "../../src/client/websocket.ts";
import type { WebSocketStream } from "../../src/client/websocket-stream.ts";
import type { IncomingOpening } from "../../src/server/incoming-opening.ts";
import { type ServerOptions, WebSocketServer } from "../../src/server/server.ts";
import { createTransportPair, type PairedTransport, type PairOptions } from "../../src/transport/pair.ts";
import { TestClock, until } from "./clock.ts";

export interface WorldOptions {
  readonly server?: ServerOptions;
  readonly client?: ClientSocketOptions;
  readonly pair?: PairOptions;
  /** The handler of openings; accepts them by default. */
  readonly handler?: (opening: IncomingOpening) => unknown;
}

/** One server, and clients that reach it under any URL. */
export class World {
  readonly clock = new TestClock();
  readonly server: WebSocketServer;
  readonly accepted: WebSocket[] = [];
  /** The transports of the clients, and those of the server, in order of connection. */
  readonly near: PairedTransport[] = [];
  readonly far: PairedTransport[] = [];
  readonly WebSocket: typeof WebSocket;
  readonly WebSocketStream: typeof WebSocketStream;

  constructor(options: WorldOptions = {}) {
    const { handler = (opening) => this.accepted.push(opening.accept()) } = options;
    this.server = new WebSocketServer(handler, { runtime: { clock: this.clock }, ...options.server });
    const connect = () => {
      const [near, far] = createTransportPair(options.pair);
      this.near.push(near);
      this.far.push(far);
      this.server.receive(far);
      return near;
    };
    const defaults: ClientSocketOptions = { runtime: { clock: this.clock }, ...options.client };
    this.WebSocket = createWebSocketClass(connect, defaults);
    this.WebSocketStream = createWebSocketStreamClass(connect, defaults);
  }

  /** Returns an open client and the socket that was accepted for it. */
  async connected(options: ClientSocketOptions = {}): Promise<{ client: WebSocket; server: WebSocket }> {
    const count = this.accepted.length;
    const client = new this.WebSocket("ws://example.com/", options);
    await until(() => client.readyState === 1 && this.accepted.length > count);
    return { client, server: this.accepted.at(-1) as WebSocket };
  }
}

/** Records the events of `socket` from now on, one line each. */
export function story(socket: WebSocket): string[] {
  const lines: string[] = [];
  socket.addEventListener("open", () => lines.push("open"));
  socket.addEventListener("message", ({ data }) => {
    lines.push(
      `message ${typeof data === "string" ? data : data instanceof Blob ? "blob" : `${data.byteLength} bytes`}`,
    );
  });
  socket.addEventListener("error", ({ message }) => lines.push(`error ${socket.readyState} ${message}`));
  socket.addEventListener("close", ({ code, reason, wasClean }) => {
    lines.push(`close ${socket.readyState} ${code} ${reason} ${wasClean ? "clean" : "unclean"}`.replace("  ", " "));
  });
  return lines;
}

/** Returns the error that `action` throws. */
export function thrown(action: () => unknown): { name: string; code?: unknown; message: string } {
  try {
    action();
  } catch (error) {
    return error as Error;
  }
  throw new Error("nothing was thrown");
}
