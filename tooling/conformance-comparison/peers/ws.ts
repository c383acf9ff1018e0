/** An echo server with `ws`, as its documentation has it, with compression. */
import type { AddressInfo } from "node:net";
import { WebSocketServer } from "ws";

const server = new WebSocketServer({ host: "127.0.0.1", port: 0, perMessageDeflate: true });
server.on("connection", (socket) => {
  // An error is followed by the end of the connection, which ws sees to.
  socket.on("error", () => {});
  socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
});
server.on("listening", () => console.log(`listening on ws://127.0.0.1:${(server.address() as AddressInfo).port}`));
