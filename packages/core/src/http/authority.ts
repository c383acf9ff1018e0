/**
 * Parses an authority, host and optional port, as used in Host, in an absolute-form target, in `:authority` and in URLs
 * (RFC 9110 §4, §7.2; RFC 3986 §3.2).
 */

/** An authority without userinfo. */
export interface Authority {
  /** As written: a name, an IPv4 address, or an IPv6 address in brackets. */
  readonly host: string;
  /** 1 to 65535, or undefined when no port is given. */
  readonly port: number | undefined;
}

/** Parses `uri-host [ ":" port ]`. Returns undefined when `text` does not match, is empty, or has userinfo. */
export function parseAuthority(text: string): Authority | undefined {
  // An IPv6 address contains colons, but only inside its brackets.
  const hostEnd = text.startsWith("[") ? text.indexOf("]") + 1 : indexOrEnd(text, ":");
  const host = text.slice(0, hostEnd);
  if (!isHost(host)) return undefined;
  if (hostEnd === text.length) return { host, port: undefined };
  if (text[hostEnd] !== ":") return undefined;
  const port = parsePort(text.slice(hostEnd + 1));
  return port === "invalid" ? undefined : { host, port };
}

/** port = *DIGIT (RFC 3986 §3.2.3), limited to the TCP range 1 to 65535. An empty port counts as absent. */
function parsePort(text: string): number | undefined | "invalid" {
  if (text === "") return undefined;
  let port = 0;
  for (let at = 0; at < text.length; at++) {
    const digit = text.charCodeAt(at) - 0x30;
    if (digit < 0 || digit > 9) return "invalid";
    port = port * 10 + digit;
  }
  return port >= 1 && port <= 0xffff ? port : "invalid";
}

/**
 * host = IP-literal / IPv4address / reg-name, not empty (RFC 9110 §4.2.1: an empty host is invalid for http and https).
 * The caller ensures that text starting with a bracket also ends with one.
 */
function isHost(text: string): boolean {
  if (text.startsWith("[")) return isIpv6Address(text.slice(1, -1));
  return text.length > 0 && isRegName(text);
}

const dot = 0x2e;
const percent = 0x25;

/** reg-name = *( unreserved / pct-encoded / sub-delims ) (RFC 3986 §3.2.2) */
function isRegName(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (isAlphanumeric(unit) || unit === dot) continue;
    if (unit === percent) {
      if (!isHexDigits(text.slice(at + 1, at + 3), 2, 2)) return false;
      at += 2;
    } else if (!"-_~!$&'()*+,;=".includes(text[at] as string)) return false;
  }
  return true;
}

/**
 * IPv6address (RFC 3986 §3.2.2): eight groups of 16 bits. `::` stands for one or more zero groups. The last two groups may
 * be an IPv4 address.
 */
function isIpv6Address(text: string): boolean {
  const halves = text.split("::");
  if (halves.length > 2) return false;
  let groups = 0;
  for (const [index, half] of halves.entries()) {
    const parts = half === "" ? [] : half.split(":");
    for (const [position, part] of parts.entries()) {
      const isLast = index === halves.length - 1 && position === parts.length - 1;
      if (isLast && isIpv4Address(part)) groups += 2;
      else if (isHexDigits(part, 1, 4)) groups += 1;
      else return false;
    }
  }
  return halves.length === 2 ? groups <= 7 : groups === 8;
}

/** IPv4address = dec-octet "." dec-octet "." dec-octet "." dec-octet (RFC 3986 §3.2.2) */
function isIpv4Address(text: string): boolean {
  const octets = text.split(".");
  return octets.length === 4 && octets.every(isDecOctet);
}

/** dec-octet: 0 to 255 without leading zeros */
function isDecOctet(text: string): boolean {
  const value = Number(text);
  return value >= 0 && value <= 255 && text === String(value);
}

function isHexDigits(text: string, least: number, most: number): boolean {
  if (text.length < least || text.length > most) return false;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    const lower = unit | 0x20;
    if (!(unit >= 0x30 && unit <= 0x39) && !(lower >= 0x61 && lower <= 0x66)) return false;
  }
  return true;
}

/** ALPHA / DIGIT */
function isAlphanumeric(unit: number): boolean {
  const lower = unit | 0x20;
  return (unit >= 0x30 && unit <= 0x39) || (lower >= 0x61 && lower <= 0x7a);
}

function indexOrEnd(text: string, char: string): number {
  const index = text.indexOf(char);
  return index < 0 ? text.length : index;
}
