/**
 * Decides whether and where to follow a redirect (RFC 6455 §4.1 step 1, RFC 9110 §15.4). Clients need not follow redirects;
 * these are the rules for a client that is configured to. Each attempt is a separate opening handshake with a new key.
 */
import { equalsIgnoringCase } from "../bytes/ascii.ts";
import { type Fields, fieldValues } from "../http/fields.ts";
import type { ResponseHead } from "../http/head.ts";
import { formatWebSocketUrl, readUrl, type WebSocketUrl } from "../opening/url.ts";

/** How a client handles redirects. */
export interface RedirectPolicy {
  /** Maximum number of redirects to follow in a row; 0 disables them. */
  readonly limit: number;
  /** Number of redirects followed so far. */
  readonly followed: number;
}

/** Where to connect next, or why not to follow. */
export type RedirectDecision =
  | {
      readonly type: "follow";
      readonly url: WebSocketUrl;
      readonly fields: Fields;
      /** Whether scheme, host and port are those of the URL that redirected. */
      readonly sameOrigin: boolean;
    }
  | {
      readonly type: "stay";
      readonly reason: "not-a-redirect" | "not-enabled" | "too-many" | "location-malformed" | "insecure";
    };

const redirectStatuses: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Fields that carry credentials for one origin and must not be sent to another. */
const originBound: readonly string[] = ["authorization", "cookie", "proxy-authorization"];

/**
 * Decides whether to follow `response`, which rejected an opening request to `url` with the application's `fields`. The
 * decision contains the fields to send to the next URL: credentials are dropped when the origin changes.
 */
export function decideRedirect(
  url: WebSocketUrl,
  response: ResponseHead,
  fields: Fields,
  policy: RedirectPolicy,
): RedirectDecision {
  if (!redirectStatuses.has(response.status)) return { type: "stay", reason: "not-a-redirect" };
  if (policy.limit === 0) return { type: "stay", reason: "not-enabled" };
  if (policy.followed >= policy.limit) return { type: "stay", reason: "too-many" };
  const locations = fieldValues(response.fields, "location");
  const next = locations.length === 1 ? resolveReference(url, locations[0] as string) : undefined;
  if (next === undefined) return { type: "stay", reason: "location-malformed" };
  // Never follow a redirect from wss to ws.
  if (url.secure && !next.secure) return { type: "stay", reason: "insecure" };
  const sameOrigin = url.secure === next.secure && url.host === next.host && url.port === next.port;
  if (sameOrigin) {
    return { type: "follow", url: { ...next, userinfo: next.userinfo ?? url.userinfo }, fields, sameOrigin };
  }
  const kept = fields.filter(([name]) => !originBound.some((bound) => equalsIgnoringCase(name, bound)));
  return { type: "follow", url: next, fields: kept, sameOrigin };
}

/** Resolves `reference` against `base` (RFC 3986 §5.2.2). Drops the fragment, which is for the client only. */
function resolveReference(base: WebSocketUrl, reference: string): WebSocketUrl | undefined {
  const target = reference.split("#", 1)[0] as string;
  const url = readUrl(absolute(base, target));
  return typeof url === "string" ? undefined : { ...url, resourceName: removeDotSegments(url.resourceName) };
}

function absolute(base: WebSocketUrl, reference: string): string {
  // scheme = ALPHA *( ALPHA / DIGIT / "+" / "-" / "." ), then a colon
  if (/^[A-Za-z][A-Za-z0-9+.-]*:/.test(reference)) return reference;
  if (reference.startsWith("//")) return `${base.secure ? "wss" : "ws"}:${reference}`;
  const path = base.resourceName.split("?", 1)[0] as string;
  const origin = formatWebSocketUrl({ ...base, resourceName: "", userinfo: undefined });
  if (reference === "") return `${origin}${base.resourceName}`;
  if (reference.startsWith("/")) return `${origin}${reference}`;
  if (reference.startsWith("?")) return `${origin}${path}${reference}`;
  return `${origin}${path.slice(0, path.lastIndexOf("/") + 1)}${reference}`;
}

/** Removes the path segments `.` and `..` (RFC 3986 §5.2.4). */
function removeDotSegments(resourceName: string): string {
  const queryStart = resourceName.indexOf("?");
  const pathEnd = queryStart < 0 ? resourceName.length : queryStart;
  const segments = resourceName.slice(0, pathEnd).split("/").slice(1);
  const kept: string[] = [];
  for (const [index, segment] of segments.entries()) {
    const isLast = index === segments.length - 1;
    if (segment === "..") kept.pop();
    if (segment !== "." && segment !== "..") kept.push(segment);
    else if (isLast) kept.push("");
  }
  return `/${kept.join("/")}${resourceName.slice(pathEnd)}`;
}
