/**
 * `@hybi/core/policy`: decisions of clients and servers around the opening handshake, which the WebSocket protocol leaves to
 * them. Exports are in reading order.
 */

// Servers: which pages may connect, who connects, and how many at once.
export type { OriginCheck } from "../opening/request.ts";
export { originCheck, sameHostCheck, serializeOrigin } from "./origin.ts";
export { OpeningSlots } from "./opening-slots.ts";

// Cookies and credentials, for both roles.
export { type Cookie, formatCookies, parseCookies } from "../http/cookies.ts";
export {
  type BasicCredentials,
  basicAuthorization,
  basicCredentialsEqual,
  parseBasicCredentials,
  secretsEqual,
  userinfoAuthorization,
} from "../http/credentials.ts";

// Clients: redirects, proxies and reconnecting.
export { decideRedirect, type RedirectDecision, type RedirectPolicy } from "./redirect.ts";
export { type ProxyEvent, ProxyHandshake, type ProxyHandshakeOptions, type TunnelEvent } from "./proxy-handshake.ts";
export { Backoff, type BackoffOptions } from "./backoff.ts";
