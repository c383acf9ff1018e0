/** Options and results of a WebSocketStream (WHATWG WebSockets, WebSocketStream). */
import { checkOptions, type OptionChecks, takes } from "@hybi/core/options";
import { type ClientSocketOptions, clientAliases, clientChecks } from "../client/socket-options.ts";
import { toDictionary, toSequence, toUsvString } from "../dom/web-idl.ts";
import { isSignal } from "../platform/option-checks.ts";

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
}

/** How a connection was closed, or how to close it. */
export interface WebSocketCloseInfo {
  /** When closing: 1000 or 3000 to 4999. */
  closeCode?: number | undefined;
  /** At most 123 bytes of UTF-8. */
  reason?: string | undefined;
}

/** Options of a stream. All except `protocols` and `signal` are extensions of the interface. */
export interface WebSocketStreamOptions<TransportOptions = unknown>
  extends Omit<ClientSocketOptions<TransportOptions>, "binaryType" | "protocols"> {
  /** Subprotocols to offer. The connection fails if the server selects none of them. */
  readonly protocols?: (Iterable<string> & object) | undefined;
  /** Aborts the connection while it is being opened. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Bytes, or chars of text, to buffer for the reader. One chunk of the transport may be added to that. Default: 64
   * KiB.
   */
  readonly readHighWaterMark?: number | undefined;
  /** Bytes to buffer for the transport before a writer has to wait. Default: 64 KiB. */
  readonly writeHighWaterMark?: number | undefined;
}

/** How much an accepted stream buffers in each direction. */
export type AcceptStreamOptions = Pick<WebSocketStreamOptions, "readHighWaterMark" | "writeHighWaterMark">;

const acceptChecks: OptionChecks<AcceptStreamOptions> = {
  readHighWaterMark: takes.atLeast(0),
  writeHighWaterMark: takes.atLeast(0),
};

/** @throws UsageError `option/unknown`, `option/range` */
export function checkAcceptStream(options: AcceptStreamOptions): void {
  checkOptions("an accepted stream", options, acceptChecks);
}

/** Members converted by Web IDL are checked there. */
const streamChecks: OptionChecks<WebSocketStreamOptions> = {
  ...clientChecks,
  ...acceptChecks,
  protocols: takes.anything,
  signal: takes.anything,
};

/**
 * Converts the options of the constructor. The platform ignores unknown members so that pages keep working in future
 * browsers. Our extensions exist only here, so an unknown name is a mistake.
 *
 * @throws TypeError for values that Web IDL cannot convert; UsageError `option/unknown`, `option/type`, `option/range`
 */
export function streamOptions(
  given: WebSocketStreamOptions | null | undefined,
): WebSocketStreamOptions & { readonly protocols?: readonly string[] | undefined } {
  const options = toDictionary(given, "The options");
  const { protocols, signal } = options;
  const list = protocols === undefined ? undefined : toSequence(protocols, "options.protocols", toUsvString);
  if (signal !== undefined && !isSignal(signal)) throw new TypeError("options.signal must be an AbortSignal.");
  // Read each member once, and copy, because Web IDL accepts any object as a dictionary, even an array or a function.
  const names = Object.keys(options).filter((name) => name !== "protocols" && name !== "signal");
  const own: WebSocketStreamOptions = Object.fromEntries(names.map((name) => [name, Reflect.get(options, name)]));
  checkOptions("a WebSocketStream", own, streamChecks, clientAliases);
  return { ...own, protocols: list, signal };
}
