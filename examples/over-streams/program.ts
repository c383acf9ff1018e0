/** The other end of `main.ts`: a server of one connection, over its standard input and output. */
import { Readable, Writable } from "node:stream";
import { fromStreams, WebSocketServer } from "@hybi/websocket";

const server = new WebSocketServer((opening) => {
  const socket = opening.accept();
  // Bytes are sent back unchanged.
  socket.onmessage = ({ data }) => socket.send(typeof data === "string" ? `${data} from process ${process.pid}` : data);
});

server.receive(
  fromStreams({
    readable: Readable.toWeb(process.stdin) as ReadableStream<Uint8Array>,
    writable: Writable.toWeb(process.stdout) as WritableStream<Uint8Array>,
  }),
);
