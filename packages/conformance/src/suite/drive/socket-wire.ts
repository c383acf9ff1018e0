/** A socket to the endpoint under test: TCP, TLS, or a stream of HTTP/2. */
import type { Duplex } from "node:stream";
import type { Wire, WireListener } from "./wire.ts";

/** Works with any Node duplex stream. */
export class SocketWire implements Wire {
  readonly isImmediate = false;
  readonly #socket: Duplex;
  /** Data that arrived before there was a listener. */
  readonly #early: Uint8Array[] = [];
  #ended: "end" | "lost" | undefined;
  #listener: WireListener | undefined;

  constructor(socket: Duplex) {
    this.#socket = socket;
    socket.on("data", (buffer: Uint8Array) => {
      // Not a Buffer, because `slice` of a Buffer does not copy.
      const bytes = new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
      if (this.#listener === undefined) this.#early.push(bytes);
      else this.#listener.data(bytes);
    });
    socket.on("end", () => this.#finish("end"));
    socket.on("close", () => this.#finish("lost"));
    // The "close" handler reports a lost connection.
    socket.on("error", () => {});
  }

  start(listener: WireListener): void {
    this.#listener = listener;
    for (const bytes of this.#early.splice(0)) listener.data(bytes);
    if (this.#ended !== undefined) listener.end(this.#ended);
  }

  write(bytes: Uint8Array): Promise<void> {
    const socket = this.#socket;
    if (!socket.writable || socket.write(bytes)) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        socket.off("drain", done);
        socket.off("close", done);
        resolve();
      };
      socket.on("drain", done);
      socket.on("close", done);
    });
  }

  end(): void {
    if (this.#socket.writable) this.#socket.end();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #finish(how: "end" | "lost"): void {
    if (this.#ended !== undefined) return;
    this.#ended = how;
    this.#listener?.end(how);
  }
}
