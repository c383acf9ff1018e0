/** A stream of HTTP/2 as a transport (RFC 8441 §5): END_STREAM closes a half, RST_STREAM with CANCEL drops both. */
import { constants, type Http2Stream, type ServerHttp2Stream } from "node:http2";
import type { Transport, TransportSink } from "@hybi/websocket";
import { NodeTransport } from "./node-transport.ts";

/** A transport over `stream`, whose heads have passed both ways. */
export class Http2Transport implements Transport {
  readonly #stream: Http2Stream;
  readonly #bytes: NodeTransport;

  constructor(stream: Http2Stream) {
    this.#stream = stream;
    this.#bytes = new NodeTransport(stream);
  }

  start(sink: TransportSink): void {
    this.#bytes.start(sink);
  }

  write(chunks: readonly Uint8Array[]): void {
    this.#bytes.write(chunks);
  }

  end(): void {
    if (isServerStream(this.#stream)) endResponse(this.#stream);
    else this.#bytes.end();
  }

  abort(): void {
    cancel(this.#stream);
  }

  pause(): void {
    this.#bytes.pause();
  }

  resume(): void {
    this.#bytes.resume();
  }
}

/**
 * Ends a response, with `body` if there is more of it, and asks the client to stop (RFC 9113 §8.1): Firefox does not end its
 * half by itself, and what it could still send is of no use to anybody.
 */
export function endResponse(stream: ServerHttp2Stream, body?: Uint8Array): void {
  if (!stream.writable) return;
  // Not before all has left: what waits for flow control would be lost.
  stream.end(body, () => stream.close(constants.NGHTTP2_NO_ERROR));
}

function isServerStream(stream: Http2Stream): stream is ServerHttp2Stream {
  return "respond" in stream;
}

/** Drops `stream`, and what the peer has still sent. */
export function cancel(stream: Http2Stream): void {
  stream.on("error", () => {});
  if (stream.destroyed) return;
  stream.close(constants.NGHTTP2_CANCEL);
  // A stream that nobody reads is not closed before what it has was read.
  stream.resume();
}
