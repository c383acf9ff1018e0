/**
 * The chunks that a connection has handed out, so that each comes back once, and only as what it was: a transport that hands
 * one back twice, or one of another connection's, would free memory that output still lies in.
 */

/** As many blocks as are kept for reuse. Of a chunk beyond them the block is garbage, once it is written. */
const most = 64;

/** Of one connection, whose transport hands chunks back. */
export class LentChunks {
  /** Nearly always there is one at a time. */
  #first: Uint8Array | undefined;
  #others: Uint8Array[] | undefined;

  /** `chunk` is handed out. */
  add(chunk: Uint8Array): void {
    if (this.#first === undefined) this.#first = chunk;
    else {
      this.#others ??= [];
      if (this.#others.length < most) this.#others.push(chunk);
    }
  }

  /** `chunk` is handed back. Returns whether it was out. */
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
