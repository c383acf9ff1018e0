/** `bufferedAmount` (WHATWG WebSockets §3.1), as exact as the bytes of the wire tell, and for nearly nothing. */
import { utf8Length } from "./message-data.ts";

/** Chars of text whose bytes are left uncounted: most have left before anybody asks, and to count costs as much as to encode. */
const uncountedLimit = 65_536;

/** What a text takes of memory beside its chars. */
const textCost = 32;

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
  /** Texts among what is queued that have not been counted yet, and their chars. */
  #texts: string[] | undefined;
  #chars = 0;

  /** Bytes of memory that the texts take that have not been counted yet. */
  get heldLength(): number {
    return this.#chars;
  }

  /** `pending` are the bytes, framing included, that have not left; `dropped` those of payload that the endpoint has dropped. */
  amount(pending: number, dropped: number): number {
    this.#count();
    const queued = Math.max(0, this.#queued - dropped);
    return this.#lost + this.#held + dropped + Math.min(queued, pending);
  }

  /** Payload was given to the endpoint, where `pending` bytes were before it. */
  queued(length: number, pending: number): void {
    this.#queued = Math.min(this.#queued, pending) + length;
  }

  /** As `queued`, for a text that is not very long. */
  queuedText(text: string, pending: number): void {
    if (this.#texts === undefined) {
      this.#queued = Math.min(this.#queued, pending);
      this.#texts = [];
    }
    this.#texts.push(text);
    // An empty text takes room as well.
    this.#chars += text.length + textCost;
    if (this.#chars > uncountedLimit) this.#count();
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
    this.#texts = undefined;
    this.#chars = 0;
  }

  /** Nothing leaves any more: what there is, stays. */
  end(pending: number, dropped: number): void {
    this.#lost = this.amount(pending, dropped);
    this.#queued = 0;
    this.#held = 0;
  }

  #count(): void {
    if (this.#texts === undefined) return;
    for (const text of this.#texts) this.#queued += utf8Length(text);
    this.#texts = undefined;
    this.#chars = 0;
  }
}
