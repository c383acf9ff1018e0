/** Origin checks for servers (RFC 6455 §4.2.2 step 4, §10.2). Compares ASCII serializations of origins (RFC 6454 §6.2). */
import { toAsciiLowerCase } from "../bytes/ascii.ts";
import { takes } from "../checks/option-checks.ts";
import { UsageError } from "../checks/usage-error.ts";
import { parseAuthority } from "../http/authority.ts";
import type { OriginCheck } from "../opening/request.ts";
import { requestViolation } from "../vocabulary/violation.ts";

/**
 * Creates a check that rejects origins not listed in `allowed` with 403. `"null"` is an ordinary entry; sandboxed documents,
 * among others, have this origin, so allow it only deliberately. A request without Origin does not come from a browser. It
 * passes unless `absent` is `"refuse"`, because a client that can omit the field can also forge it.
 *
 * @throws UsageError `opening/origin` for an entry that is not an origin, such as one with a path
 */
export function originCheck(allowed: readonly string[], absent: "accept" | "refuse" = "accept"): OriginCheck {
  takes.texts(allowed, "origins");
  takes.oneOf("accept", "refuse")(absent, "absent");
  // An invalid origin serializes to undefined, which is never in the set.
  const serialized: ReadonlySet<string | undefined> = new Set(
    allowed.map((entry) => {
      const origin = serializeOrigin(entry);
      if (origin === undefined) throw new UsageError("opening/origin", `It was ${JSON.stringify(entry)}.`);
      return origin;
    }),
  );
  return ({ origin }) => {
    const passes = origin === undefined ? absent === "accept" : serialized.has(serializeOrigin(origin));
    return passes ? undefined : requestViolation("opening/origin-refused", 0);
  };
}

/**
 * Creates a check that rejects pages of other hosts with 403: host and port of Origin must equal those in Host or
 * `:authority`. A missing port is the default of the Origin's scheme, because the scheme of the request is unknown behind a
 * TLS-terminating proxy. A request without Origin passes; `null` and schemes other than http, https, ws and wss do not.
 */
export function sameHostCheck(): OriginCheck {
  return ({ origin, authority }) =>
    origin === undefined || isOfHost(origin, authority) ? undefined : requestViolation("opening/origin-refused", 0);
}

function isOfHost(origin: string, asked: string): boolean {
  const serialized = serializeOrigin(origin) ?? "";
  const scheme = serialized.slice(0, Math.max(serialized.indexOf("://"), 0));
  // Serializing both with the scheme of the origin omits the same default port.
  return defaultPorts.has(scheme) && serializeOrigin(`${scheme}://${asked}`) === serialized;
}

const defaultPorts: ReadonlyMap<string, number> = new Map([
  ["http", 80],
  ["ws", 80],
  ["https", 443],
  ["wss", 443],
]);

/**
 * Returns the ASCII serialization of an origin (RFC 6454 §6.2): scheme and host in lower case, without the scheme's default
 * port. Returns undefined when `text` is neither an origin nor `null`.
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
