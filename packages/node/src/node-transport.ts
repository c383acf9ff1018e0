/** A socket of Node's as a transport: net.Socket, tls.TLSSocket, or any other duplex stream of bytes. */
import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Transport, TransportSink } from "./transport.ts";

/** A transport over `socket`, which should have been made with `allowHalfOpen` (RFC 6455 §7.1.1). */
export class NodeTransport implements Transport {
  readonly #socket: Duplex;

  constructor(socket: Duplex) {
    this.#socket = socket;
    // One write a turn already: to hold it back for more would only delay it.
    if (socket instanceof Socket) socket.setNoDelay(true);
  }

  start(sink: TransportSink): void {
    const socket = this.#socket;
    this.#written = (error) => {
      if (error === undefined || error === null) sink.drain();
    };
    socket.on("data", (chunk: Buffer) => sink.data(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length)));
    socket.on("end", () => sink.end());
    socket.on("error", (error) => sink.error(error));
    socket.on("close", () => sink.close());
  }

  write(chunks: readonly Uint8Array[]): void {
    const socket = this.#socket;
    // A socket that is lost says so with `close`; to write to it would be one error more.
    if (!socket.writable) return;
    const last = chunks.length - 1;
    if (last > 0) socket.cork();
    for (let at = 0; at < last; at++) socket.write(chunks[at]);
    socket.write(chunks[last], this.#written);
    if (last > 0) socket.uncork();
  }

  end(): void {
    // Nobody is there to read what a socket that is still connecting has to say.
    if (this.#socket instanceof Socket && this.#socket.connecting) this.#socket.destroy();
    else this.#socket.end();
  }

  abort(): void {
    this.#socket.destroy();
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  #written: (error?: Error | null) => void = () => {};
}
