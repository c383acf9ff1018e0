/** Typical uses. `ws.ts` is the same file with the other package: both compile, so that a program of `ws` compiles with either. */
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import WebSocket, { createWebSocketStream, type RawData, WebSocketServer } from "@hybi/ws";

class Mine extends WebSocket {
  isAlive = true;
}

export function client(address: string | URL): WebSocket {
  const options: WebSocket.ClientOptions = {
    followRedirects: true,
    handshakeTimeout: 1000,
    headers: { Cookie: "a=b" },
    maxPayload: 10,
    origin: "http://a",
    perMessageDeflate: { threshold: 10, zlibDeflateOptions: { level: 3 } },
    rejectUnauthorized: false,
  };
  const socket = new WebSocket(address, ["chat"], options);
  socket.on("open", () => socket.send("text", (error?: Error) => error?.message));
  socket.on("message", (data: RawData, isBinary) => [data.toString(), isBinary satisfies boolean]);
  socket.on("close", function (code, reason) {
    this.terminate();
    return [code.toFixed(), reason.toString("utf8")];
  });
  socket.once("unexpected-response", (request, response) => [request.path, response.statusCode]);
  socket.on("upgrade", ({ headers }) => headers["set-cookie"]);
  socket.onmessage = ({ data, target }) => [data, target.url];
  socket.onclose = (event: WebSocket.CloseEvent) => [event.code, event.reason, event.wasClean];
  socket.onerror = (event: WebSocket.ErrorEvent) => [event.error, event.message];
  socket.addEventListener("message", (event: WebSocket.MessageEvent) => event.data, { once: true });
  socket.ping("a", true, () => {});
  socket.binaryType = "arraybuffer";
  const state: 0 | 1 | 2 | 3 = socket.readyState;
  if (state === WebSocket.OPEN) socket.send(new Uint8Array(1), { binary: true, compress: false, fin: true }, () => {});
  const duplex: Duplex = createWebSocketStream(socket, { encoding: "utf8" });
  duplex.end();
  return socket;
}

export function server(options: WebSocket.ServerOptions): WebSocketServer {
  const verifyClient: WebSocket.VerifyClientCallbackAsync = (info, callback) => {
    callback(info.secure, 401, info.origin, { "X-Why": info.req.url });
  };
  const wss = new WebSocketServer({
    ...options,
    verifyClient,
    handleProtocols: (protocols) => protocols.has("a") && "a",
  });
  wss.on("connection", (socket, request: IncomingMessage) => {
    socket.send(request.url ?? "");
    for (const other of wss.clients) if (other !== socket && other.readyState === WebSocket.OPEN) other.send([1, 2]);
  });
  wss.on("headers", (headers, request) => headers.push(`X-Url: ${request.url}`));
  wss.on("wsClientError", (error, socket, request) => [error.message, socket.destroyed, request.url]);
  wss.handleUpgrade({} as IncomingMessage, {} as Duplex, Buffer.alloc(0), (socket, request) => {
    wss.emit("connection", socket, request);
  });
  const own = new WebSocketServer({ noServer: true, WebSocket: Mine });
  own.on("connection", (socket) => socket.isAlive satisfies boolean);
  const address = wss.address();
  if (address !== null && typeof address !== "string") address.port.toFixed();
  wss.close((error) => error?.message);
  return wss;
}
