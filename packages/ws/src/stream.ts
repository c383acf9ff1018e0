/** A socket as a Duplex of node:stream: each write is a message, and messages are read as they come. */
import type { Buffer } from "node:buffer";
import { Duplex, type DuplexOptions } from "node:stream";
import type { ReceivedMessage } from "./data.ts";
import type { WebSocket } from "./websocket.ts";

/**
 * Wraps `websocket`. Reading waits for the reader: the socket is paused while the stream is full.
 */
export function createWebSocketStream(websocket: WebSocket, options: DuplexOptions = {}): Duplex {
  let destroysSocket = true;
  const whenOpen = (task: () => void, failed: (error: Error) => void): void => {
    if (websocket.readyState !== websocket.CONNECTING) {
      task();
      return;
    }
    const settle = (run: () => void) => () => {
      websocket.removeListener("open", opened);
      websocket.removeListener("close", gone);
      run();
    };
    const opened = settle(task);
    const gone = settle(() => failed(new Error("The WebSocket was closed before it was open")));
    websocket.once("open", opened);
    websocket.once("close", gone);
  };

  const duplex = new Duplex({
    ...options,
    autoDestroy: false,
    emitClose: false,
    objectMode: false,
    writableObjectMode: false,
    read() {
      if (websocket.isPaused) websocket.resume();
    },
    write(chunk: Buffer, _encoding, callback) {
      whenOpen(() => websocket.send(chunk, callback as (error?: Error) => void), callback);
    },
    final(callback) {
      whenOpen(() => {
        if (websocket.readyState === websocket.CLOSED) callback();
        else {
          websocket.once("close", () => callback());
          websocket.close();
        }
      }, callback);
    },
    destroy(error, callback) {
      if (websocket.readyState === websocket.CLOSED) {
        callback(error);
        process.nextTick(() => duplex.emit("close"));
        return;
      }
      let hasFailed = false;
      websocket.once("error", (other: Error) => {
        hasFailed = true;
        callback(other);
      });
      websocket.once("close", () => {
        if (!hasFailed) callback(error);
        process.nextTick(() => duplex.emit("close"));
      });
      if (destroysSocket) websocket.terminate();
    },
  });

  websocket.on("message", (message: ReceivedMessage, isBinary: boolean) => {
    const data = !isBinary && duplex.readableObjectMode ? String(message) : message;
    if (!duplex.push(data)) websocket.pause();
  });
  websocket.once("error", (error: Error) => {
    if (duplex.destroyed) return;
    // The socket closes by itself after an error.
    destroysSocket = false;
    duplex.destroy(error);
  });
  websocket.once("close", () => {
    if (!duplex.destroyed) duplex.push(null);
  });
  const finish = (): void => {
    if (!duplex.destroyed && duplex.readableEnded && duplex.writableFinished) duplex.destroy();
  };
  duplex.on("end", finish);
  duplex.on("finish", finish);
  duplex.on("error", function onError(this: Duplex, error: Error) {
    duplex.removeListener("error", onError);
    duplex.destroy();
    // A listener of ours must not make an error count as handled.
    if (duplex.listenerCount("error") === 0) duplex.emit("error", error);
  });
  return duplex;
}
