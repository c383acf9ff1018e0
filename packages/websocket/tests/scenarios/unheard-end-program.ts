/** A program whose server sends one message and closes, and which listens only for the end. */
import { createWebSocketClass } from "../../src/create-websocket-class.ts";
import { pair } from "../../src/pair.ts";
import { WebSocketServer } from "../../src/server.ts";

const server = new WebSocketServer((opening) => {
  const socket = opening.accept();
  socket.send("hello");
  socket.close(1000);
});
const WebSocket = createWebSocketClass(() => {
  const [near, far] = pair();
  server.receive(far);
  return near;
});
new WebSocket("ws://example.com/").onclose = ({ code }) => console.log(`close ${code}`);
