/**
 * Prices that overtake a download on the same connection: `npx pnpm example price-feed/main.ts`.
 *
 * The download is cut into messages. RFC 6455 §5.4 allows only control frames between the fragments of one message, so the
 * length of a message is the longest wait of an urgent one. All messages are sent at once and wait in the connection; those
 * sent later with a greater `priority` leave before those that wait.
 */
import { connect, listen } from "@hybi/node";

/** Messages of the download wait for all others. */
const background = -1;
const pieceLength = 65_536;
const download = new Uint8Array(32 * 1_048_576);
const pieces = download.length / pieceLength;

const server = await listen(
  (opening) => {
    const socket = opening.accept();
    let price = 100;
    socket.onmessage = ({ data }) => {
      if (data === "download") {
        for (let at = 0; at < download.length; at += pieceLength) {
          // By reference: the 32 MiB that wait are not copied. Data that is not in memory is read while `bufferedAmount` is small.
          socket.send(download.subarray(at, at + pieceLength), { owned: true, priority: background });
        }
      } else if (data === "trade") {
        price++;
        socket.send(JSON.stringify({ price }));
      } else socket.close(1003, "Only these two messages are supported.");
    };
  },
  { host: "127.0.0.1" },
);

const client = await connect(server.url, { binaryType: "arraybuffer" });
let received = 0;
client.send("download");
for await (const message of client) {
  if (typeof message === "string") {
    // Bytes that have already left the server's connection are in the kernel's buffers and cannot be overtaken.
    const done = received === pieces ? "after the download" : "during the download";
    console.log(`${JSON.parse(message).price}, ${done}`);
    if (received === pieces) break;
  } else {
    received++;
    // Triggers a price, as a trade elsewhere would: at the beginning, occasionally, and after the download.
    if (received === 1 || received === pieces / 4 || received === pieces / 2) client.send("trade");
    if (received === pieces) client.send("trade");
  }
}
client.close(1000);
await server.close();
