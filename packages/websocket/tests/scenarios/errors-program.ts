/** A program whose client has a handler that fails in the way given by the first argument. */

import { createWebSocketClass } from "../../src/client/create-websocket-class.ts";
import { WebSocketServer } from "../../src/server/server.ts";
import { createTransportPair } from "../../src/transport/pair.ts";

const [way, onError] = process.argv.slice(2);
process.on("uncaughtException", (error, origin) => console.log(`${origin}: ${error.message}`));

const server = new WebSocketServer((opening) => {
  const socket = opening.accept();
  socket.onmessage = ({ data }) => socket.send(data);
  socket.send("1");
});
const WebSocket = createWebSocketClass(() => {
  const [near, far] = createTransportPair();
  server.receive(far);
  return near;
});
const socket = new WebSocket(
  "ws://example.com/",
  onError === undefined ? {} : { onError: (error) => console.log(`onError: ${(error as Error).message}`) },
);
const fail = (): never => {
  throw new Error("mine");
};
if (way === "handler") socket.onmessage = fail;
if (way === "async-handler") socket.onmessage = async () => fail();
if (way === "listener") socket.addEventListener("message", fail);
if (way === "async-listener") socket.addEventListener("message", async () => fail());
socket.addEventListener("message", () => console.log("the next listener"));
