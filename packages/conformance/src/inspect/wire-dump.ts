/**
 * Shows a WebSocket conversation as it went over the wire: heads as text, and for each frame the bytes of its header,
 * their meaning (RFC 6455 §5.2), and its payload, unmasked and, at the end of a message, inflated (RFC 7692 §7.2.2).
 * It only observes bytes and takes no part in the conversation, so it can also show input that breaks the rules; the
 * rules themselves come from `@hybi/core`.
 */
import type { AgreedExtension, Role } from "@hybi/core";
import { Page } from "./page.ts";
import { Stream } from "./stream.ts";

/** Options of the output. */
export interface DumpOptions {
  readonly print: (line: string) => void;
  /** Whether to use terminal colours. Default: none. */
  readonly colour?: boolean | undefined;
  /** Width in columns. Default: 100. */
  readonly width?: number | undefined;
  /** Whether to assume that permessage-deflate is agreed when no handshake is seen that says so. Default: false. */
  readonly deflate?: boolean | undefined;
}

/** A conversation between a client and a server, fed with its bytes. It may begin with the handshake, or after it. */
export class WireDump {
  readonly #client: Stream;
  readonly #server: Stream;
  readonly #page: Page;

  constructor({ print, colour = false, width = 100, deflate = false }: DumpOptions) {
    this.#page = new Page(print, colour, width);
    let extensions: readonly AgreedExtension[] = deflate ? [{ name: "permessage-deflate", parameters: [] }] : [];
    const agreement = {
      extensions: () => extensions,
      agree: (agreed: readonly AgreedExtension[]) => {
        extensions = agreed;
      },
    };
    this.#client = new Stream("client", this.#page, agreement);
    this.#server = new Stream("server", this.#page, agreement);
  }

  /** Prints the column headings of the frame table. */
  printColumns(): void {
    this.#page.printColumns();
  }

  /** Processes bytes that `sender` sent, split at any point. They are not modified. */
  receive(sender: Role, bytes: Uint8Array): void {
    (sender === "client" ? this.#client : this.#server).receive(bytes);
  }

  /** `sender` closed its half of the transport, or lost it. */
  end(sender: Role): void {
    (sender === "client" ? this.#client : this.#server).end();
  }
}
