/** The URL of the constructors (WHATWG WebSockets §3.1: "get a URL record", then "obtain a WebSocket connection"). */
import { formatWebSocketUrl, parseWebSocketUrl, type WebSocketUrl } from "@hybi/core/opening";
import { syntaxError } from "../dom/dom-exception.ts";

/** Allowed URL schemes and the WebSocket scheme of each: http and https count as ws and wss. */
const schemes: ReadonlyMap<string, string> = new Map([
  ["ws:", "ws:"],
  ["wss:", "wss:"],
  ["http:", "ws:"],
  ["https:", "wss:"],
]);

/**
 * Returns the serialized ws or wss URL for the application's input, resolved against `base` if it is relative.
 *
 * @throws DOMException SyntaxError for an invalid URL, another scheme, or a fragment, even an empty one
 */
export function resolveUrl(input: string, base: string | undefined): string {
  if (!hasUrl()) return resolveWithCore(input, base);
  const url = parse(input, base);
  const scheme = schemes.get(url.protocol);
  if (scheme === undefined) throw syntaxError(`The URL's scheme must be ws, wss, http or https, not ${url.protocol}`);
  // `hash` is also empty for an empty fragment, but the serialization then ends in "#".
  if (url.hash !== "" || url.href.endsWith("#")) throw syntaxError("The URL must not have a fragment.");
  return scheme + url.href.slice(url.protocol.length);
}

/** Returns the base of relative URLs, in a page or a Worker; undefined elsewhere. */
export function ambientBase(): string | undefined {
  const { location } = globalThis as { location?: { href?: unknown } };
  return typeof location?.href === "string" ? location.href : undefined;
}

/** Returns the origin of a URL, for message events (WHATWG URL §4.7). */
export function originOf({ secure, authority }: WebSocketUrl): string {
  return `${secure ? "wss" : "ws"}://${authority}`;
}

let isUrlUsable: boolean | undefined;

/** Whether the platform's URL works: the accessors of React Native's only throw. */
function hasUrl(): boolean {
  isUrlUsable ??= readsUrls();
  return isUrlUsable;
}

function readsUrls(): boolean {
  try {
    const { protocol, hash, href } = new URL("b#c", "wss://a:1/");
    return `${protocol} ${hash} ${href}` === "wss: #c wss://a:1/b#c";
  } catch {
    return false;
  }
}

/** Without the platform's URL: absolute URLs in ASCII only, as in RFC 6455 §3. */
function resolveWithCore(input: string, base: string | undefined): string {
  try {
    return formatWebSocketUrl(parseWebSocketUrl(input));
  } catch (error) {
    const isRelative = base !== undefined && !/^[a-z][a-z\d+.-]*:/i.test(input);
    const message = isRelative
      ? "A relative URL requires the global URL, which this runtime lacks."
      : (error as Error).message;
    throw syntaxError(message);
  }
}

function parse(input: string, base: string | undefined): URL {
  try {
    return new URL(input, base);
  } catch {
    throw syntaxError(`${JSON.stringify(input)} is not a valid URL.`);
  }
}
