/** The TLS server name (SNI) for an address. */
import { isIP } from "node:net";

/** Returns the server name. RFC 6066 §3: an IP address is not a server name, and a name is sent "without a trailing dot". */
export function serverName(address: string): string {
  return isIP(address) === 0 ? address.replace(/\.$/, "") : "";
}
