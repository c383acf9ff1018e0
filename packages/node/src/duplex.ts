/** A socket as a Duplex of node:stream, for code that pipes. */
import { Buffer } from "node:buffer";
import { errorMonitor } from "node:events";
import { Duplex } from "node:stream";
import { defaultDeadlines } from "@hybi/core";
import { type MessageData, type Sendable, type WebSocket, whenOpen } from "@hybi/websocket";

/**
 * Returns a Duplex over `socket`, which is then the stream's alone. Each chunk read is one message: a string, or a Buffer. Each chunk
 * written becomes one: text if it is a string, otherwise binary. Both directions have backpressure.
 *
 * A clean close by the peer ends the stream without an error. What is written when the peer has closed is dropped, such as late
 * answers; a pipe or a pipeline that goes on writing for the deadline of closing, 10 seconds, is broken off by `close`, once what was
 * received has been read. A connection that is lost destroys the stream with an error, whose `failure` says why. Both hold for
 * a socket that has ended already. A write is done when it is queued, while less than `writableHighWaterMark` bytes wait to be sent, and
 * otherwise when its message has left.
 *
 * `end()` closes without a code, and finishes when the peer has closed too; messages that arrive after it are dropped, as by `close()` of
 * a socket. `destroy()` before the end drops the connection.
 *
 * @example
 * const stream = toDuplex(await connect("wss://example.com/log"));
 * await pipeline(stream, createWriteStream("log.txt"));
 */
export function toDuplex(socket: WebSocket): Duplex {
  // A Blob is no chunk for streams of Node.
  socket.binaryType = "bytes";
  const { CONNECTING, CLOSING, CLOSED } = socket;
  let isOpening = socket.readyState === CONNECTING;
  /** The callback of a write that came too late: how the connection ends says how it ends. */
  let late: ((error?: Error) => void) | undefined;
  const stream: Duplex = new Duplex({
    // As objects, messages keep their limits, and text stays apart from bytes. One that waits is enough to stop reading.
    readableObjectMode: true,
    readableHighWaterMark: 1,
    decodeStrings: false,
    // A loop over a stream that Node destroys would break off what a pipeline still writes to it. See `endWriting`.
    autoDestroy: false,
    construct(callback) {
      if (!isOpening) callback();
      else
        whenOpen(socket).then(
          () => callback(),
          (error) => {
            stream.destroy(error);
            callback();
          },
        );
    },
    read: () => socket.resume(),
    write(chunk: string | Uint8Array, encoding, callback) {
      if (socket.readyState === CLOSED) {
        limitWriting();
        // Not at once: what writes for ever would keep the timer from firing.
        setImmediate(callback);
        return;
      }
      if (socket.readyState === CLOSING) {
        late = callback;
        return;
      }
      const isText = typeof chunk === "string" && /^utf-?8$/i.test(encoding);
      const data = (isText || typeof chunk !== "string" ? chunk : Buffer.from(chunk, encoding)) as Sendable;
      // Without waiting, so that all answers to messages in front of a Close frame are sent before that is read.
      if (socket.bufferedAmount < stream.writableHighWaterMark) {
        socket.send(data);
        callback();
      } else {
        socket.send(data, (error) => {
          if (error === undefined) callback();
          else late = callback;
        });
      }
    },
    final(callback) {
      if (socket.readyState === CLOSED) return callback();
      // Unless it is clean, its error destroys the stream.
      socket.addEventListener("close", ({ wasClean }) => wasClean && callback());
      socket.close();
    },
    destroy(error, callback) {
      socket.terminate();
      callback(error);
    },
  });
  let timer: NodeJS.Timeout | undefined;
  /** What goes on writing when the peer has closed has to stop, but not before what was received has been read. */
  const limitWriting = (): void => {
    timer ??= setTimeout(() => {
      timer = undefined;
      if (stream.readableLength > 0) limitWriting();
      else stream.destroy();
    }, defaultDeadlines.closing).unref();
  };
  stream.once("close", () => clearTimeout(timer));
  stream.once("end", () => endWriting(stream, limitWriting));
  stream.once("finish", () => stream.readableEnded && stream.destroy());
  stream.once(errorMonitor, (error) => stream.destroy(error));
  if (socket.readyState === CLOSED) {
    // There are no more events. A loop tells how it ended.
    void pushRest(stream, socket);
    return stream;
  }
  socket.addEventListener("open", () => {
    isOpening = false;
  });
  socket.addEventListener("message", ({ data }) => {
    if (!stream.push(chunkOf(data))) socket.pause();
  });
  socket.addEventListener("error", ({ failure, message }) => {
    if (!isOpening) stream.destroy(Object.assign(new Error(message), { failure }));
  });
  socket.addEventListener("close", ({ wasClean }) => {
    if (wasClean) stream.push(null);
    // The application has dropped the connection itself.
    else if (!isOpening) stream.destroy(new Error("The connection was given up."));
    late?.(stream.errored ?? undefined);
  });
  return stream;
}

/**
 * Ends the writable side behind the readable one: a WebSocket cannot be half-open, because no message can follow a Close frame (RFC 6455
 * §5.5.1). A pipe or a pipeline that writes ends it itself, once it has written its last answer. To end it before would be an error of
 * that write, or a pipeline that never settles.
 */
function endWriting(stream: Duplex, limitWriting: () => void): void {
  if (stream.writableFinished) {
    stream.destroy();
    return;
  }
  // `pipe` listens to the one, and a pipeline from an iterable to the other.
  const isFed = stream.listenerCount("unpipe") > 0 || stream.listenerCount("drain") > 0;
  if (isFed) limitWriting();
  else stream.end();
}

/** Ends the stream of a socket that is closed already, behind the messages that nothing has taken. */
async function pushRest(stream: Duplex, socket: WebSocket): Promise<void> {
  try {
    for await (const data of socket.messages()) stream.push(chunkOf(data));
    stream.push(null);
  } catch (error) {
    stream.destroy(error as Error);
  }
}

function chunkOf(data: MessageData): string | Buffer {
  if (typeof data === "string") return data;
  const bytes = data as Uint8Array<ArrayBuffer>;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
