/** A bounded queue of messages that wait for a connection. */
import { type OptionCheck, takes } from "@hybi/core/options";
import { payloadLength, sendable } from "../dom/message-data.ts";

/** Limits of the outbox, both inclusive. */
export interface OutboxLimits {
  /** Most messages that may wait; 0 keeps none. Default: 1,000. */
  readonly messages?: number | undefined;
  /** Most bytes of payload that may wait. Default: 1 MiB. */
  readonly bytes?: number | undefined;
}

/** Check of the option `outbox`. */
export const outboxCheck: OptionCheck = takes.options<OutboxLimits>({
  messages: takes.atLeast(0),
  bytes: takes.atLeast(0),
});

/** A message that waits; bytes are a copy. */
export type OutboxMessage = string | Blob | Uint8Array<ArrayBuffer>;

export class Outbox {
  readonly #messageLimit: number;
  readonly #byteLimit: number;
  #messages: OutboxMessage[] = [];
  /** Number of messages at the front that `drain` has sent so far. */
  #sent = 0;
  #length = 0;

  constructor({ messages = 1_000, bytes = 1_048_576 }: OutboxLimits = {}) {
    this.#messageLimit = messages;
    this.#byteLimit = bytes;
  }

  /** Bytes of payload of the messages that wait. */
  get length(): number {
    return this.#length;
  }

  get isEmpty(): boolean {
    return this.#sent === this.#messages.length;
  }

  /** Adds a copy of `data`, and returns true; returns false if that would exceed a limit. */
  add(data: unknown): boolean {
    const message = sendable(data);
    const length = payloadLength(message);
    const count = this.#messages.length - this.#sent;
    if (count >= this.#messageLimit || this.#length + length > this.#byteLimit) return false;
    this.#messages.push(message instanceof Uint8Array ? message.slice() : message);
    this.#length += length;
    return true;
  }

  /** Passes the messages to `send`, oldest first, including those added meanwhile, until `send` returns false. */
  drain(send: (message: OutboxMessage) => boolean): void {
    const messages = this.#messages;
    while (!this.isEmpty) {
      const message = messages[this.#sent]!;
      if (!send(message)) break;
      // `send` has emptied the outbox.
      if (this.#messages !== messages) return;
      this.#sent++;
      this.#length -= payloadLength(message);
    }
    this.#messages = messages.slice(this.#sent);
    this.#sent = 0;
  }

  /** Removes and returns all messages, oldest first. */
  take(): OutboxMessage[] {
    const messages = this.#messages.slice(this.#sent);
    this.#messages = [];
    this.#sent = 0;
    this.#length = 0;
    return messages;
  }
}
