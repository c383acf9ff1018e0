/** Who may connect (RFC 6455 §4.2.2 step 4, §10.2): origins compared in their ASCII serialization (RFC 6454 §6.2). */
import { toAsciiLowerCase } from "../bytes/ascii.ts";
import { parseAuthority } from "../http/authority.ts";
import { takes } from "../options.ts";
import { UsageError } from "../usage-error.ts";
import { type Violation, violation } from "../violation.ts";
import type { OpeningRequest } from "./request.ts";

/** Checks where a request comes from. */
export type OriginCheck = (request: OpeningRequest) => Violation | undefined;

/**
 * A check that refuses with 403 whom `allowed` does not list. `"null"` is an origin like any other, of sandboxed documents
 * among others; allow it only when you mean it. A request without Origin does not come from a browser: it passes unless
 * `absent` is `"refuse"`, since whoever can leave the field out can also write into it what they like.
 *
 * Throws `opening/origin` for an entry that is no origin, such as one with a path.
 */
export function originCheck(allowed: readonly string[], absent: "accept" | "refuse" = "accept"): OriginCheck {
  takes.texts(allowed, "origins");
  takes.oneOf("accept", "refuse")(absent, "absent");
  // What is no origin serializes to undefined, which is never among them.
  const serialized: ReadonlySet<string | undefined> = new Set(
    allowed.map((entry) => {
      const origin = serializeOrigin(entry);
      if (origin === undefined) throw new UsageError("opening/origin", `It was ${JSON.stringify(entry)}.`);
      return origin;
    }),
  );
  return ({ origin }) => {
    const passes = origin === undefined ? absent === "accept" : serialized.has(serializeOrigin(origin));
    return passes ? undefined : violation("opening/origin-refused", 0);
  };
}

/**
 * A check that refuses with 403 the pages of other hosts: host and port of the Origin must be those that the request names
 * in Host, or in `:authority`. A port that is left out is that of the Origin's scheme, as the scheme of the request is
 * unknown where a proxy ends TLS. A request without Origin passes; `null`, and schemes that no page of a host has, do not.
 */
export function sameHostCheck(): OriginCheck {
  return ({ origin, authority }) =>
    origin === undefined || isOfHost(origin, authority) ? undefined : violation("opening/origin-refused", 0);
}

function isOfHost(origin: string, asked: string): boolean {
  const serialized = serializeOrigin(origin) ?? "";
  const scheme = serialized.slice(0, Math.max(serialized.indexOf("://"), 0));
  // With the scheme of the origin, both leave the same port out.
  return defaultPorts.has(scheme) && serializeOrigin(`${scheme}://${asked}`) === serialized;
}

const defaultPorts: ReadonlyMap<string, number> = new Map([
  ["http", 80],
  ["ws", 80],
  ["https", 443],
  ["wss", 443],
]);

/**
 * The ASCII serialization of an origin (RFC 6454 §6.2): scheme and host in lower case, no port when it is the scheme's.
 * Undefined when `text` is neither an origin nor `null`.
 */
export function serializeOrigin(text: string): string | undefined {
  if (text === "null") return text;
  const schemeEnd = text.indexOf("://");
  const scheme = toAsciiLowerCase(text.slice(0, Math.max(schemeEnd, 0)));
  const authority = parseAuthority(text.slice(schemeEnd + 3));
  if (!isScheme(scheme) || authority === undefined) return undefined;
  const host = toAsciiLowerCase(authority.host);
  const port = authority.port === defaultPorts.get(scheme) ? undefined : authority.port;
  return port === undefined ? `${scheme}://${host}` : `${scheme}://${host}:${port}`;
}

/** scheme = ALPHA *( ALPHA / DIGIT / "+" / "-" / "." ) (RFC 3986 §3.1), in lower case */
function isScheme(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    const isLetter = unit >= 0x61 && unit <= 0x7a;
    const isOther = (unit >= 0x30 && unit <= 0x39) || unit === 0x2b || unit === 0x2d || unit === 0x2e;
    if (!isLetter && (at === 0 || !isOther)) return false;
  }
  return text.length > 0;
}
