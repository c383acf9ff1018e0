/** A socket as a Duplex of node:stream, for code that pipes. */
import { Buffer } from "node:buffer";
import { Duplex } from "node:stream";
import { type WebSocket, whenOpen } from "@hybi/websocket";

/**
 * Returns a Duplex over `socket`, which is then the stream's alone. Each chunk read is one message: a string, or a Buffer. Each chunk
 * written becomes one: text if it is a string, otherwise binary. Both directions have backpressure.
 *
 * A clean close by the peer ends the stream. A connection that is lost destroys it with an error, whose `failure` says why. `end()`
 * closes without a code, and finishes when the peer has closed too; messages that arrive after it are dropped, as by `close()` of a
 * socket. `destroy()` before the end drops the connection.
 *
 * @example
 * const stream = toDuplex(await connect("wss://example.com/log"));
 * await pipeline(stream, createWriteStream("log.txt"));
 */
export function toDuplex(socket: WebSocket): Duplex {
  // A Blob is no chunk for streams of Node.
  socket.binaryType = "bytes";
  let isOpening = socket.readyState === socket.CONNECTING;
  const stream = new Duplex({
    // A WebSocket cannot be half-open: no message can follow a Close frame (RFC 6455 §5.5.1).
    allowHalfOpen: false,
    // As objects, messages keep their limits, and text stays apart from bytes. One that waits is enough to stop reading.
    readableObjectMode: true,
    readableHighWaterMark: 1,
    decodeStrings: false,
    construct(callback) {
      if (!isOpening) callback();
      else whenOpen(socket).then(() => callback(), callback);
    },
    read: () => socket.resume(),
    write(chunk: string | Uint8Array, encoding, callback) {
      const isText = typeof chunk === "string" && /^utf-?8$/i.test(encoding);
      const data = isText || typeof chunk !== "string" ? chunk : Buffer.from(chunk, encoding);
      socket.send(data as Uint8Array<ArrayBuffer>, (error) => callback(error as Error | undefined));
    },
    final(callback) {
      if (socket.readyState === socket.CLOSED) return callback();
      // Unless it is clean, its error destroys the stream.
      socket.addEventListener("close", ({ wasClean }) => wasClean && callback());
      socket.close();
    },
    destroy(error, callback) {
      socket.terminate();
      callback(error);
    },
  });
  socket.addEventListener("open", () => {
    isOpening = false;
  });
  socket.addEventListener("message", ({ data }) => {
    const bytes = data as Uint8Array<ArrayBuffer>;
    const chunk = typeof data === "string" ? data : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (!stream.push(chunk)) socket.pause();
  });
  socket.addEventListener("error", ({ failure, message }) => {
    if (!isOpening) stream.destroy(Object.assign(new Error(message), { failure }));
  });
  socket.addEventListener("close", ({ wasClean }) => {
    if (wasClean) stream.push(null);
    // The application has dropped the connection itself.
    else if (!isOpening) stream.destroy(new Error("The connection was given up."));
  });
  return stream;
}
