/** The server name of TLS for an address. */
import { isIP } from "node:net";

/** RFC 6066 §3: a literal address is no server name, and a name stands "without a trailing dot". */
export function serverName(address: string): string {
  return isIP(address) === 0 ? address.replace(/\.$/, "") : "";
}
