/** An echo server in Node, of the kind named by the first argument. Prints its port. */
import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer, type Server } from "node:net";
import {
  listen,
  NodeTransport,
  nodeClock,
  nodeFunctions,
  type OpeningHandler,
  permessageDeflate,
  upgrade,
  WebSocketServer,
} from "@hybi/node";
import * as ws from "ws";
import { type EchoOptions, echo } from "../../examples/echo/echo.ts";
import { report } from "./reporter.ts";

const address = "127.0.0.1";

const starts: Readonly<Record<string, () => Promise<number>>> = {
  ws: () => startWs(false),
  "ws-native": () => startWs(false),
  "ws-deflate": () => startWs(true),
  class: async () => (await listen(echoing, { host: address })).port,
  "class-bytes": async () => (await listen(echoing, { host: address, binaryType: "bytes" })).port,
  "class-deflate": async () => {
    const extensions = [permessageDeflate()];
    return (await listen(echoing, { host: address, extensions })).port;
  },
  upgrade: () => {
    const sockets = new WebSocketServer(echoing);
    const server = createHttpServer();
    server.on("upgrade", (request, socket, head) => upgrade(request, socket, head, sockets));
    return portOf(server);
  },
  pump: () => {
    const options: EchoOptions = { port: 0, tls: undefined, maxMessage: 67_108_864, extensions: [] };
    const runtime = { native: nodeFunctions, clock: nodeClock };
    return portOf(
      createServer({ allowHalfOpen: true, noDelay: true }, (socket) =>
        echo(new NodeTransport(socket), options, runtime),
      ),
    );
  },
  raw: () =>
    portOf(
      createServer({ noDelay: true }, (socket) => {
        socket.on("data", (chunk) => socket.write(chunk));
        socket.on("error", () => {});
      }),
    ),
  canned: () =>
    portOf(
      createServer({ noDelay: true }, (socket) => {
        socket.on("data", () => socket.write(cannedResponse));
        socket.on("error", () => {});
      }),
    ),
};

const cannedResponse =
  "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
  "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

const echoing: OpeningHandler = (opening) => {
  const socket = opening.accept();
  socket.onmessage = ({ data }) => socket.send(data);
};

async function startWs(perMessageDeflate: boolean): Promise<number> {
  const server = new ws.WebSocketServer({ host: address, port: 0, perMessageDeflate });
  server.on("connection", (socket) => {
    socket.on("message", (data, binary) => socket.send(data, { binary }));
    socket.on("error", () => {});
  });
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

async function portOf(server: Server): Promise<number> {
  server.listen({ host: address, port: 0, backlog: 4096 });
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

const start = starts[process.argv[2] as string];
if (start === undefined) throw new Error(`There is no server "${process.argv[2]}".`);
report(await start(), () => globalThis.gc?.());
