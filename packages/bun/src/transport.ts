/** The length in bytes of the buffer into which Bun reads. */
const readLength = 524_288;

/** A transport over a Bun socket: TCP, TLS or a Unix socket. */
import { coalesce, type Transport, type TransportSink } from "@hybi/websocket";

/** The part of `Bun.Socket` that the transport uses. */
export interface BunSocket {
  /** Returns the number of bytes that the kernel took, or -1 once the socket is closed. */
  write(bytes: Uint8Array, byteOffset?: number, byteLength?: number): number;
  shutdown(): void;
  terminate(): void;
  pause(): void;
  resume(): void;
  ref(): void;
  unref(): void;
  readonly remoteAddress?: string | undefined;
}

/** Socket handlers shared by all sockets; each socket has its transport as `data`. */
export interface BunSocketHandlers {
  readonly binaryType: "uint8array";
  data(socket: { data: BunTransport | undefined }, chunk: Uint8Array): void;
  drain(socket: { data: BunTransport | undefined }): void;
  end(socket: { data: BunTransport | undefined }): void;
  error(socket: { data: BunTransport | undefined }, error: Error): void;
  close(socket: { data: BunTransport | undefined }, error?: Error): void;
}

/**
 * Handlers for `Bun.connect` and `Bun.listen`, to be used with `allowHalfOpen` (RFC 6455 §7.1.1). Bun allocates a new array for
 * each read.
 */
export const socketHandlers: BunSocketHandlers = {
  binaryType: "uint8array",
  data: (socket, chunk) => socket.data?.received(chunk),
  drain: (socket) => socket.data?.hasRoom(),
  end: (socket) => socket.data?.peerEnded(),
  error: (socket, error) => socket.data?.failed(error),
  close: (socket, error) => socket.data?.lost(error),
};

/** A transport over `socket`, whose handlers must be `socketHandlers`. */
export class BunTransport implements Transport {
  readonly #socket: BunSocket;
  #sink: TransportSink | undefined;
  /** Events that happened before `start`, to be delivered to the sink. */
  #untold: ((sink: TransportSink) => void)[] = [];
  /**
   * The write in progress: its chunks, the index of the first chunk that is not fully written, and the bytes of it that are.
   */
  #unwritten: readonly Uint8Array[] = [];
  #index = 0;
  #at = 0;
  #isWriting = false;
  #endWanted = false;
  #closed = false;

  constructor(socket: BunSocket) {
    this.#socket = socket;
  }

  // Transport

  start(sink: TransportSink): void {
    this.#sink = sink;
    const untold = this.#untold;
    this.#untold = [];
    for (const tell of untold) tell(sink);
  }

  write(chunks: readonly Uint8Array[]): void {
    this.#unwritten = coalesce(chunks);
    this.#index = 0;
    this.#at = 0;
    this.#isWriting = true;
    this.#write();
  }

  end(): void {
    this.#endWanted = true;
    if (!this.#isWriting && !this.#closed) this.#socket.shutdown();
  }

  abort(): void {
    if (!this.#closed) this.#socket.terminate();
  }

  pause(): void {
    if (!this.#closed) this.#socket.pause();
  }

  resume(): void {
    if (!this.#closed) this.#socket.resume();
  }

  get remoteAddress(): string | undefined {
    return this.#socket.remoteAddress;
  }

  ref(): void {
    if (!this.#closed) this.#socket.ref();
  }

  unref(): void {
    if (!this.#closed) this.#socket.unref();
  }

  // Called by the socket handlers

  received(chunk: Uint8Array): void {
    if (this.#sink === undefined) this.#untold.push((sink) => sink.data(chunk));
    // Bun reads a socket again in the same turn only after a read that has filled its buffer.
    else this.#sink.data(chunk, chunk.length < readLength);
  }

  hasRoom(): void {
    if (this.#isWriting) this.#write();
  }

  peerEnded(): void {
    this.#tell((sink) => sink.end());
  }

  failed(error: unknown): void {
    this.#tell((sink) => sink.error(error));
  }

  lost(error?: unknown): void {
    if (this.#closed) return;
    this.#closed = true;
    if (error !== undefined && error !== null) this.failed(error);
    this.#tell((sink) => sink.close());
  }

  // Internals

  #tell(what: (sink: TransportSink) => void): void {
    if (this.#sink === undefined) this.#untold.push(what);
    else what(this.#sink);
  }

  /** Writes as much as the kernel takes. Nothing is buffered here: what is written is in the kernel. */
  #write(): void {
    const chunks = this.#unwritten;
    for (; this.#index < chunks.length; this.#index++) {
      const chunk = chunks[this.#index]!;
      while (this.#at < chunk.length) {
        const written = this.#socket.write(chunk, this.#at, chunk.length - this.#at);
        if (written <= 0) return;
        this.#at += written;
      }
      this.#at = 0;
    }
    this.#unwritten = [];
    this.#isWriting = false;
    if (this.#endWanted) this.#socket.shutdown();
    this.#sink?.drain();
  }
}
