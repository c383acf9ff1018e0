/** The other end of `main.ts`: a server of one connection, which is the port that it was given. */
import { type MessagePort, workerData } from "node:worker_threads";
import { fromMessagePort, WebSocketServer } from "@hybi/websocket";

const server = new WebSocketServer((opening) => {
  const socket = opening.accept();
  socket.binaryType = "arraybuffer";
  socket.onmessage = ({ data }) => {
    const bytes = new Uint8Array(data as ArrayBuffer);
    socket.send(`the worker has counted ${bytes.reduce((sum, byte) => sum + byte, 0)}`);
  };
});

server.receive(fromMessagePort(workerData as MessagePort));
