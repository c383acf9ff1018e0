/** A server of the bare program: openings, broadcasts, and Pings at fixed intervals that nobody checks for a Pong. */
import { hash } from "node:crypto";
import type { Socket } from "node:net";
import { type BareBinaryType, BareConnection, textFrame } from "./connection.ts";

const suffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const response =
  "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ";
const ping = Buffer.of(0x89, 0);

export interface BareServerOptions {
  readonly binaryType: BareBinaryType;
  /** Milliseconds between the Pings of a connection, or 0 for none. */
  readonly ping: number;
}

export class BareServer {
  readonly #options: BareServerOptions;
  readonly #opened: (connection: BareConnection) => void;
  readonly #connections = new Map<Socket, BareConnection>();
  readonly #onClose: (this: Socket) => void;

  constructor(options: BareServerOptions, opened: (connection: BareConnection) => void) {
    this.#options = options;
    this.#opened = opened;
    const connections = this.#connections;
    this.#onClose = function (this: Socket): void {
      connections.delete(this);
    };
  }

  /** Serves `socket`, whose request must come in one chunk. Nothing is looked at but its key (RFC 6455 §4.2.2). */
  accept(socket: Socket): void {
    socket.on("error", ignore);
    socket.on("end", end);
    socket.on("close", this.#onClose);
    socket.once("data", (request: Buffer) => {
      const connection = new BareConnection(socket, false, this.#options.binaryType);
      respond(socket, request);
      this.#connections.set(socket, connection);
      if (this.#options.ping > 0) keepAlive(connection, this.#options.ping);
      this.#opened(connection);
    });
  }

  /** Sends `text` to all connections, encoded once. */
  broadcast(text: string): void {
    const frame = textFrame(text);
    for (const connection of this.#connections.values()) connection.sendFrame(frame);
  }
}

/** Answers an opening request. */
export function respond(socket: Socket, request: Buffer): void {
  const key = /sec-websocket-key: *(\S+)/i.exec(request.toString("latin1"))?.[1];
  socket.write(`${response}${hash("sha1", `${key}${suffix}`, "base64")}\r\n\r\n`, "latin1");
}

/** Each connection has a timer of its own, so that the Pings are as far apart as the openings were. */
function keepAlive(connection: BareConnection, period: number): void {
  const timer = setInterval(() => connection.sendFrame(ping), period);
  connection.socket.on("close", () => clearInterval(timer));
}

function end(this: Socket): void {
  this.end();
}

function ignore(): void {}
