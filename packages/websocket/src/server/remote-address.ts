/** Parses remote addresses for counting openings: which ones count as one client, and which may be those of a proxy. */

/** The 16-bit groups of an address: eight for IPv6, two for IPv4. */
type Groups = readonly number[];

/**
 * Returns the key by which openings of the same client are counted: the IPv4 address, or the first 64 bits of the IPv6
 * address, because a single customer has all addresses below them (RFC 6177 §2). Text that is not an address is
 * returned as is.
 */
export function addressKey(address: string): string {
  const groups = parseAddress(address);
  if (groups === undefined) return address;
  return groups.length === 2 ? groups.join(".") : groups.slice(0, 4).join(":");
}

/**
 * Whether the address is public, so that it belongs to a client or to a proxy that serves many. Other addresses are in
 * the same machine or network, as a reverse proxy's usually is.
 */
export function isPublicAddress(address: string): boolean {
  const groups = parseAddress(address);
  if (groups === undefined) return false;
  const [first = 0, second = 0] = groups;
  if (groups.length === 2) {
    const byte = first >> 8;
    // RFC 6890 §2.2.2: this host, private use, shared by carriers and clouds, loopback, link local.
    return !(
      byte === 0 ||
      byte === 10 ||
      byte === 127 ||
      first === 0xc0a8 ||
      first === 0xa9fe ||
      (first & 0xfff0) === 0xac10 ||
      (first & 0xffc0) === 0x6440
    );
  }
  // RFC 6890 §2.2.3: unspecified and loopback, unique local, link local.
  const isLocal = groups.slice(0, 7).every((group) => group === 0) && groups[7]! <= 1;
  return !(isLocal || (first & 0xfe00) === 0xfc00 || (first & 0xffc0) === 0xfe80 || (first === 0 && second !== 0));
}

/** Returns undefined for text that is neither IPv4 nor IPv6. An IPv4 address embedded in IPv6 is returned as IPv4. */
function parseAddress(text: string): Groups | undefined {
  const zone = text.indexOf("%");
  const address = zone < 0 ? text : text.slice(0, zone);
  if (!address.includes(":")) return parseIpv4(address);
  // As nearly all clients of a dual-stack socket are reported, so this comes first.
  const mapped = address.startsWith(mappedPrefix) ? parseIpv4(address.slice(mappedPrefix.length)) : undefined;
  if (mapped !== undefined) return mapped;
  const groups = parseIpv6(address);
  if (groups === undefined) return undefined;
  // RFC 4291 §2.5.5.2: IPv4-mapped, as dual-stack sockets report IPv4 addresses. RFC 6052 §2.1: IPv4-embedded, as a
  // translator in front of the server writes them.
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  const isTranslated = groups[0] === 0x64 && groups[1] === 0xff9b && groups.slice(2, 6).every((group) => group === 0);
  return isMapped || isTranslated ? groups.slice(6) : groups;
}

const mappedPrefix = "::ffff:";

/** Four bytes in decimal. Without lists of parts, because every transport that a server receives comes by here. */
function parseIpv4(text: string): Groups | undefined {
  let address = 0;
  let byte = 0;
  let digits = 0;
  let parts = 1;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === 0x2e && digits > 0) {
      address = address * 256 + byte;
      byte = 0;
      digits = 0;
      parts++;
    } else if (unit >= 0x30 && unit <= 0x39 && digits < 3) {
      byte = byte * 10 + unit - 0x30;
      digits++;
      if (byte > 255) return undefined;
    } else return undefined;
  }
  if (parts !== 4 || digits === 0) return undefined;
  return [(address >> 8) & 0xffff, ((address & 0xff) << 8) | byte];
}

/**
 * Parses eight groups. `::` stands for the missing zero groups, and the last two groups may be written as an IPv4
 * address (RFC 4291 §2.2).
 */
function parseIpv6(text: string): Groups | undefined {
  const halves = text.split("::").map((half) => (half === "" ? [] : half.split(":").flatMap(parseGroup)));
  const [head = [], tail] = halves;
  const missing = 8 - head.length - (tail?.length ?? 0);
  if (halves.length > 2 || (tail === undefined ? missing !== 0 : missing < 1)) return undefined;
  const groups = tail === undefined ? head : [...head, ...new Array<number>(missing).fill(0), ...tail];
  return groups.some(Number.isNaN) ? undefined : groups;
}

function parseGroup(text: string): Groups {
  if (text.includes(".")) return parseIpv4(text) ?? [Number.NaN];
  return [/^[\da-f]{1,4}$/i.test(text) ? Number.parseInt(text, 16) : Number.NaN];
}
