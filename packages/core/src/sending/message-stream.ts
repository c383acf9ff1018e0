/** A message of unknown length that the application sends piece by piece (RFC 6455 §5.4). */
import { isBytes } from "../bytes/byte-arrays.ts";
import { utf8Boundary, validateUtf8 } from "../bytes/utf8.ts";
import { releaseViews } from "../bytes/view-cache.ts";
import { UsageError } from "../checks/usage-error.ts";
import type { OutputScheduler } from "./output-scheduler.ts";
import type { PendingMessage } from "./pending-message.ts";

/**
 * Returned by `startMessage`. The written pieces are sent as fragments as the transport takes output. Other messages
 * wait until `end` is called; control frames do not wait.
 */
export class MessageStream {
  readonly #outgoing: OutputScheduler;
  readonly #message: PendingMessage;
  /** Throws if the connection no longer sends, or cannot take more. */
  readonly #checkSend: (adding: "payload" | "nothing") => void;
  /** A high surrogate whose other half may come with the next piece. */
  #surrogate = "";
  #utf8 = utf8Boundary;

  constructor(outgoing: OutputScheduler, message: PendingMessage, checkSend: (adding: "payload" | "nothing") => void) {
    this.#outgoing = outgoing;
    this.#message = message;
    this.#checkSend = checkSend;
  }

  /**
   * Appends to the message. A text message accepts strings, and bytes that are UTF-8 as a whole. A binary message
   * accepts bytes; do not change them until they have been written.
   *
   * @throws UsageError `send/message-ended`, `send/after-close`, `send/queue-full`, `send/not-utf8`, `send/kind`,
   * `send/data-type`
   */
  write(data: string | Uint8Array): void {
    if (this.#message.ended) throw new UsageError("send/message-ended");
    if (typeof data !== "string" && !isBytes(data)) throw new UsageError("send/data-type");
    this.#checkSend("payload");
    const before = this.#message.length;
    if (typeof data === "string") this.#writeText(data);
    else this.#writeBytes(data);
    this.#outgoing.appended(this.#message, this.#message.length - before);
  }

  /**
   * Ends the message. Calling it again, or after `cancel`, does nothing.
   *
   * @throws UsageError `send/after-close`, and `send/not-utf8` when a text message ends within a sequence
   */
  end(): void {
    if (this.#message.ended) return;
    this.#checkSend("nothing");
    if (this.#utf8 !== utf8Boundary) throw new UsageError("send/not-utf8", "The message ends within a UTF-8 sequence.");
    const before = this.#message.length;
    this.#message.appendText(this.#surrogate);
    this.#outgoing.appended(this.#message, this.#message.length - before);
    this.#outgoing.ended(this.#message);
  }

  /**
   * Gives the message up, as if it had never been started, and returns true. Returns false, and does nothing, if some of it may have
   * been taken already: such a message can only be ended, or the connection be closed in the middle of it (RFC 6455 §5.4). What was ended
   * cannot be given up.
   *
   * @throws UsageError `send/message-ended`
   */
  cancel(): boolean {
    if (this.#message.ended) throw new UsageError("send/message-ended");
    if (!this.#outgoing.cancel(this.#message)) return false;
    this.#message.end();
    return true;
  }

  #writeText(data: string): void {
    if (this.#message.kind === "binary") throw new UsageError("send/kind");
    if (this.#utf8 !== utf8Boundary)
      throw new UsageError("send/not-utf8", "The preceding bytes end within a UTF-8 sequence.");
    let text = this.#surrogate + data;
    const cut = (text.charCodeAt(text.length - 1) & 0xfc00) === 0xd800;
    this.#surrogate = cut ? text.slice(-1) : "";
    if (cut) text = text.slice(0, -1);
    this.#message.appendText(text);
  }

  #writeBytes(data: Uint8Array): void {
    if (this.#message.kind === "text") {
      const state = validateUtf8(this.#utf8, data, 0, data.length);
      releaseViews();
      if (state < 0) throw new UsageError("send/not-utf8", `The byte at index ${~state} is invalid.`);
      // A surrogate held back comes first; without its other half it becomes U+FFFD.
      this.#message.appendText(this.#surrogate);
      this.#surrogate = "";
      this.#utf8 = state;
    }
    this.#message.append(data);
  }
}
