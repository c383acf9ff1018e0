/**
 * Shows a WebSocket conversation as it went over the wire: heads as text, and of each frame the bytes of its header,
 * what they mean (RFC 6455 §5.2), and its payload unmasked and, at the end of a message, inflated (RFC 7692 §7.2.2). It
 * listens in on bytes and takes no part, so it can look at what breaks the rules too; the rules themselves are those of
 * `@hybi/core`.
 */
import type { AgreedExtension, Role } from "@hybi/core";
import { Page } from "./page.ts";
import { Stream } from "./stream.ts";

/** How to write. */
export interface DumpOptions {
  readonly print: (line: string) => void;
  /** Colours of a terminal. None by default. */
  readonly colour?: boolean | undefined;
  /** Columns. 100 by default. */
  readonly width?: number | undefined;
  /** Take permessage-deflate for agreed where no handshake is seen that says so. False. */
  readonly deflate?: boolean | undefined;
}

/** A conversation between a client and a server, as its bytes pass. It may begin with the handshake, or after it. */
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

  /** The names of the columns that frames are shown in. */
  printColumns(): void {
    this.#page.printColumns();
  }

  /** Bytes that `sender` sent, cut anywhere. They are not changed. */
  receive(sender: Role, bytes: Uint8Array): void {
    (sender === "client" ? this.#client : this.#server).receive(bytes);
  }

  /** `sender` closed its half of the transport, or lost it. */
  end(sender: Role): void {
    (sender === "client" ? this.#client : this.#server).end();
  }
}
