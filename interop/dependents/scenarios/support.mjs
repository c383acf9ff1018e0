/** What the scenarios share: servers on loopback, and an independent client. */
import { once } from "node:events";
import { createServer } from "node:http";
import { connect } from "node:net";
// Real ws in both columns, under a name that the override does not replace.
import { WebSocket } from "control";

/** Options of every test: a scenario that hangs ends, and counts as failed. */
export const limit = { timeout: 30_000 };

/** Listens on a free port of loopback, and returns the port. The server is closed after the test. */
export async function listen(t, server = createServer()) {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections?.();
    server.close();
  });
  return server.address().port;
}

/** An independent client, whose messages are taken one by one: text as a string, binary as a Buffer. */
export class Peer {
  #messages = [];
  #waiting = [];

  constructor(t, url, protocols, options) {
    this.socket = new WebSocket(url, protocols, options);
    this.opened = once(this.socket, "open");
    this.opened.catch(() => {});
    this.upgraded = new Promise((resolve) => this.socket.once("upgrade", resolve));
    /** Code and reason. */
    this.closed = new Promise((resolve) =>
      this.socket.once("close", (code, reason) => resolve({ code, reason: String(reason) })),
    );
    this.socket.on("error", (error) => {
      this.error = error;
    });
    this.socket.on("message", (data, isBinary) => {
      const message = isBinary ? data : String(data);
      const taker = this.#waiting.shift();
      if (taker === undefined) this.#messages.push(message);
      else taker(message);
    });
    t.after(() => this.socket.terminate());
  }

  /** The next message. */
  next() {
    if (this.#messages.length > 0) return Promise.resolve(this.#messages.shift());
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  send(data) {
    this.socket.send(data);
  }
}

/** Resolves when `condition` holds, which is looked at whenever the event loop has turned. */
export async function eventually(condition) {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Sends an upgrade request as plain bytes, and returns the head of the response. */
export async function rawUpgrade(port, path, fields = {}) {
  const socket = connect(port, "127.0.0.1");
  const lines = Object.entries({
    Host: `127.0.0.1:${port}`,
    Connection: "Upgrade",
    Upgrade: "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    ...fields,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`GET ${path} HTTP/1.1\r\n${lines.join("")}\r\n`);
  let received = "";
  try {
    for await (const chunk of socket) {
      received += chunk.toString("latin1");
      if (received.includes("\r\n\r\n")) break;
    }
  } catch {
    // A server that refuses may reset the connection. What it sent counts.
  }
  socket.destroy();
  return received.split("\r\n\r\n")[0];
}
