/** A stream of Node's as a transport: net.Socket, tls.TLSSocket, or any other duplex stream of bytes. */
import { constants } from "node:http2";
import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { TLSSocket } from "node:tls";
import type { Transport, TransportSink } from "@hybi/websocket";

/** Above so many bytes a write is answered in a turn of its own, so that a large message does not keep others waiting. */
const shortWrite = 65_536;

/** Where a stream keeps its transport, for the listeners that all streams share. */
const transport = Symbol("transport");

type TransportStream = Duplex & {
  [transport]?: NodeTransport | undefined;
  /** Of a stream of HTTP/2 that is closed. */
  readonly rstCode?: number | undefined;
};

/**
 * A transport over `stream`, which should have been made with `allowHalfOpen` (RFC 6455 §7.1.1).
 *
 * @example
 * new Pump({ endpoint: Endpoint.server(), transport: new NodeTransport(socket), listener }).start();
 */
export class NodeTransport implements Transport {
  // The same functions for all streams: an idle connection would hold on to four of its own.
  static readonly #onError = function (this: TransportStream, error: unknown): void {
    const own = this[transport];
    if (own !== undefined) own.#sink.error(error);
  };
  static readonly #onData = function (this: TransportStream, chunk: Buffer): void {
    const own = this[transport]!;
    // What was kept while reading was paused is told in one turn.
    const isLast = own.#readsInTurns && this.readableLength === 0;
    own.#sink.data(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length), isLast);
  };
  static readonly #onEnd = function (this: TransportStream): void {
    this[transport]!.#sink.end();
  };
  static readonly #onClose = function (this: TransportStream): void {
    const own = this[transport];
    // Applications keep requests, and with them the socket: not the connection that was over it.
    this[transport] = undefined;
    if (own === undefined) return;
    // Both halves of a stream of HTTP/2 have ended, and what is being written is in the hands of its session, which has not
    // said yet that it has left, and will say so, or that it could not.
    if (own.#written < own.#begun && this.rstCode === constants.NGHTTP2_NO_ERROR) own.#isClosed = true;
    else own.#sink.close();
  };

  readonly #stream: TransportStream;
  readonly #isSocket: boolean;
  /** Whether each read has a turn of its own. A record of TLS, or a frame of HTTP/2, may come in one turn with others. */
  readonly #readsInTurns: boolean;
  #sink!: TransportSink;
  /** Writes that were begun, and those of them whose callback has come. */
  #begun = 0;
  #written = 0;
  #isAwaited = false;
  /** Whether the stream is closed, which the sink is told when the last write has ended. */
  #isClosed = false;

  constructor(stream: Duplex) {
    this.#stream = stream;
    this.#isSocket = stream instanceof Socket;
    this.#readsInTurns = this.#isSocket && !(stream instanceof TLSSocket);
    // One write a turn already: to hold it back for more would only delay it.
    if (stream instanceof Socket) stream.setNoDelay(true);
  }

  start(sink: TransportSink): void {
    const stream = this.#stream;
    this.#sink = sink;
    stream[transport] = this;
    stream.on("error", NodeTransport.#onError);
    if (stream.closed) {
      queueMicrotask(() => sink.close());
      return;
    }
    // It has told its end already, to whoever had it before.
    if (stream.readableEnded) queueMicrotask(() => sink.end());
    stream.on("data", NodeTransport.#onData);
    stream.on("end", NodeTransport.#onEnd);
    stream.on("close", NodeTransport.#onClose);
    // Whoever had it before may have paused it, so that nothing is lost on the way here.
    stream.resume();
  }

  write(chunks: readonly Uint8Array[]): void {
    const stream = this.#stream;
    // A stream that is lost says so with `close`; to write to it would be one error more.
    if (!stream.writable) return;
    const last = chunks.length - 1;
    let length = 0;
    this.#begun++;
    this.#isAwaited = true;
    if (last > 0) stream.cork();
    for (let at = 0; at < last; at++) {
      length += chunks[at]!.length;
      stream.write(chunks[at]);
    }
    length += chunks[last]!.length;
    stream.write(chunks[last], this.#onWritten);
    if (last > 0) stream.uncork();
    // The kernel has it all: its callback would say so some ticks later. True of sockets; other streams may keep the bytes.
    if (this.#isSocket && length < shortWrite && stream.writableLength === 0) this.#drained();
  }

  end(): void {
    const stream = this.#stream;
    // Nobody is there to read what a socket that is still connecting has to say.
    if (stream instanceof Socket && stream.connecting) stream.destroy();
    else if (stream.writable) stream.end();
  }

  abort(): void {
    // A transport may be dropped before it was started, and what it says then is of no interest.
    this.#stream.on("error", ignore);
    this.#stream.destroy();
  }

  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#stream.resume();
  }

  readonly #onWritten = (error?: Error | null): void => {
    this.#written++;
    const isLast = this.#written === this.#begun;
    if (isLast && this.#isAwaited && (error === undefined || error === null)) this.#drained();
    if (isLast && this.#isClosed) this.#sink.close();
  };

  #drained(): void {
    this.#isAwaited = false;
    this.#sink.drain();
  }
}

function ignore(): void {}
