/** The URL of the constructors (WHATWG WebSockets §3.1: "get a URL record", then "obtain a WebSocket connection"). */
import { formatWebSocketUrl, parseWebSocketUrl } from "@hybi/core";
import { syntaxError } from "./dom-exception.ts";

/** Schemes, and what they are for a WebSocket: http and https are understood as ws and wss. */
const schemes: ReadonlyMap<string, string> = new Map([
  ["ws:", "ws:"],
  ["wss:", "wss:"],
  ["http:", "ws:"],
  ["https:", "wss:"],
]);

/**
 * The serialized ws or wss URL for what the application gave, relative to `base` if it is relative. A SyntaxError for what
 * is no URL, for another scheme, and for a fragment, be it empty.
 */
export function resolveUrl(input: string, base: string | undefined): string {
  if (!hasUrl()) return resolveWithCore(input, base);
  const url = parse(input, base);
  const scheme = schemes.get(url.protocol);
  if (scheme === undefined) throw syntaxError(`The URL's scheme must be ws, wss, http or https, not ${url.protocol}`);
  // `hash` is empty for an empty fragment too, and the serialization then ends in "#".
  if (url.hash !== "" || url.href.endsWith("#")) throw syntaxError("The URL must not have a fragment.");
  return scheme + url.href.slice(url.protocol.length);
}

/** Where relative URLs begin, in a page or a Worker; undefined elsewhere. */
export function ambientBase(): string | undefined {
  const { location } = globalThis as { location?: { href?: unknown } };
  return typeof location?.href === "string" ? location.href : undefined;
}

/** The origin of a URL that was resolved, as message events have it (WHATWG URL §4.7). */
export function originOf(url: string): string {
  const { secure, authority } = parseWebSocketUrl(url);
  return `${secure ? "wss" : "ws"}://${authority}`;
}

let isUrlUsable: boolean | undefined;

/** Whether the platform's URL does what it should: React Native's has accessors that only throw. */
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

/** As RFC 6455 §3 has it: absolute, and in ASCII. */
function resolveWithCore(input: string, base: string | undefined): string {
  try {
    return formatWebSocketUrl(parseWebSocketUrl(input));
  } catch (error) {
    const isRelative = base !== undefined && !/^[a-z][a-z\d+.-]*:/i.test(input);
    const message = isRelative ? "A relative URL needs URL, which this runtime lacks." : (error as Error).message;
    throw syntaxError(message);
  }
}

function parse(input: string, base: string | undefined): URL {
  try {
    return new URL(input, base);
  } catch {
    throw syntaxError(`${JSON.stringify(input)} is no URL.`);
  }
}
