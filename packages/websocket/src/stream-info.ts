/** What a WebSocketStream is made of, and what it says (WHATWG WebSockets, WebSocketStream). */
import { checkOptions, type OptionChecks, takes } from "@hybi/core";
import { isSignal } from "./option-checks.ts";
import { type ClientSocketOptions, clientAliases, clientChecks } from "./socket-options.ts";
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
export interface WebSocketStreamOptions<TransportOptions = unknown>
  extends Omit<ClientSocketOptions<TransportOptions>, "binaryType" | "protocols"> {
  /** To offer, as a list; the connection fails when the server picks none of them. */
  readonly protocols?: (Iterable<string> & object) | undefined;
  /** Gives the connection up while it is being opened. */
  readonly signal?: AbortSignal | undefined;
  /** Bytes, or chars of text, that are read ahead of the reader. 64 KiB; one chunk of the transport may come on top. */
  readonly readHighWaterMark?: number | undefined;
  /** Bytes that are sent ahead of the transport before a writer has to wait. 64 KiB. */
  readonly writeHighWaterMark?: number | undefined;
}

/** How an accepted stream reads ahead, and lets write ahead. */
export type AcceptStreamOptions = Pick<WebSocketStreamOptions, "readHighWaterMark" | "writeHighWaterMark">;

const acceptChecks: OptionChecks<AcceptStreamOptions> = {
  readHighWaterMark: takes.atLeast(0),
  writeHighWaterMark: takes.atLeast(0),
};

/** @throws UsageError `option/unknown`, `option/range` */
export function checkAcceptStream(options: AcceptStreamOptions): void {
  checkOptions("an accepted stream", options, acceptChecks);
}

/** Those that Web IDL converts are checked by that. */
const streamChecks: OptionChecks<WebSocketStreamOptions> = {
  ...clientChecks,
  ...acceptChecks,
  protocols: takes.anything,
  signal: takes.anything,
};

/**
 * What a constructor makes of its options. The platform ignores members that it does not know, so that pages run in
 * browsers to come; ours are read here and nowhere else, where a name that nobody knows is a mistake.
 *
 * @throws TypeError for what Web IDL cannot convert; UsageError `option/unknown`, `option/type`, `option/range`
 */
export function streamOptions(
  given: WebSocketStreamOptions | null | undefined,
): WebSocketStreamOptions & { readonly protocols?: readonly string[] | undefined } {
  const options = toDictionary(given, "The options");
  const { protocols, signal } = options;
  const list = protocols === undefined ? undefined : toSequence(protocols, "options.protocols", toUsvString);
  if (signal !== undefined && !isSignal(signal)) throw new TypeError("options.signal must be an AbortSignal.");
  // Each member is read once. A copy, as any object is a dictionary: a list and a function too.
  const names = Object.keys(options).filter((name) => name !== "protocols" && name !== "signal");
  const own: WebSocketStreamOptions = Object.fromEntries(names.map((name) => [name, Reflect.get(options, name)]));
  checkOptions("a WebSocketStream", own, streamChecks, clientAliases);
  return { ...own, protocols: list, signal };
}
