/** What the two endpoints agreed on: the outcome of an opening handshake, or of any other means (RFC 6455 §4, §9.1). */
import type { ExtensionParameters } from "../extension.ts";
import type { Leniency } from "../leniency.ts";
import type { Role } from "../role.ts";

/** An extension in use, with the parameters of the server's response (RFC 6455 §9.1). */
export interface AgreedExtension {
  readonly name: string;
  readonly parameters: ExtensionParameters;
}

/** Plain data, so that peers who agree by other means than HTTP can write one by hand. */
export interface Agreement {
  readonly role: Role;
  /** The subprotocol in use (RFC 6455 §1.9), or undefined for none. */
  readonly subprotocol: string | undefined;
  /** In the order of the response, which is the order of application when sending (RFC 6455 §9.1). */
  readonly extensions: readonly AgreedExtension[];
  /** The leniencies that were needed to come this far. */
  readonly tolerated: readonly Leniency[];
}

/** The agreement of two peers on a dedicated port or pipe: no subprotocol, no extension, no HTTP. */
export function plainAgreement(role: Role): Agreement {
  return { role, subprotocol: undefined, extensions: [], tolerated: [] };
}
