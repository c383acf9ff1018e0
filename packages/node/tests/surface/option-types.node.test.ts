/** The types of the options: `transport` has this adapter's type wherever it is given. */
import type { IncomingMessage } from "node:http";
import type { ServerHttp2Stream } from "node:http2";
import type { Duplex } from "node:stream";
import {
  type ConnectOptions,
  connect,
  type MessageData,
  type TransportOptions,
  upgrade,
  upgradeStream,
  WebSocket,
  WebSocketStream,
} from "@hybi/node";
import type { OpeningHandler } from "@hybi/websocket";
import { expect, it } from "vitest";

/** Type-checked only, never called. */
export function typed(url: string, options: ConnectOptions, transport: TransportOptions): unknown[] {
  return [
    new WebSocket(url, { transportOptions: { path: "/tmp/socket" } }),
    new WebSocket(url, { transportOptions: transport }),
    new WebSocket(url, "chat"),
    new WebSocket(url, ["chat"]),
    new WebSocketStream(url, { transportOptions: { path: "/tmp/socket" } }),
    new WebSocketStream(url, { transportOptions: transport }),
    connect(url, { transportOptions: transport, signal: options.signal }),
    // @ts-expect-error: `path` must be a string.
    new WebSocket(url, { transportOptions: { path: 5 } }),
    // @ts-expect-error: the option is called `path`.
    new WebSocket(url, { transportOptions: { socketPath: "/tmp/socket" } }),
    // @ts-expect-error: `path` must be a string.
    new WebSocketStream(url, { transportOptions: { path: 5 } }),
    // @ts-expect-error: the option is called `path`.
    new WebSocketStream(url, { transportOptions: { socketPath: "/tmp/socket" } }),
    // @ts-expect-error: `path` must be a string.
    connect(url, { transportOptions: { path: 5 } }),
    // @ts-expect-error: only `connect` and streams take a signal.
    new WebSocket(url, { signal: options.signal }),
    // @ts-expect-error: the option is called `fields`.
    connect(url, { headers: {} }),
  ];
}

/** Type-checked only, never called. */
export function upgraded(request: IncomingMessage, socket: Duplex, stream: ServerHttp2Stream): void {
  const handler: OpeningHandler = (opening) => opening.accept();
  const head = new Uint8Array(0);
  upgrade(request, socket, head, handler, { origins: "any", limits: { message: 5 } });
  upgradeStream(stream, [], handler, { origins: ["https://a.example"], deadlines: { idle: 5 } });
  // @ts-expect-error: an option of a WebSocketServer.
  upgrade(request, socket, head, handler, { maxConnections: 5 });
  // @ts-expect-error: an option of a WebSocketServer.
  upgrade(request, socket, head, handler, { openingsPerAddress: 5 });
  // @ts-expect-error: an option of a WebSocketServer.
  upgradeStream(stream, [], handler, { maxConnections: 5 });
  // @ts-expect-error: an option of a WebSocketServer.
  upgradeStream(stream, [], handler, { openingsPerAddress: 5 });
}

/** Type-checked only, never called: functions of the platform take what a socket delivers. */
export async function delivered(socket: WebSocket, data: MessageData): Promise<void> {
  if (data instanceof Uint8Array) await crypto.subtle.digest("SHA-256", data);
  socket.onmessage = (event) => new Blob([event.data]);
  socket.addEventListener("pong", (event) => new Blob([event.payload]));
  socket.addEventListener("message", (event) => new Blob([event.data]));
  for await (const message of socket) new Blob([message]);
}

class Own extends WebSocket {}

it("the classes have the interface's constants, and can be extended [R25]", () => {
  expect([WebSocket.CONNECTING, WebSocket.OPEN, WebSocket.CLOSING, WebSocket.CLOSED]).toEqual([0, 1, 2, 3]);
  const socket: WebSocket = new Own("ws://127.0.0.1:9/");
  expect([socket instanceof Own, socket instanceof WebSocket]).toEqual([true, true]);
  socket.close();
});
