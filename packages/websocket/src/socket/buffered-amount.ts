/** Computes `bufferedAmount` (WHATWG WebSockets §3.1), as exactly as the bytes on the wire allow. */

/**
 * `bufferedAmount` (WHATWG WebSockets §3.1): bytes of payload, without framing, that were sent and have not left; once the
 * connection is closing, also all that is sent and will never leave.
 */
export class BufferedAmount {
  /** Payload passed to the endpoint since it was last empty. How much has left is known only in bytes on the wire. */
  #queued = 0;
  /** Payload that waits until a Blob has been read. */
  #held = 0;
  #lost = 0;

  /** Returns the amount, from the `pending` bytes (framing included) that have not left and the payload that was `dropped`. */
  amount(pending: number, dropped: number): number {
    const queued = Math.max(0, this.#queued - dropped);
    return this.#lost + this.#held + dropped + Math.min(queued, pending);
  }

  /** Adds payload that was passed to the endpoint when `pending` bytes were ahead of it. */
  queued(length: number, pending: number): void {
    this.#queued = Math.min(this.#queued, pending) + length;
  }

  /** Adds payload that waits for a Blob; a negative length subtracts it. */
  held(length: number): void {
    this.#held += length;
  }

  /** Adds payload that will never leave. */
  lost(length: number): void {
    this.#lost += length;
  }

  /** Returns whether some payload will never leave, `dropped` of it in favor of a Close frame. */
  hasLost(dropped: number): boolean {
    return this.#lost > 0 || dropped > 0;
  }

  /** Called when all output has left. Returns whether that has brought the amount down to what is lost. */
  drained(): boolean {
    const wasQueued = this.#queued > 0;
    this.#queued = 0;
    return wasQueued && this.#held === 0;
  }

  /** Called when no more output will leave: freezes the current amount. */
  end(pending: number, dropped: number): void {
    this.#lost = this.amount(pending, dropped);
    this.#queued = 0;
    this.#held = 0;
  }
}
