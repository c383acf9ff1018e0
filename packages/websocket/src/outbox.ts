/** Messages that wait for a connection, of which there are not too many. */
import { type OptionCheck, takes } from "@hybi/core";
import { payloadLength, sendable } from "./message-data.ts";

/** The most that may wait; both are inclusive. */
export interface OutboxLimits {
  /** 0 keeps nothing. 1,000. */
  readonly messages?: number | undefined;
  /** Bytes of payload. 1 MiB. */
  readonly bytes?: number | undefined;
}

/** The option `outbox`. */
export const outboxCheck: OptionCheck = takes.options<OutboxLimits>({
  messages: takes.atLeast(0),
  bytes: takes.atLeast(0),
});

/** A message that waits: the bytes are a copy. */
export type Outgoing = string | Blob | Uint8Array;

export class Outbox {
  readonly #messageLimit: number;
  readonly #byteLimit: number;
  #messages: Outgoing[] = [];
  /** How many of them `drain` has sent so far. */
  #sent = 0;
  #length = 0;

  constructor({ messages = 1_000, bytes = 1_048_576 }: OutboxLimits = {}) {
    this.#messageLimit = messages;
    this.#byteLimit = bytes;
  }

  /** Bytes of payload that wait. */
  get length(): number {
    return this.#length;
  }

  get isEmpty(): boolean {
    return this.#sent === this.#messages.length;
  }

  /** Keeps a copy of `data`, or returns false where that would be too much. */
  add(data: unknown): boolean {
    const message = sendable(data);
    const length = payloadLength(message);
    const count = this.#messages.length - this.#sent;
    if (count >= this.#messageLimit || this.#length + length > this.#byteLimit) return false;
    this.#messages.push(message instanceof Uint8Array ? message.slice() : message);
    this.#length += length;
    return true;
  }

  /** Passes what waits to `send`, oldest first, those included that are added meanwhile, until it returns false. */
  drain(send: (message: Outgoing) => boolean): void {
    const messages = this.#messages;
    while (!this.isEmpty) {
      const message = messages[this.#sent]!;
      if (!send(message)) break;
      // It was emptied from inside.
      if (this.#messages !== messages) return;
      this.#sent++;
      this.#length -= payloadLength(message);
    }
    this.#messages = messages.slice(this.#sent);
    this.#sent = 0;
  }

  /** All that waits, oldest first; nothing does after it. */
  take(): Outgoing[] {
    const messages = this.#messages.slice(this.#sent);
    this.#messages = [];
    this.#sent = 0;
    this.#length = 0;
    return messages;
  }
}
