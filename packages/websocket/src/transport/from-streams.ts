/** Adapts a pair of Web Streams to a transport: a WebTransport stream, a TCP socket of a Worker, a serial port, a process. */

import { UsageError } from "@hybi/core";
import { hasMethods } from "../platform/option-checks.ts";
import { queueMicrotask } from "../platform/runtime.ts";
import { checkForeignChunk } from "./checks.ts";
import type { Transport, TransportSink } from "./transport.ts";

/** A byte stream in each direction. */
export interface ByteStreams {
  /**
   * The transport takes ownership of the chunks: a source that reuses its buffers must pass copies. A chunk that is only a part of
   * its buffer is copied, because the rest may belong to others.
   */
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
}

/** Longest write, in bytes, whose chunks are joined: a stream costs more per chunk than a copy does. */
const joinLimit = 65_536;

/**
 * Returns a transport over two streams, and locks them.
 *
 * @throws UsageError `option/type`
 * @example
 * const { readable, writable } = await transport.createBidirectionalStream();
 * const socket = fromStreams({ readable, writable });
 */
export function fromStreams(streams: ByteStreams): Transport {
  const { readable, writable } = Object(streams) as Partial<ByteStreams>;
  if (!hasMethods(readable, "getReader") || !hasMethods(writable, "getWriter")) {
    throw new UsageError("option/type", "fromStreams takes { readable, writable }, two streams of bytes.");
  }
  return new StreamTransport(streams);
}

class StreamTransport implements Transport {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  #sink!: TransportSink;
  #paused = false;
  #reading = false;
  #readEnded = false;
  #writeEnded = false;
  #closed = false;

  constructor({ readable, writable }: ByteStreams) {
    this.#reader = readable.getReader();
    this.#writer = writable.getWriter();
  }

  start(sink: TransportSink): void {
    this.#sink = sink;
    // Settles when the other end has closed or broken the stream, even if nothing is written.
    this.#writer.closed.then(
      () => this.#endWriting(),
      (error: unknown) => this.#lose(error),
    );
    void this.#read();
  }

  write(chunks: readonly Uint8Array[]): void {
    const writer = this.#writer;
    const written = Promise.all(joined(chunks).map((chunk) => writer.write(chunk)));
    // A write counts as written when the underlying sink has accepted its last chunk.
    written.then(
      () => this.#sink.drain(),
      (error: unknown) => this.#lose(error),
    );
  }

  end(): void {
    this.#writer.close().catch((error: unknown) => this.#lose(error));
  }

  abort(): void {
    this.#close();
    const reason = new Error("The transport was dropped.");
    this.#writer.abort(reason).catch(ignore);
    this.#reader.cancel(reason).catch(ignore);
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    void this.#read();
  }

  /** Runs the read loop, at most one at a time. The loop stops while the transport is paused. */
  async #read(): Promise<void> {
    if (this.#reading || this.#readEnded) return;
    this.#reading = true;
    try {
      while (!this.#paused && !this.#closed) {
        const { done, value } = await this.#reader.read();
        if (this.#closed) break;
        if (done) {
          this.#readEnded = true;
          this.#sink.end();
          if (this.#writeEnded) this.#close();
          break;
        }
        if (!(value instanceof Uint8Array)) checkForeignChunk(value);
        if (value.length > 0) this.#sink.data(withOwnBuffer(value));
      }
    } catch (error) {
      this.#lose(error);
    }
    this.#reading = false;
  }

  #endWriting(): void {
    this.#writeEnded = true;
    if (this.#readEnded) this.#close();
  }

  #lose(error: unknown): void {
    if (this.#closed) return;
    this.#sink.error(error);
    this.#close();
    this.#writer.abort(error).catch(ignore);
    this.#reader.cancel(error).catch(ignore);
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    // Defer: `close` must not be called from inside the call that dropped the transport.
    queueMicrotask(() => this.#sink.close());
  }
}

/** Ignores the error of a stream that has already been dropped. */
function ignore(): void {}

/** Returns `chunk`, or a copy if the buffer under it contains more than the chunk. */
function withOwnBuffer(chunk: Uint8Array): Uint8Array {
  return chunk.length === chunk.buffer.byteLength ? chunk : new Uint8Array(chunk);
}

/** Joins short chunks into one. Always copies: a byte stream may transfer a buffer, and these buffers are not its own. */
function joined(chunks: readonly Uint8Array[]): Uint8Array[] {
  const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  if (length > joinLimit) return chunks.map((chunk) => chunk.slice());
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return [whole];
}
