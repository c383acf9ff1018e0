/** Negotiation of permessage-deflate (RFC 7692 §7.1): offers, responses, and the agreed parameters per direction. */
import type { ExtensionParameters, Role } from "@hybi/core";
import type { WindowBits } from "./codec.ts";
import type { ResolvedOptions } from "./options.ts";
import { type DeflateParameters, parseParameters } from "./parameters.ts";

/** Client: returns the offers, in order of preference. */
export function offersOf(options: ResolvedOptions): readonly DeflateParameters[] {
  const { serverNoContextTakeover, clientNoContextTakeover, serverMaxWindowBits, clientMaxWindowBits } = options;
  const plain: DeflateParameters = {
    serverNoContextTakeover: false,
    clientNoContextTakeover,
    serverMaxWindowBits: undefined,
    // RFC 7692 §7.1.2.2: with or without a value, it lets the server choose a smaller window for the client.
    clientMaxWindowBits: options.choosesClientWindow
      ? clientMaxWindowBits === 15
        ? "any"
        : clientMaxWindowBits
      : undefined,
  };
  if (!serverNoContextTakeover && serverMaxWindowBits === 15) return [plain];
  const asking: DeflateParameters = {
    ...plain,
    serverNoContextTakeover,
    serverMaxWindowBits: serverMaxWindowBits === 15 ? undefined : serverMaxWindowBits,
  };
  return options.fallback ? [asking, plain] : [asking];
}

/** Client: checks the response against the offers. Returns the reason when it matches none of them, otherwise undefined. */
export function checkResponse(response: ExtensionParameters, offers: readonly DeflateParameters[]): string | undefined {
  const agreed = parseParameters(response, "response");
  if (typeof agreed === "string") return agreed;
  let reason: string | undefined;
  // RFC 7692 §5: the response has the agreed parameters, but does not say which offer was accepted.
  for (const offer of offers) {
    const reasonAgainst = checkAgainst(agreed, offer);
    if (reasonAgainst === undefined) return undefined;
    reason ??= reasonAgainst;
  }
  return reason;
}

function checkAgainst(agreed: DeflateParameters, offer: DeflateParameters): string | undefined {
  // RFC 7692 §7.1.1.1: the server accepts the offer by including the parameter.
  if (offer.serverNoContextTakeover && !agreed.serverNoContextTakeover) return "server_no_context_takeover is missing";
  // RFC 7692 §7.1.2.2: without the parameter in the offer, the response must not have it.
  if (offer.clientMaxWindowBits === undefined && agreed.clientMaxWindowBits !== undefined) {
    return "client_max_window_bits was not offered";
  }
  // RFC 7692 §7.1.2.1: the server accepts the offer by including the parameter with the same or a smaller value.
  if (
    offer.serverMaxWindowBits !== undefined &&
    !(windowBits(agreed.serverMaxWindowBits) <= offer.serverMaxWindowBits)
  ) {
    return `server_max_window_bits must be ${offer.serverMaxWindowBits} or less`;
  }
  return undefined;
}

/** Server: returns the response to an offer, or undefined to decline it. */
export function respond(offered: ExtensionParameters, options: ResolvedOptions): DeflateParameters | undefined {
  const offer = parseParameters(offered, "offer");
  // RFC 7692 §7: decline a malformed offer.
  if (typeof offer === "string") return undefined;
  const hint = offer.clientMaxWindowBits;
  // RFC 7692 §7.1.2.2: the response must not have a parameter that was not offered, so the client could use 32 KiB.
  if (hint === undefined && options.clientMaxWindowBits < 15) return undefined;
  const serverBits = smaller(options.serverMaxWindowBits, offer.serverMaxWindowBits);
  const clientBits = smaller(options.clientMaxWindowBits, hint === "any" ? undefined : hint);
  return {
    serverNoContextTakeover: options.serverNoContextTakeover || offer.serverNoContextTakeover,
    clientNoContextTakeover: options.clientNoContextTakeover || offer.clientNoContextTakeover,
    serverMaxWindowBits: offer.serverMaxWindowBits === undefined && serverBits === 15 ? undefined : serverBits,
    clientMaxWindowBits:
      hint === undefined || clientBits === 15 || !options.choosesClientWindow ? undefined : clientBits,
  };
}

/** Parameters of one direction. */
interface Direction {
  readonly windowBits: WindowBits;
  readonly takeover: boolean;
}

/** The agreed parameters from the perspective of one endpoint. */
export interface Directions {
  readonly sending: Direction;
  readonly receiving: Direction;
}

/** Either role: maps the agreed parameters to directions. An endpoint may send with less than what was agreed. */
export function directionsOf(agreed: DeflateParameters, role: Role, options: ResolvedOptions): Directions {
  const server: Direction = {
    windowBits: windowBits(agreed.serverMaxWindowBits),
    takeover: !agreed.serverNoContextTakeover,
  };
  const client: Direction = {
    windowBits: windowBits(agreed.clientMaxWindowBits),
    takeover: !agreed.clientNoContextTakeover,
  };
  if (role === "server") {
    const { serverMaxWindowBits, serverNoContextTakeover } = options;
    return { sending: reduced(server, serverMaxWindowBits, serverNoContextTakeover), receiving: client };
  }
  const { clientMaxWindowBits, clientNoContextTakeover } = options;
  return { sending: reduced(client, clientMaxWindowBits, clientNoContextTakeover), receiving: server };
}

function reduced(direction: Direction, bits: WindowBits, noContextTakeover: boolean): Direction {
  return { windowBits: smaller(bits, direction.windowBits), takeover: direction.takeover && !noContextTakeover };
}

/** RFC 7692 §7.1.2: without the parameter, the window is 32 KiB. A response never has `"any"`. */
function windowBits(value: WindowBits | "any" | undefined): WindowBits {
  return value === undefined || value === "any" ? 15 : value;
}

function smaller(own: WindowBits, other: WindowBits | undefined): WindowBits {
  return other !== undefined && other < own ? other : own;
}
