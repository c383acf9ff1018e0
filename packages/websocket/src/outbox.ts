/** Messages that wait for a connection, of which there are not too many. */
import { payloadLength, sendable } from "./message-data.ts";

/** The most that may wait; both are inclusive. */
export interface OutboxLimits {
  /** 0 keeps nothing. 1,000. */
  readonly messages?: number | undefined;
  /** Bytes of payload. 1 MiB. */
  readonly bytes?: number | undefined;
}

export type Outgoing = string | Blob | Uint8Array;

export class Outbox {
  readonly #messageLimit: number;
  readonly #byteLimit: number;
  #messages: Outgoing[] = [];
  #length = 0;

  constructor({ messages = 1_000, bytes = 1_048_576 }: OutboxLimits = {}) {
    this.#messageLimit = messages;
    this.#byteLimit = bytes;
  }

  /** Bytes of payload that wait. */
  get length(): number {
    return this.#length;
  }

  /** Keeps a copy of `data`, or answers false where that would be too much. */
  add(data: unknown): boolean {
    const message = sendable(data);
    const length = payloadLength(message);
    if (this.#messages.length >= this.#messageLimit || this.#length + length > this.#byteLimit) return false;
    this.#messages.push(message instanceof Uint8Array ? message.slice() : message);
    this.#length += length;
    return true;
  }

  /** All that waits, oldest first; nothing does after it. */
  take(): Outgoing[] {
    const messages = this.#messages;
    this.#messages = [];
    this.#length = 0;
    return messages;
  }
}
