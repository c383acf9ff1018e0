/**
 * A stream of HTTP/2 as a transport: all that hybi needs of HTTP/2 after both heads (RFC 8441 §5). `Http2Transport` of
 * @hybi/node does the same; this is for other HTTP/2 implementations, or other kinds of streams.
 */
import { constants, type Http2Stream } from "node:http2";
import type { Transport, TransportSink } from "@hybi/websocket";

export class StreamTransport implements Transport {
  readonly #stream: Http2Stream;
  #sink: TransportSink | undefined;

  constructor(stream: Http2Stream) {
    this.#stream = stream;
  }

  start(sink: TransportSink): void {
    const stream = this.#stream;
    this.#sink = sink;
    // Ownership is passed on, and the chunk is unmasked in place: Node does not reuse its memory.
    stream.on("data", ({ buffer, byteOffset, length }: Buffer) =>
      sink.data(new Uint8Array(buffer, byteOffset, length)),
    );
    // RFC 8441 §5: an orderly TCP-level close is an END_STREAM flag,
    stream.on("end", () => sink.end());
    // and a RST exception is RST_STREAM.
    stream.on("error", (error) => sink.error(error));
    stream.on("close", () => sink.close());
  }

  write(chunks: readonly Uint8Array[]): void {
    const stream = this.#stream;
    // `close` reports what has happened to it.
    if (!stream.writable) return;
    const last = chunks.length - 1;
    stream.cork();
    for (const chunk of chunks.slice(0, last)) stream.write(chunk);
    // Called once flow control of HTTP/2 has accepted it: the peer's window is our backpressure.
    stream.write(chunks[last], (error) => {
      if (error === undefined || error === null) this.#sink?.drain();
    });
    stream.uncork();
  }

  end(): void {
    if (this.#stream.writable) this.#stream.end();
  }

  abort(): void {
    this.#stream.close(constants.NGHTTP2_CANCEL);
    // A stream is not closed before everything received was read.
    this.#stream.resume();
  }

  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#stream.resume();
  }
}
