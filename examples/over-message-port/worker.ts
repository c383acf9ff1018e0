/** The other end of `main.ts`: a server of one connection, over the port that it was given. */
import { type MessagePort, workerData } from "node:worker_threads";
import { fromMessagePort, WebSocketServer } from "@hybi/websocket";

const server = new WebSocketServer((opening) => {
  const socket = opening.accept();
  socket.onmessage = ({ data }) => {
    // RFC 6455 §7.4.1: 1003 for a type of data that is not accepted.
    if (typeof data === "string") return socket.close(1003, "Only bytes are counted.");
    const bytes = new Uint8Array(data as ArrayBuffer);
    socket.send(`the worker has counted ${bytes.reduce((sum, byte) => sum + byte, 0)}`);
  };
});

server.receive(fromMessagePort(workerData as MessagePort));
