/** A process with a server that sends prepared frames: for each frame it gets, as many as the URL says. */
import { createHash } from "node:crypto";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { MessageCounter } from "../end-to-end/message-counter.ts";
import { encodeMessage } from "../wire.ts";
import { workloadOf } from "./message.ts";

const server = createServer({ noDelay: true }, (socket) => {
  socket.on("error", () => {});
  socket.once("data", (request) => accept(socket, request.toString("latin1")));
});

/** Frames that are written at once. */
const batchLength = 65_536;

function accept(socket: Socket, request: string): void {
  const [, kind, length, replies] = /^GET \/(text|binary)\/(\d+)\/(\d+) /.exec(request) ?? [];
  const key = /sec-websocket-key: *(\S+)/i.exec(request)?.[1];
  if (kind === undefined || key === undefined) throw new Error(`Not an opening request: ${request}`);
  const value = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${value}\r\n\r\n`,
  );
  const frame = encodeMessage(workloadOf(kind as "text", Number(length)), false, 0);
  const perBatch = Math.min(Number(replies), Math.max(1, Math.floor(batchLength / frame.length)));
  const batch = Buffer.concat(Array(perBatch).fill(frame));
  const counter = new MessageCounter();
  let wanted = 0;
  const send = (): void => {
    while (wanted > 0 && !socket.writableNeedDrain) {
      const count = Math.min(wanted, perBatch);
      wanted -= count;
      socket.write(batch.subarray(0, count * frame.length));
    }
  };
  socket.on("drain", send);
  socket.on("data", (bytes) => {
    wanted += counter.count(bytes, bytes.length) * Number(replies);
    send();
  });
}

server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
process.on("disconnect", () => process.exit(0));
