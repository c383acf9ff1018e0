/** The options of a WebSocketStream that a client opens (WHATWG WebSockets, WebSocketStream). */
import { checkOptions, type OptionChecks, takes } from "@hybi/core/options";
import { toDictionary, toSequence, toUsvString } from "../dom/web-idl.ts";
import { isSignal } from "../platform/option-checks.ts";
import { type AcceptStreamOptions, acceptStreamChecks } from "../socket/stream-info.ts";
import { type ClientSocketOptions, clientChecks, clientOptionAliases } from "./socket-options.ts";

/** Options of a stream. All except `protocols` and `signal` are extensions of the interface. */
export interface WebSocketStreamOptions<TransportOptions = unknown>
  extends Omit<ClientSocketOptions<TransportOptions>, "binaryType" | "textType" | "autoPong" | "protocols">,
    AcceptStreamOptions {
  /** Subprotocols to offer. The connection fails if the server selects none of them. */
  readonly protocols?: (Iterable<string> & object) | undefined;
  /** Aborts the connection while it is being opened. */
  readonly signal?: AbortSignal | undefined;
}

/** Options of a stream, converted. */
export interface ConvertedStreamOptions extends WebSocketStreamOptions {
  readonly protocols?: readonly string[] | undefined;
}

/** Members converted by Web IDL are checked there. */
const streamChecks: OptionChecks<WebSocketStreamOptions> = {
  ...clientChecks,
  ...acceptStreamChecks,
  protocols: takes.anything,
  signal: takes.anything,
};

/**
 * Converts the options of the constructor. The platform ignores unknown members so that pages keep working in future
 * browsers. Our extensions exist only here, so an unknown name is a mistake.
 *
 * @throws TypeError for values that Web IDL cannot convert; UsageError `option/unknown`, `option/type`, `option/range`
 */
export function streamOptions(given: WebSocketStreamOptions | null | undefined): ConvertedStreamOptions {
  const options = toDictionary(given, "The options");
  const { protocols, signal } = options;
  const list = protocols === undefined ? undefined : toSequence(protocols, "options.protocols", toUsvString);
  if (signal !== undefined && !isSignal(signal)) throw new TypeError("options.signal must be an AbortSignal.");
  // Read each member once, and copy, because Web IDL accepts any object as a dictionary, even an array or a function.
  const names = Object.keys(options).filter((name) => name !== "protocols" && name !== "signal");
  const own: WebSocketStreamOptions = Object.fromEntries(names.map((name) => [name, Reflect.get(options, name)]));
  checkOptions("a WebSocketStream", own, streamChecks, clientOptionAliases);
  return { ...own, protocols: list, signal };
}
