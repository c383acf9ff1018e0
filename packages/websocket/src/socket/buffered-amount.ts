/** Computes `bufferedAmount` (WHATWG WebSockets §3.1), as exactly as the bytes on the wire allow and at almost no cost. */
import { utf8Length } from "../dom/message-data.ts";

/**
 * Chars of text whose bytes are counted only on demand: most have left before the application reads `bufferedAmount`, and
 * counting costs as much as encoding.
 */
const uncountedLimit = 65_536;

/** Bytes of memory that a text takes in addition to its chars. */
const textCost = 32;

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
  /** Queued texts whose bytes are not counted yet; `#chars` is the sum of their chars and of `textCost` for each. */
  #texts: string[] | undefined;
  #chars = 0;

  /** Bytes of memory that the uncounted texts take. */
  get heldLength(): number {
    return this.#chars;
  }

  /** Returns the amount, from the `pending` bytes (framing included) that have not left and the payload that was `dropped`. */
  amount(pending: number, dropped: number): number {
    this.#count();
    const queued = Math.max(0, this.#queued - dropped);
    return this.#lost + this.#held + dropped + Math.min(queued, pending);
  }

  /** Adds payload that was passed to the endpoint when `pending` bytes were ahead of it. */
  queued(length: number, pending: number): void {
    this.#queued = Math.min(this.#queued, pending) + length;
  }

  /** Like `queued`, for a text that is not very long. */
  queuedText(text: string, pending: number): void {
    if (this.#texts === undefined) {
      this.#queued = Math.min(this.#queued, pending);
      this.#texts = [];
    }
    this.#texts.push(text);
    // An empty text takes memory as well.
    this.#chars += text.length + textCost;
    if (this.#chars > uncountedLimit) this.#count();
  }

  /** Adds payload that waits for a Blob; a negative length subtracts it. */
  held(length: number): void {
    this.#held += length;
  }

  /** Adds payload that will never leave. */
  lost(length: number): void {
    this.#lost += length;
  }

  /** Called when all output has left. */
  drained(): void {
    this.#queued = 0;
    this.#texts = undefined;
    this.#chars = 0;
  }

  /** Called when no more output will leave: freezes the current amount. */
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
