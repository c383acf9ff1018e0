/** The TLS server name (SNI) for an address. */

/**
 * Returns the server name for the host `address`, or an empty string if it has none. RFC 6066 §3: an IP address is not a server
 * name, and a name is sent "without a trailing dot".
 */
export function tlsServerName(address: string): string {
  const name = address.replace(/\.$/, "");
  return name.includes(":") || /^\d+(?:\.\d+){3}$/.test(name) ? "" : name;
}
