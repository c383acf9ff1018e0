/** A transport over a Deno connection: TCP, TLS or a Unix socket. */
import { coalesce, type Transport, type TransportSink } from "@hybi/websocket";

/**
 * Read sizes in bytes. The size doubles after a read that fills its room, and halves after one that leaves most of it empty.
 */
const shortestRead = 8192;
const longestRead = 65_536;

/**
 * Bytes after which the read loop yields to the event loop. While data is available, Deno resolves reads within the same turn,
 * and as long as that turn lasts, nothing can pause the connection or write to it.
 */
const longestTurn = 262_144;

const nothing = new Uint8Array(0);

/**
 * Output up to this length, in bytes, is copied, and `drain` is called at once. Mostly the kernel takes it during the call, but
 * Deno says so by a promise, and core would have to allocate a block for each connection that writes in the same turn: an array
 * of 70 bytes takes Deno about 0.4 µs, besides its collection. The price: what such a copy holds counts as sent already, even if
 * the connection is lost before the kernel takes it.
 */
const shortWrite = 2048;

/** Free buffers for such copies, as many as connections write in one turn, or 64. */
const buffers: Uint8Array[] = [];
const mostBuffers = 64;

/** A transport over `conn`. Nothing else may read, write or close `conn` from now on. */
export class DenoTransport implements Transport {
  readonly #conn: Deno.Conn;
  /** Whether a read that leaves room in its block has taken all that has arrived. With TLS, more records may follow in the turn. */
  readonly #readsAll: boolean;
  #sink!: TransportSink;
  /** The buffer that reads fill. Bytes that have been passed on are never overwritten. */
  #block = nothing;
  #readLength = shortestRead;
  /** Bytes read since the event loop has certainly turned. */
  #readInTurn = 0;
  #isReading = false;
  #paused = false;
  /** Settles once everything written so far has been passed to the kernel. */
  #written: Promise<void> = Promise.resolve();
  /** Whether a copy of short output has not been written yet. What follows waits for it. */
  #isCopyPending = false;
  #readEnded = false;
  #writeEnded = false;
  #closed = false;

  constructor(conn: Deno.Conn) {
    this.#conn = conn;
    this.#readsAll = !("handshake" in conn);
    // The pump already makes one write per turn; Nagle's algorithm would only delay it.
    if ("setNoDelay" in conn) (conn as Deno.TcpConn).setNoDelay(true);
  }

  start(sink: TransportSink): void {
    this.#sink = sink;
    void this.#read();
  }

  write(chunks: readonly Uint8Array[]): void {
    const first = chunks[0]!;
    if (this.#isCopyPending) this.#written = this.#written.then(() => this.#write(coalesce(chunks)));
    else if (chunks.length > 1 || first.length > shortWrite) this.#written = this.#write(coalesce(chunks));
    else {
      this.#written = this.#writeCopy(first);
      this.#sink.drain();
    }
  }

  end(): void {
    void this.#written.then(() => this.#endWriting());
  }

  abort(): void {
    this.#close();
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    void this.#read();
  }

  get remoteAddress(): string | undefined {
    const { remoteAddr } = this.#conn;
    return "hostname" in remoteAddr ? remoteAddr.hostname : undefined;
  }

  ref(): void {
    (this.#conn as Partial<Deno.TcpConn>).ref?.();
  }

  unref(): void {
    (this.#conn as Partial<Deno.TcpConn>).unref?.();
  }

  /** The read loop. At most one runs at a time, and it stops while reading is paused. */
  async #read(): Promise<void> {
    if (this.#isReading || this.#readEnded) return;
    this.#isReading = true;
    /** Bytes that must be left of the block for another read into it. */
    let leastRoom = 1;
    try {
      while (!this.#paused && !this.#closed) {
        if (this.#block.length < leastRoom) this.#block = new Uint8Array(this.#readLength);
        const block = this.#block;
        const length = await this.#conn.read(block);
        if (this.#closed) break;
        if (length === null) {
          this.#endReading();
          break;
        }
        this.#block = block.subarray(length);
        // What came this time may come again, and to read it in two parts would cost more than another block.
        leastRoom = Math.max(length, this.#readLength / 4);
        if (length === block.length) this.#readLength = Math.min(this.#readLength * 2, longestRead);
        else if (length < block.length / 4) this.#readLength = Math.max(this.#readLength / 2, shortestRead);
        if (length > 0) this.#sink.data(block.subarray(0, length), this.#readsAll && length < block.length);
        this.#readInTurn += length;
        if (this.#readInTurn >= longestTurn) await this.#nextTurn();
      }
    } catch (error) {
      this.#lose(error);
    }
    // An idle connection keeps no buffer.
    this.#block = nothing;
    this.#isReading = false;
  }

  async #nextTurn(): Promise<void> {
    this.#readInTurn = 0;
    await new Promise((resolve) => setImmediate(resolve));
  }

  async #write(chunks: readonly Uint8Array[]): Promise<void> {
    try {
      for (const chunk of chunks) {
        for (let at = 0; at < chunk.length; ) {
          at += await this.#conn.write(at === 0 ? chunk : chunk.subarray(at));
        }
      }
      if (!this.#closed) this.#sink.drain();
    } catch (error) {
      this.#lose(error);
    }
  }

  async #writeCopy(chunk: Uint8Array): Promise<void> {
    this.#isCopyPending = true;
    const buffer = buffers.pop() ?? new Uint8Array(shortWrite);
    const { length } = chunk;
    buffer.set(chunk);
    try {
      for (let at = 0; at < length; ) at += await this.#conn.write(buffer.subarray(at, length));
    } catch (error) {
      this.#lose(error);
      return;
    }
    this.#isCopyPending = false;
    if (buffers.length < mostBuffers) buffers.push(buffer);
  }

  async #endWriting(): Promise<void> {
    if (this.#closed || this.#writeEnded) return;
    this.#writeEnded = true;
    try {
      await this.#conn.closeWrite();
    } catch (error) {
      // The peer has dropped the connection meanwhile; the read loop reports it.
      if (this.#readEnded) this.#lose(error);
    }
    if (this.#readEnded) this.#close();
  }

  #endReading(): void {
    this.#readEnded = true;
    this.#sink.end();
    if (this.#writeEnded) this.#close();
  }

  #lose(error: unknown): void {
    if (this.#closed) return;
    this.#sink.error(error);
    this.#close();
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    try {
      this.#conn.close();
    } catch {
      // The connection was closed already.
    }
    // Not during the call that aborted it. If it was aborted before `start`, there is no sink.
    queueMicrotask(() => this.#sink?.close());
  }
}
