/** An in-memory transport for node:http: delivered chunks are read at once, and written bytes are stored. */
import { Duplex } from "node:stream";

export class MemorySocket extends Duplex {
  /** Everything written to it. */
  answer = "";

  constructor() {
    super({ allowHalfOpen: true });
  }

  /** Delivers a chunk to the listeners, without waiting for a turn of the event loop. */
  deliver(chunk: Buffer): void {
    this.emit("data", chunk);
  }

  override _read(): void {
    // Everything there is to read has been delivered.
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.answer += chunk.toString("latin1");
    done();
  }

  // node:http calls these methods; they have no effect.
  setTimeout(): this {
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }
}
