/**
 * Tracks the chunks that a connection has passed to its transport, so that each is accepted back only once and only as a
 * whole. Otherwise a transport that hands back a chunk twice, or a chunk of another connection, would free memory that
 * still holds output.
 */

/** As many as the pool keeps blocks. Chunks beyond this are not tracked: their blocks become garbage once written. */
const most = 64;

/** Tracks the chunks of one connection whose transport hands chunks back. */
export class LentChunks {
  /** Usually only one chunk is out at a time. */
  #first: Uint8Array | undefined;
  #others: Uint8Array[] | undefined;

  /** Records that `chunk` was passed to the transport. */
  add(chunk: Uint8Array): void {
    if (this.#first === undefined) this.#first = chunk;
    else {
      this.#others ??= [];
      if (this.#others.length < most) this.#others.push(chunk);
    }
  }

  /** Records that `chunk` was handed back. Returns whether it was out. */
  remove(chunk: Uint8Array): boolean {
    if (this.#first === chunk) {
      this.#first = undefined;
      return true;
    }
    const at = this.#others === undefined ? -1 : this.#others.indexOf(chunk);
    if (at < 0) return false;
    this.#others!.splice(at, 1);
    return true;
  }
}
