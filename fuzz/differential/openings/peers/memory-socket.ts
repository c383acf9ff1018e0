/** A transport in memory for node:http: what it is given is read at once, and what is written to it is kept. */
import { Duplex } from "node:stream";

export class MemorySocket extends Duplex {
  /** What was written to it. */
  answer = "";

  constructor() {
    super({ allowHalfOpen: true });
  }

  /** Hands a chunk to whoever listens, without waiting for a turn of the event loop. */
  deliver(chunk: Buffer): void {
    this.emit("data", chunk);
  }

  override _read(): void {
    // All that there is to read is delivered.
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.answer += chunk.toString("latin1");
    done();
  }

  // node:http asks for these, and they make no difference.
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
