/** A connection of Deno's as a transport: TCP, TLS, or a Unix socket. */
import { joined, type Transport, type TransportSink } from "@hybi/websocket";

/** Deno has it, and its types do not. */
declare function setImmediate(task: (value: unknown) => void): unknown;

/** A read that fills its block is followed by one of twice the size, and one that leaves most of it empty by one of half. */
const shortestRead = 8192;
const longestRead = 65_536;

/**
 * Bytes after which a turn is over. Deno answers a read in the same turn while bytes are there, and as long as a turn goes on
 * nobody can say that it is enough, or write.
 */
const longestTurn = 262_144;

const nothing = new Uint8Array(0);

/** A transport over `conn`, which nobody else reads, writes or closes from now on. */
export class DenoTransport implements Transport {
  readonly #conn: Deno.Conn;
  #sink!: TransportSink;
  /** What reads go to. A byte that was handed over is never written to again. */
  #block = nothing;
  #readLength = shortestRead;
  /** Bytes read since the event loop has certainly turned. */
  #readInTurn = 0;
  #isReading = false;
  #paused = false;
  /** Settled once everything written so far has left. */
  #written: Promise<void> = Promise.resolve();
  #readEnded = false;
  #writeEnded = false;
  #closed = false;

  constructor(conn: Deno.Conn) {
    this.#conn = conn;
    // One write a turn already: to hold it back for more would only delay it.
    if ("setNoDelay" in conn) (conn as Deno.TcpConn).setNoDelay(true);
  }

  start(sink: TransportSink): void {
    this.#sink = sink;
    void this.#read();
  }

  write(chunks: readonly Uint8Array[]): void {
    this.#written = this.#write(joined(chunks));
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

  /** One loop at a time; it rests while paused. */
  async #read(): Promise<void> {
    if (this.#isReading || this.#readEnded) return;
    this.#isReading = true;
    try {
      while (!this.#paused && !this.#closed) {
        if (this.#block.length < this.#readLength / 4) this.#block = new Uint8Array(this.#readLength);
        const block = this.#block;
        const length = await this.#conn.read(block);
        if (this.#closed) break;
        if (length === null) {
          this.#endReading();
          break;
        }
        this.#block = block.subarray(length);
        if (length === block.length) this.#readLength = Math.min(block.length * 2, longestRead);
        else if (length < block.length / 4) this.#readLength = Math.max(this.#readLength / 2, shortestRead);
        if (length > 0) this.#sink.data(block.subarray(0, length));
        this.#readInTurn += length;
        if (this.#readInTurn >= longestTurn) await this.#nextTurn();
      }
    } catch (error) {
      this.#lose(error);
    }
    // Whoever rests holds nothing.
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

  async #endWriting(): Promise<void> {
    if (this.#closed || this.#writeEnded) return;
    this.#writeEnded = true;
    try {
      await this.#conn.closeWrite();
    } catch (error) {
      // The peer has dropped the connection meanwhile: reading tells.
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
      // It was closed already.
    }
    // Not during the call that dropped it. Dropped before it was started, there is nobody to tell.
    queueMicrotask(() => this.#sink?.close());
  }
}
