/** What a WebSocketStream is made of, and what it says (WHATWG WebSockets, WebSocketStream). */
import type { ClientSocketOptions } from "./socket-options.ts";
import { toDictionary, toSequence, toUsvString } from "./web-idl.ts";

/** A message: text as a string, binary as bytes in a buffer of their own. */
export type StreamMessage = string | Uint8Array<ArrayBuffer>;

/** What `opened` resolves with. */
export interface WebSocketOpenInfo {
  readonly readable: ReadableStream<StreamMessage>;
  readonly writable: WritableStream<string | ArrayBuffer | ArrayBufferView>;
  /** The extensions in use; empty for none. */
  readonly extensions: string;
  /** The subprotocol in use; empty for none. */
  readonly protocol: string;
}

/** How a connection was, or is to be, closed. */
export interface WebSocketCloseInfo {
  /** To close with: 1000 or 3000 to 4999. */
  closeCode?: number | undefined;
  /** At most 123 bytes of UTF-8. */
  reason?: string | undefined;
}

/** Options of a stream. All but `protocols` and `signal` are extensions of the interface. */
export interface WebSocketStreamOptions extends Omit<ClientSocketOptions, "binaryType" | "protocols"> {
  /** To offer, as a list; the connection fails when the server picks none of them. */
  readonly protocols?: (Iterable<string> & object) | undefined;
  /** Gives the connection up while it is being opened. */
  readonly signal?: AbortSignal | undefined;
  /** Bytes, or chars of text, that are read ahead of the reader. 64 KiB; one chunk of the transport may come on top. */
  readonly readHighWaterMark?: number | undefined;
  /** Bytes that are sent ahead of the transport before a writer has to wait. 64 KiB. */
  readonly writeHighWaterMark?: number | undefined;
}

/** What a constructor makes of its options. Throws a TypeError for what Web IDL cannot convert. */
export function streamOptions(
  given: WebSocketStreamOptions | null | undefined,
): WebSocketStreamOptions & { readonly protocols?: readonly string[] | undefined } {
  const options = toDictionary(given, "The options");
  const { protocols, signal } = options;
  const list = protocols === undefined ? undefined : toSequence(protocols, "options.protocols", toUsvString);
  if (signal !== undefined && !isSignal(signal)) throw new TypeError("options.signal must be an AbortSignal.");
  return { ...options, protocols: list, signal };
}

/** By its class string, as it may come from another realm. */
function isSignal(value: unknown): boolean {
  return Object.prototype.toString.call(value) === "[object AbortSignal]";
}
