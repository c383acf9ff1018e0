/** The other end of `main.ts`: a server of one connection, which is its standard input and output. */
import { Readable, Writable } from "node:stream";
import { fromStreams, WebSocketServer } from "@hybi/websocket";

const server = new WebSocketServer((opening) => {
  const socket = opening.accept();
  socket.onmessage = ({ data }) => socket.send(`${String(data)} from process ${process.pid}`);
});

server.receive(
  fromStreams({
    readable: Readable.toWeb(process.stdin) as ReadableStream<Uint8Array>,
    writable: Writable.toWeb(process.stdout) as WritableStream<Uint8Array>,
  }),
);
