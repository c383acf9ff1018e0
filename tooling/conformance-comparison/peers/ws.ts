/** An echo server with `ws`, as in its documentation, with compression. */
import type { AddressInfo } from "node:net";
import { WebSocketServer } from "ws";

const server = new WebSocketServer({ host: "127.0.0.1", port: 0, perMessageDeflate: true });
server.on("connection", (socket) => {
  // ws ends the connection after an error.
  socket.on("error", () => {});
  socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
});
server.on("listening", () => console.log(`listening on ws://127.0.0.1:${(server.address() as AddressInfo).port}`));
