/**
 * A server's opening handshake. Ours runs from the bytes of a browser's request to the bytes of the response. That of
 * `ws` starts from a head that Node has already parsed, so its time excludes parsing.
 */
import { EventEmitter } from "node:events";
import * as ws from "ws";
import { nodeFunctions, ServerHandshake } from "./subject.ts";
import { cpuTime, nextTurn, type PreparedTask, type Task } from "./task.ts";

const fields: readonly (readonly [string, string])[] = [
  ["Host", "chat.example.com"],
  ["Connection", "Upgrade"],
  ["Pragma", "no-cache"],
  ["Cache-Control", "no-cache"],
  [
    "User-Agent",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36",
  ],
  ["Upgrade", "websocket"],
  ["Origin", "https://chat.example.com"],
  ["Sec-WebSocket-Version", "13"],
  ["Accept-Encoding", "gzip, deflate, br, zstd"],
  ["Accept-Language", "en-GB,en;q=0.9,ko;q=0.8"],
  ["Cookie", "session=0123456789abcdef0123456789abcdef; theme=dark"],
  ["Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="],
];
const request = `GET /room/1234?token=abcdef HTTP/1.1\r\n${fields.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`;
const bytes = Uint8Array.from(Buffer.from(request));
const handshakes = 20_000;

export function prepareHandshake(_task: Task, implementation: string): PreparedTask {
  const open = implementation.startsWith("ws") ? wsHandshake() : hybiHandshake(implementation);
  return {
    messages: handshakes,
    verify: () => /sec-websocket-accept: *(\S+)/i.exec(open())?.[1] ?? "none",
    time: async () => {
      const start = cpuTime();
      for (let index = 0; index < handshakes; index++) open();
      await nextTurn();
      return cpuTime() - start;
    },
  };
}

/** Performs one handshake and returns the head of the response. */
type OpenHandshake = () => string;

function hybiHandshake(implementation: string): OpenHandshake {
  const native = implementation.includes("native") ? nodeFunctions : undefined;
  const sink = Buffer.alloc(4096);
  return () => {
    const handshake = new ServerHandshake({ native });
    const [event] = handshake.receive(bytes);
    if (event?.type !== "request") throw new Error(`Unexpected: ${JSON.stringify(event)}`);
    handshake.accept();
    let at = 0;
    for (const chunk of handshake.takeOutput()) {
      sink.set(chunk, at);
      at += chunk.length;
    }
    return sink.toString("latin1", 0, at);
  };
}

function wsHandshake(): OpenHandshake {
  const server = new ws.WebSocketServer({ noServer: true });
  const headers = Object.fromEntries(fields.map(([name, value]) => [name.toLowerCase(), value]));
  let response = "";
  class Socket extends EventEmitter {
    readable = true;
    writable = true;
    write(text: string): boolean {
      response = text;
      return true;
    }
    setTimeout(): void {}
    setNoDelay(): void {}
    destroy(): void {}
  }
  return () => {
    const request = { method: "GET", url: "/room/1234?token=abcdef", headers };
    server.handleUpgrade(request as never, new Socket() as never, Buffer.alloc(0), () => {});
    return response;
  };
}
