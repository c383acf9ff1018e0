/** A socket without a connection: what is written is discarded at once, or waits for ever. No system call is made. */
import { Socket } from "node:net";

type Done = (error?: Error | null) => void;

export class SilentSocket extends Socket {
  /** Whether writes are never finished, like those to a peer that does not read. */
  isStuck = false;
  /** Bytes written. */
  written = 0;

  override _write(chunk: Uint8Array, _encoding: string, done: Done): void {
    this.written += chunk.length;
    if (!this.isStuck) done();
  }

  override _writev(chunks: readonly { readonly chunk: Uint8Array }[], done: Done): void {
    for (const { chunk } of chunks) this.written += chunk.length;
    if (!this.isStuck) done();
  }

  override _read(): void {}
}
