/** What the weighed connections run on: a transport in memory, and a clock whose turns are taken by hand. */
import { Endpoint, ServerConfig } from "@hybi/core";
import { nodeFunctions } from "@hybi/node";
import {
  type BinaryType,
  type Clock,
  Pump,
  type PumpListener,
  silentListener,
  type Transport,
  type TransportSink,
  type WebSocket,
  WebSocketServer,
} from "@hybi/websocket";

const tasks: (() => void)[] = [];

const clock: Clock = {
  now: () => 1,
  setTimeout: () => undefined,
  clearTimeout: () => {},
  defer: (task) => void tasks.push(task),
  nextTurn: (task) => void tasks.push(task),
  reportError: (error) => {
    throw error;
  },
};

/** Runs what has been deferred to the end of the turn. */
export function endTurn(): void {
  for (let index = 0; index < tasks.length; index++) tasks[index]?.();
  tasks.length = 0;
}

/** Counts what is written, and takes it at once unless it is stuck. */
export class CountingTransport implements Transport {
  sink!: TransportSink;
  writes = 0;
  bytes = 0;
  isStuck = false;

  start(sink: TransportSink): void {
    this.sink = sink;
  }
  write(chunks: readonly Uint8Array[]): void {
    this.writes++;
    for (const chunk of chunks) this.bytes += chunk.length;
    if (!this.isStuck) this.sink.drain();
  }
  end(): void {}
  abort(): void {}
  pause(): void {}
  resume(): void {}

  /** Delivers a chunk, which is the last of its turn. */
  deliver(chunk: Uint8Array): void {
    this.sink.data(chunk, true);
    endTurn();
  }
}

/** What the application does with a message. */
export type Use = "received" | "echoed";

const request = new TextEncoder().encode(
  [
    "GET /room/1234?token=abcdef HTTP/1.1",
    "Host: server.example.com",
    "Connection: Upgrade",
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
    "Upgrade: websocket",
    "Origin: https://server.example.com",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "",
    "",
  ].join("\r\n"),
);

const config = ServerConfig.of({ native: nodeFunctions });

/** Opens an endpoint alone. */
export function openEndpoint(): Endpoint {
  const endpoint = Endpoint.server(config);
  endpoint.receive(request.slice());
  endpoint.accept();
  endpoint.releaseOutput(endpoint.takeOutput());
  return endpoint;
}

/** Opens an endpoint that has sent a message, and a Ping because the peer was silent. */
export function openUsedEndpoint(): Endpoint {
  const endpoint = openEndpoint();
  endpoint.sendText("x");
  endpoint.releaseOutput(endpoint.takeOutput());
  endpoint.expire("ping");
  endpoint.releaseOutput(endpoint.takeOutput());
  return endpoint;
}

/** Opens a pump. */
export function openPump(use: Use = "received"): CountingTransport {
  const transport = new CountingTransport();
  const endpoint = Endpoint.server(config);
  const pump: Pump = new Pump({ endpoint, transport, clock, listener: listenerOf(use, endpoint, () => pump.accept()) });
  pump.start();
  transport.deliver(request.slice());
  return transport;
}

function listenerOf(use: Use, endpoint: Endpoint, request: () => void): PumpListener {
  if (use === "received") return { ...silentListener, request };
  return {
    ...silentListener,
    request,
    text: (data) => endpoint.sendText(data),
    binary: (bytes, start, end) => endpoint.sendBinary(bytes.subarray(start, end)),
  };
}

let opened: WebSocket | undefined;

const servers: Readonly<Record<Use, WebSocketServer>> = {
  received: serverOf((socket) => {
    socket.onmessage = () => {};
  }),
  echoed: serverOf((socket) => {
    socket.onmessage = ({ data }) => socket.send(data);
  }),
};

function serverOf(use: (socket: WebSocket) => void): WebSocketServer {
  return new WebSocketServer(
    (opening) => {
      const socket = opening.accept();
      use(socket);
      opened = socket;
    },
    { runtime: { native: nodeFunctions, clock } },
  );
}

export interface OpenSocket {
  readonly transport: CountingTransport;
  readonly socket: WebSocket;
}

/** Opens the WebSocket of a server. */
export function openSocket(use: Use = "received", binaryType: BinaryType = "bytes"): OpenSocket {
  const transport = new CountingTransport();
  servers[use].receive(transport);
  transport.deliver(request.slice());
  const socket = opened;
  if (socket === undefined) throw new Error("bug: the handler was not called");
  opened = undefined;
  socket.binaryType = binaryType;
  return { transport, socket };
}

/** Returns the number of sockets that a broadcast reaches. */
export function broadcastReceivers(): number {
  return servers.received.sockets.size;
}

/** Sends a text to all sockets of the server whose sockets only receive. */
export function broadcast(text: string): void {
  servers.received.broadcast(text);
  endTurn();
}
