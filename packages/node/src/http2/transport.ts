/** A transport over an HTTP/2 stream (RFC 8441 §5): END_STREAM ends a half, RST_STREAM with CANCEL aborts both. */
import { constants, type Http2Session, type Http2Stream, type ServerHttp2Stream } from "node:http2";
import type { Transport, TransportSink } from "@hybi/websocket";
import { NodeTransport } from "../transport.ts";

/** A transport over `stream`, after the request and response heads have been exchanged. */
export class Http2Transport implements Transport {
  readonly #stream: Http2Stream;
  readonly #bytes: NodeTransport;
  readonly #session: Http2Session | undefined;

  /** `session` is that of the stream if nothing else uses it: then `ref` and `unref` are about it. */
  constructor(stream: Http2Stream, session?: Http2Session) {
    this.#stream = stream;
    this.#bytes = new NodeTransport(stream);
    this.#session = session;
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

  ref(): void {
    this.#session?.ref();
  }

  unref(): void {
    this.#session?.unref();
  }

  get remoteAddress(): string | undefined {
    return this.#stream.session?.socket.remoteAddress;
  }
}

/**
 * Ends a response, with `body` as its last part if given, and then asks the client to stop sending (RFC 9113 §8.1). Firefox
 * does not end its half by itself, and nothing it could still send is of use.
 */
export function endResponse(stream: ServerHttp2Stream, body?: Uint8Array): void {
  if (!stream.writable) return;
  // Close only after everything has been flushed: data that waits for flow control would be lost otherwise.
  stream.end(body, () => stream.close(constants.NGHTTP2_NO_ERROR));
}

function isServerStream(stream: Http2Stream): stream is ServerHttp2Stream {
  return "respond" in stream;
}

/** Cancels `stream` and discards what the peer has sent already. */
export function cancel(stream: Http2Stream): void {
  stream.on("error", () => {});
  if (stream.destroyed) return;
  stream.close(constants.NGHTTP2_CANCEL);
  // Node does not close a stream before its buffered data has been read.
  stream.resume();
}
