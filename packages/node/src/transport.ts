/** A transport over a Node stream: net.Socket, tls.TLSSocket, or any other duplex byte stream. */
import { constants } from "node:http2";
import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { TLSSocket } from "node:tls";
import type { Transport, TransportSink } from "@hybi/websocket";

/**
 * Writes of at least this many bytes are confirmed by their callback, in a later turn, so that one large message does not delay
 * other connections.
 */
const shortWrite = 65_536;

const noBytes = new Uint8Array(0);

/** Property of a stream that holds its transport, for the listeners that all streams share. */
const transport = Symbol("transport");

type TransportStream = Duplex & {
  [transport]?: NodeTransport | undefined;
  /** The error code of a closed HTTP/2 stream. */
  readonly rstCode?: number | undefined;
};

/**
 * A transport over `stream`, which should have been created with `allowHalfOpen` (RFC 6455 §7.1.1).
 *
 * @example
 * new Pump({ endpoint: Endpoint.server(), transport: new NodeTransport(socket), listener }).start();
 */
export class NodeTransport implements Transport {
  // All streams share these listeners; four closures per idle connection would cost memory.
  static readonly #onError = function (this: TransportStream, error: unknown): void {
    const own = this[transport];
    if (own !== undefined) own.#sink.error(error);
  };
  static readonly #onData = function (this: TransportStream, chunk: Buffer): void {
    const own = this[transport]!;
    // What was buffered while reading was paused arrives in several chunks within one turn.
    const isLast = own.#readsInTurns && this.readableLength === 0;
    // Sockets read into a buffer of their own. The streams of an HTTP/2 session share one, as short Buffers of any stream may.
    const bytes = own.#isSocket ? new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length) : new Uint8Array(chunk);
    own.#sink.data(bytes, isLast);
  };
  static readonly #onEnd = function (this: TransportStream): void {
    this[transport]!.#sink.end();
  };
  static readonly #onClose = function (this: TransportStream): void {
    const own = this[transport];
    // Applications may keep the request, and with it the socket. That must not keep the closed connection in memory.
    this[transport] = undefined;
    if (own === undefined) return;
    // Both halves of the HTTP/2 stream have ended, but its session is still writing the last data. Report the close when that
    // write's callback says whether it succeeded.
    if (own.#pending > 0 && this.rstCode === constants.NGHTTP2_NO_ERROR) own.#isClosed = true;
    else own.#sink.close();
  };

  readonly #stream: TransportStream;
  readonly #isSocket: boolean;
  /** Whether each read comes in a turn of its own. With TLS or HTTP/2, one turn may deliver several records or frames. */
  readonly #readsInTurns: boolean;
  #sink!: TransportSink;
  /** The number of writes whose callback has not run yet. */
  #pending = 0;
  #isAwaited = false;
  /** Whether the stream has closed while a write was pending; the sink learns of it after the last write's callback. */
  #isClosed = false;
  /** Created by the first write that has a callback: an idle connection needs none. */
  #onWritten: ((error?: Error | null) => void) | undefined;

  constructor(stream: Duplex) {
    this.#stream = stream;
    this.#isSocket = stream instanceof Socket;
    this.#readsInTurns = this.#isSocket && !(stream instanceof TLSSocket);
    // The pump already makes one write per turn; Nagle's algorithm would only delay it.
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
    // The stream emitted `end` before this transport was attached.
    if (stream.readableEnded) queueMicrotask(() => sink.end());
    stream.on("data", NodeTransport.#onData);
    stream.on("end", NodeTransport.#onEnd);
    stream.on("close", NodeTransport.#onClose);
    // The previous owner may have paused the stream so that no data was lost during the handover.
    stream.resume();
  }

  write(chunks: readonly Uint8Array[]): void {
    const stream = this.#stream;
    // A lost stream emits `close`. Writing to it would only raise one more error.
    if (!stream.writable) return;
    let length = 0;
    for (let at = 0; at < chunks.length; at++) length += chunks[at]!.length;
    this.#isAwaited = true;
    if (!this.#readsInTurns || (stream as Socket).connecting || length >= shortWrite) {
      writeAll(stream, chunks, this.#callback());
      // The kernel has taken everything, so do not wait some ticks for the callback. Sockets only: other streams may still
      // buffer the bytes.
      if (this.#isSocket && length < shortWrite && this.#isWritten()) this.#drained();
      return;
    }
    // Mostly the kernel takes a short write at once. Only if not, an empty write behind it asks when it has: a write with a
    // callback costs a tick, which Node leaves out for one without, from Node 22 on.
    writeAll(stream, chunks, undefined);
    if (this.#isWritten()) this.#drained();
    else if (!this.#hasFailed()) stream.write(noBytes, this.#callback());
  }

  /** Whether the kernel has taken all that was written. A write that failed leaves nothing either, but an error. */
  #isWritten(): boolean {
    return this.#stream.writableLength === 0 && !this.#hasFailed();
  }

  #hasFailed(): boolean {
    // Not every implementation of Duplex has the property.
    return this.#stream.errored !== null && this.#stream.errored !== undefined;
  }

  end(): void {
    const stream = this.#stream;
    // A socket that is still connecting has no reader at the other end: drop it at once.
    if (stream instanceof Socket && stream.connecting) stream.destroy();
    else if (stream.writable) stream.end();
  }

  abort(): void {
    // A transport may be aborted before `start`; its errors no longer matter then.
    this.#stream.on("error", ignore);
    this.#stream.destroy();
  }

  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#stream.resume();
  }

  get remoteAddress(): string | undefined {
    return (this.#stream as Partial<Pick<Socket, "remoteAddress">>).remoteAddress;
  }

  ref(): void {
    (this.#stream as Partial<Pick<Socket, "ref">>).ref?.();
  }

  unref(): void {
    (this.#stream as Partial<Pick<Socket, "unref">>).unref?.();
  }

  /** Returns the callback of one more write. */
  #callback(): (error?: Error | null) => void {
    this.#pending++;
    this.#onWritten ??= (error) => {
      const isLast = --this.#pending === 0;
      // A socket that is destroyed calls back without an error, although nothing more of its write leaves.
      const isLost = this.#isSocket && this.#stream.destroyed;
      if (isLast && this.#isAwaited && !isLost && (error === undefined || error === null)) this.#drained();
      if (isLast && this.#isClosed) this.#sink.close();
    };
    return this.#onWritten;
  }

  #drained(): void {
    this.#isAwaited = false;
    this.#sink.drain();
  }
}

/** Writes `chunks` at once. `written` is called when the last one has been written. */
function writeAll(
  stream: Duplex,
  chunks: readonly Uint8Array[],
  written: ((error?: Error | null) => void) | undefined,
): void {
  const last = chunks.length - 1;
  if (last > 0) stream.cork();
  for (let at = 0; at < last; at++) stream.write(chunks[at]);
  stream.write(chunks[last], written);
  if (last > 0) stream.uncork();
}

function ignore(): void {}
