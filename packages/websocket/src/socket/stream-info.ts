/** What a WebSocketStream of either role is made of (WHATWG WebSockets, WebSocketStream): settings, results and messages. */
import type { ResponseHead } from "@hybi/core/opening";
import { checkOptions, type OptionChecks, takes } from "@hybi/core/options";

/** A message: text as a string, binary as bytes in a buffer of their own. */
export type StreamMessage = string | Uint8Array<ArrayBuffer>;

/** The value of `opened`. */
export interface WebSocketOpenInfo {
  readonly readable: ReadableStream<StreamMessage>;
  readonly writable: WritableStream<string | ArrayBuffer | ArrayBufferView>;
  /** The extensions in use; empty for none. */
  readonly extensions: string;
  /** The subprotocol in use; empty for none. */
  readonly protocol: string;
  /** Extension: the response that opened the connection of a client; see `WebSocket.response`. */
  readonly response: ResponseHead | undefined;
}

/** How a connection was closed, or how to close it. */
export interface WebSocketCloseInfo {
  /** When closing: 1000 or 3000 to 4999, and of servers and of programs also the codes that `close` of a program takes. */
  closeCode?: number | undefined;
  /** At most 123 bytes of UTF-8. */
  reason?: string | undefined;
}

/** How much an accepted stream buffers in each direction. */
export interface AcceptStreamOptions {
  /**
   * Bytes, or chars of text, to buffer for the reader. One chunk of the transport may be added to that. Default: 64
   * KiB.
   */
  readonly readHighWaterMark?: number | undefined;
  /**
   * Bytes to buffer for the transport before a writer has to wait. Default: 64 KiB. With 0, each `write` resolves when its message has
   * left.
   */
  readonly writeHighWaterMark?: number | undefined;
}

/** What a stream needs to know of its options. */
export interface StreamSettings extends AcceptStreamOptions {
  /** Aborts the connection while it is being opened. */
  readonly signal?: AbortSignal | undefined;
}

export const acceptStreamChecks: OptionChecks<AcceptStreamOptions> = {
  readHighWaterMark: takes.atLeast(0),
  writeHighWaterMark: takes.atLeast(0),
};

/** @throws UsageError `option/unknown`, `option/range` */
export function checkAcceptStream(options: AcceptStreamOptions): void {
  checkOptions("an accepted stream", options, acceptStreamChecks);
}
