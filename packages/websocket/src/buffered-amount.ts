/**
 * `bufferedAmount` (WHATWG WebSockets §3.1): bytes of payload, without framing, that were sent and have not left; and once
 * the connection is closing, everything that is sent and never will leave.
 */
export class BufferedAmount {
  /** Payload given to the endpoint since it was last empty. What has left is known in bytes of the wire only. */
  #queued = 0;
  /** Payload that waits for a Blob to be read. */
  #held = 0;
  #lost = 0;

  /** `pending` are the bytes, framing included, that have not left. */
  amount(pending: number): number {
    return this.#lost + this.#held + Math.min(this.#queued, pending);
  }

  /** Payload was given to the endpoint, where `pending` bytes were before it. */
  queued(length: number, pending: number): void {
    this.#queued = Math.min(this.#queued, pending) + length;
  }

  /** Payload waits for a Blob, or, with a negative length, no longer does. */
  held(length: number): void {
    this.#held += length;
  }

  /** Payload will never leave. */
  lost(length: number): void {
    this.#lost += length;
  }

  /** Nothing is left to leave. */
  drained(): void {
    this.#queued = 0;
  }

  /** Nothing leaves any more: what there is, stays. */
  end(pending: number): void {
    this.#lost = this.amount(pending);
    this.#queued = 0;
    this.#held = 0;
  }
}
