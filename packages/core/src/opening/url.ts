/**
 * Parses WebSocket URIs into the parts that an opening handshake needs (RFC 6455 §3). Percent-encoding is kept as written,
 * so the server receives what the caller passed. `http` and `https` are aliases of `ws` and `wss`, as in the WHATWG API.
 */
import { toAsciiLowerCase } from "../bytes/ascii.ts";
import { UsageError } from "../checks/usage-error.ts";
import { parseAuthority } from "../http/authority.ts";

/** The parts of a WebSocket URI (RFC 6455 §3). */
export interface WebSocketUrl {
  /** Whether the connection uses TLS. */
  readonly secure: boolean;
  /** The host in lower case; an IPv6 address is in brackets. */
  readonly host: string;
  /** The host as expected by sockets and TLS: an IPv6 address without brackets. */
  readonly address: string;
  /** Defaults to that of the scheme, 80 or 443. */
  readonly port: number;
  /** The value of Host: the host, and the port unless it is the default of the scheme (RFC 6455 §4.1 step 4). */
  readonly authority: string;
  /** The path, at least `/`, and the query including `?` if it is not empty. */
  readonly resourceName: string;
  /** `user:password` as written, percent-encoded, or undefined. Never sent in the target; see `basicAuthorization`. */
  readonly userinfo: string | undefined;
}

/** Parses a WebSocket URI. @throws UsageError `opening/url` with the reason when it is invalid */
export function parseWebSocketUrl(text: string): WebSocketUrl {
  const url = readUrl(text);
  if (typeof url === "string") throw new UsageError("opening/url", url);
  return url;
}

/** Formats the parts as a URI that `parseWebSocketUrl` parses back. */
export function formatWebSocketUrl(url: WebSocketUrl): string {
  const userinfo = url.userinfo === undefined ? "" : `${url.userinfo}@`;
  return `${url.secure ? "wss" : "ws"}://${userinfo}${url.authority}${url.resourceName}`;
}

const secureByScheme: ReadonlyMap<string, boolean> = new Map([
  ["ws", false],
  ["wss", true],
  ["http", false],
  ["https", true],
]);

/** ws-URI = "ws:" "//" host [ ":" port ] path [ "?" query ] (RFC 6455 §3). Returns a sentence with the reason if invalid. */
export function readUrl(text: string): WebSocketUrl | string {
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit <= 0x20 || unit >= 0x7f) return "Only visible ASCII characters are allowed: percent-encode the others.";
    // RFC 6455 §3: fragment identifiers MUST NOT be used, not even empty ones.
    if (unit === 0x23) return "A fragment is not allowed.";
  }
  const schemeEnd = text.indexOf("://");
  const secure = secureByScheme.get(toAsciiLowerCase(text.slice(0, Math.max(schemeEnd, 0))));
  if (secure === undefined) return "The scheme must be ws, wss, http or https.";
  const authorityStart = schemeEnd + 3;
  const authorityEnd = firstOf(text, "/?", authorityStart);
  const userinfoEnd = text.lastIndexOf("@", authorityEnd - 1);
  const hasUserinfo = userinfoEnd >= authorityStart;
  const userinfo = hasUserinfo ? text.slice(authorityStart, userinfoEnd) : undefined;
  // RFC 3986 §3.2.1. The important case is a backslash: browsers end the host there (WHATWG URL §4.4), so an application
  // that checked the URL with a browser's parser would have checked a different host.
  if (userinfo !== undefined && !/^[\w.~!$&'()*+,;=:%-]*$/.test(userinfo))
    return "The userinfo must be percent-encoded.";
  const authority = parseAuthority(text.slice(hasUserinfo ? userinfoEnd + 1 : authorityStart, authorityEnd));
  if (authority === undefined) return "The host or the port is malformed.";
  return {
    ...webSocketOrigin(secure, authority.host, authority.port),
    resourceName: resourceName(text, authorityEnd),
    userinfo,
  };
}

/** Returns the parts of a URL that identify the endpoint to connect to. */
function webSocketOrigin(
  secure: boolean,
  host: string,
  port: number | undefined,
): Omit<WebSocketUrl, "resourceName" | "userinfo"> {
  const lowerHost = toAsciiLowerCase(host);
  const defaultPort = secure ? 443 : 80;
  return {
    secure,
    host: lowerHost,
    address: lowerHost.startsWith("[") ? lowerHost.slice(1, -1) : lowerHost,
    port: port ?? defaultPort,
    authority: port === undefined || port === defaultPort ? lowerHost : `${lowerHost}:${port}`,
  };
}

/** Returns the resource-name, the part after the authority (RFC 6455 §3). */
function resourceName(text: string, start: number): string {
  const rest = text.slice(start);
  const path = rest.startsWith("/") ? rest : `/${rest}`;
  // RFC 6455 §3: "?" only if the query component is non-empty.
  return path.indexOf("?") === path.length - 1 ? path.slice(0, -1) : path;
}

/** Returns the index of the first of `chars` from `start` on, or the length of `text`. */
function firstOf(text: string, chars: string, start: number): number {
  let at = start;
  while (at < text.length && !chars.includes(text[at] as string)) at++;
  return at;
}
