/**
 * Stands in for the stream and the kernel: encodes strings in scratch, as a stream does, and copies every piece into a ring of 4 MiB,
 * as the kernel does. Bytes that were passed on without a copy are copied once, here; bytes that had been copied before, twice.
 */

interface NativeMethods {
  utf8Write(text: string, at: number): number;
}

export class GatherSink {
  /** Bytes written since construction. */
  written = 0;
  readonly #ring = Buffer.alloc(4_194_304);
  /** A stream of Node encodes strings before the kernel copies them, in memory of its own. Here that memory is never new. */
  readonly #scratch = Buffer.alloc(4_194_304);
  #at = 0;

  write(piece: string | Uint8Array): boolean {
    if (typeof piece === "string") {
      const encoded = (this.#scratch as unknown as NativeMethods).utf8Write(piece, 0);
      this.write(this.#scratch.subarray(0, encoded));
    } else {
      if (this.#at + piece.length > this.#ring.length) this.#at = 0;
      this.#ring.set(piece, this.#at);
      this.#advance(piece.length);
    }
    return true;
  }

  /** Returns a copy of what `run` writes, which must fit into the ring. */
  capture(run: () => void): Uint8Array {
    this.#at = 0;
    run();
    return this.#ring.slice(0, this.#at);
  }

  #advance(bytes: number): void {
    this.#at += bytes;
    this.written += bytes;
  }
}
