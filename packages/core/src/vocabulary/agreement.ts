/** The result of an opening handshake: what the two endpoints agreed on, over HTTP or by other means (RFC 6455 §4, §9.1). */
import type { ExtensionParameters } from "./extension.ts";
import { type Leniency, noLeniencies } from "./leniency.ts";
import type { Role } from "./terms.ts";

/** An agreed extension, with the parameters from the server's response (RFC 6455 §9.1). */
export interface AgreedExtension {
  readonly name: string;
  readonly parameters: ExtensionParameters;
}

/** The agreed parameters of a connection. Plain data, so that peers that do not use HTTP can construct one themselves. */
export interface Agreement {
  readonly role: Role;
  /** The agreed subprotocol (RFC 6455 §1.9), or undefined for none. */
  readonly subprotocol: string | undefined;
  /** In the order of the response, which is the order in which they are applied when sending (RFC 6455 §9.1). */
  readonly extensions: readonly AgreedExtension[];
  /** The leniencies used during the opening handshake. */
  readonly tolerated: readonly Leniency[];
}

/** Shared by all connections without extensions, like `noLeniencies`. */
export const noExtensions: readonly AgreedExtension[] = Object.freeze([]);

/** Returns the agreement for a dedicated port or pipe without HTTP: no subprotocol, no extensions. */
export function plainAgreement(role: Role): Agreement {
  return { role, subprotocol: undefined, extensions: noExtensions, tolerated: noLeniencies };
}
