/** An echo server in Node, of the kind named by its options. Prints its port. */
import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import {
  type BinaryType,
  listen,
  NodeTransport,
  nodeClock,
  nodeFunctions,
  permessageDeflate,
  upgrade,
  WebSocketServer,
} from "@hybi/node";
import { selfSigned } from "@hybi/testing/adapter-contract";
import * as hybiWs from "@hybi/ws";
import { type EchoOptions, echo } from "../../examples/echo/echo.ts";
import { holdBallast } from "../ballast.ts";
import type { BareBinaryType } from "../bare/connection.ts";
import { BareServer } from "../bare/server.ts";
import { ladderServer } from "../ladder/server.ts";
import { echoing } from "./echoing.ts";
import { report, type Started } from "./reporter.ts";
import { address, serverOfKind, serverOptions } from "./server-options.ts";
import { type Implementation, startWs } from "./ws-servers.ts";

const options = serverOptions();
if (options.ballast) holdBallast();
const tls = options.tls ? await selfSigned() : undefined;
const extensions = options.deflate ? [permessageDeflate()] : [];

const starts: Readonly<Record<string, () => Promise<Started>>> = {
  ws: () => startWs(options, false, tls),
  "hybi-ws": () => startWs(options, false, tls, hybiWs as unknown as Implementation),
  "ws-string": () => startWs(options, true, tls),
  listen: () => startListen("bytes"),
  "listen-buffer": () => startListen("arraybuffer"),
  upgrade: () => {
    const sockets = new WebSocketServer(echoing("bytes"));
    const server = createHttpServer();
    server.on("upgrade", (request, socket, head) => upgrade(request, socket, head, sockets));
    return started(server);
  },
  pump: () => {
    const echoOptions: EchoOptions = { port: 0, tls: undefined, maxMessage: 67_108_864, extensions };
    const runtime = { native: nodeFunctions, clock: nodeClock };
    return serve((socket) => echo(new NodeTransport(socket), echoOptions, runtime));
  },
  bare: () => startBare("bytes"),
  "bare-buffer": () => startBare("arraybuffer"),
  raw: () =>
    serve((socket) => {
      socket.on("data", (chunk) => socket.write(chunk));
      socket.on("end", () => socket.end());
      socket.on("error", () => {});
    }),
  canned: () =>
    serve((socket) => {
      socket.on("data", () => socket.write(cannedResponse));
      socket.on("end", () => socket.end());
      socket.on("error", () => {});
    }),
};

const cannedResponse =
  "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
  "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

async function startListen(binaryType: BinaryType): Promise<Started> {
  const deadlines = options.ping > 0 ? { ping: options.ping } : {};
  const server = await listen(echoing(binaryType), { host: address, extensions, deadlines, tls });
  return { port: server.port, broadcast: (data) => void server.broadcast(data) };
}

async function startBare(binaryType: BareBinaryType): Promise<Started> {
  const server = new BareServer({ binaryType, ping: options.ping }, (connection) => {
    connection.onmessage = ({ data }) => connection.send(data);
  });
  const { port } = await serve((socket) => server.accept(socket));
  return { port, broadcast: (data) => server.broadcast(data) };
}

/** Listens over TCP or TLS. */
function serve(connection: (socket: Socket) => void): Promise<Started> {
  const common = { allowHalfOpen: true, noDelay: true };
  return started(
    tls === undefined ? createServer(common, connection) : createTlsServer({ ...common, ...tls }, connection),
  );
}

async function started(server: Server): Promise<Started> {
  server.listen({ host: address, port: 0, backlog: 4096 });
  await once(server, "listening");
  return { port: (server.address() as AddressInfo).port };
}

const start = options.kind.startsWith("ladder-")
  ? () => serve(ladderServer(options.kind, options.ping))
  : serverOfKind(starts, options.kind);
report(await start(), () => globalThis.gc?.());
