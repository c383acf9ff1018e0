/** A program whose server sends one message and closes, and which listens only for the end. */

import { createWebSocketClass } from "../../src/client/create-websocket-class.ts";
import { WebSocketServer } from "../../src/server/server.ts";
import { createTransportPair } from "../../src/transport/pair.ts";

const server = new WebSocketServer((opening) => {
  const socket = opening.accept();
  socket.send("hello");
  socket.close(1000);
});
const WebSocket = createWebSocketClass(() => {
  const [near, far] = createTransportPair();
  server.receive(far);
  return near;
});
new WebSocket("ws://example.com/").onclose = ({ code }) => console.log(`close ${code}`);
