/** A message that the application sends piece by piece to a peer (RFC 6455 §5.4). */
import type { MessageStream } from "@hybi/core";

/** What follows a command: output to write, or nothing because the connection is gone. */
export interface CommandOutcome {
  said(): true;
  missed(error: unknown): false;
}

/** Made by `Peer.startMessage`. What is written leaves as fragments at the end of each turn. */
export class MessageWriter {
  readonly #stream: MessageStream;
  readonly #outcome: CommandOutcome;

  /** @internal */
  constructor(stream: MessageStream, outcome: CommandOutcome) {
    this.#stream = stream;
    this.#outcome = outcome;
  }

  /**
   * Appends to the message; false when the connection is no longer open.
   *
   * @throws UsageError `send/message-ended`, `send/queue-full`, `send/not-utf8`, `send/kind`
   */
  write(data: string | Uint8Array): boolean {
    try {
      this.#stream.write(data);
    } catch (error) {
      return this.#outcome.missed(error);
    }
    return this.#outcome.said();
  }

  /** Ends the message; false when the connection is no longer open. @throws UsageError `send/not-utf8` */
  end(): boolean {
    try {
      this.#stream.end();
    } catch (error) {
      return this.#outcome.missed(error);
    }
    return this.#outcome.said();
  }
}
