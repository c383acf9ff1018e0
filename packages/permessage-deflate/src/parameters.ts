/**
 * Parses and formats the four parameters of permessage-deflate (RFC 7692 §7.1). Has the rules common to offers and
 * responses: known names, no repetition, and valid values.
 */
import type { ExtensionParameter, ExtensionParameters } from "@hybi/core";
import type { WindowBits } from "./codec.ts";

/** A well-formed offer or response. */
export interface DeflateParameters {
  readonly serverNoContextTakeover: boolean;
  readonly clientNoContextTakeover: boolean;
  readonly serverMaxWindowBits: WindowBits | undefined;
  /** `"any"` when present without a value, which is allowed in an offer. */
  readonly clientMaxWindowBits: WindowBits | "any" | undefined;
}

/** Where the parameters come from. */
export type ParametersOf = "offer" | "response";

/** Parses parameters. Returns the reason as text when they are malformed (RFC 7692 §7.1). */
export function parseParameters(parameters: ExtensionParameters, of: ParametersOf): DeflateParameters | string {
  const seen = new Set<string>();
  let serverNoContextTakeover = false;
  let clientNoContextTakeover = false;
  let serverMaxWindowBits: WindowBits | undefined;
  let clientMaxWindowBits: WindowBits | "any" | undefined;
  for (const [name, value] of parameters) {
    if (seen.has(name)) return `${name} appears more than once`;
    seen.add(name);
    switch (name) {
      case "server_no_context_takeover":
        // RFC 7692 §7.1.1.1: this parameter has no value.
        if (value !== undefined) return `${name} must not have a value`;
        serverNoContextTakeover = true;
        break;
      case "client_no_context_takeover":
        // RFC 7692 §7.1.1.2: this parameter has no value.
        if (value !== undefined) return `${name} must not have a value`;
        clientNoContextTakeover = true;
        break;
      case "server_max_window_bits":
        serverMaxWindowBits = parseWindowBits(value);
        if (serverMaxWindowBits === undefined) return `${name} must be a number from 8 to 15`;
        break;
      case "client_max_window_bits":
        // RFC 7692 §7.1.2.2: the value may be omitted only in an offer.
        clientMaxWindowBits = value === undefined && of === "offer" ? "any" : parseWindowBits(value);
        if (clientMaxWindowBits === undefined) return `${name} must be a number from 8 to 15`;
        break;
      default:
        return `${name} is not a parameter of permessage-deflate`;
    }
  }
  return { serverNoContextTakeover, clientNoContextTakeover, serverMaxWindowBits, clientMaxWindowBits };
}

export function formatParameters(parameters: DeflateParameters): ExtensionParameters {
  const { serverMaxWindowBits, clientMaxWindowBits } = parameters;
  const list: ExtensionParameter[] = [];
  if (parameters.serverNoContextTakeover) list.push(["server_no_context_takeover", undefined]);
  if (parameters.clientNoContextTakeover) list.push(["client_no_context_takeover", undefined]);
  if (serverMaxWindowBits !== undefined) list.push(["server_max_window_bits", String(serverMaxWindowBits)]);
  if (clientMaxWindowBits === "any") list.push(["client_max_window_bits", undefined]);
  else if (clientMaxWindowBits !== undefined) list.push(["client_max_window_bits", String(clientMaxWindowBits)]);
  return list;
}

/** RFC 7692 §7.1.2.1: a decimal integer without leading zeroes between 8 and 15. */
function parseWindowBits(value: string | undefined): WindowBits | undefined {
  return value !== undefined && /^(?:[89]|1[0-5])$/.test(value) ? (Number(value) as WindowBits) : undefined;
}
