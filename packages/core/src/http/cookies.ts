/** Cookies of an opening request (RFC 6265 §4.2.1, §5.4). Names and values are opaque; the application interprets them. */

import { UsageError } from "../checks/usage-error.ts";
import { type Fields, fieldValues } from "./fields.ts";
import { isFieldContent, isToken, trimOws } from "./grammar.ts";

/** One cookie: its name, and its value as received or sent. */
export type Cookie = readonly [name: string, value: string];

/**
 * cookie-string = cookie-pair *( ";" SP cookie-pair )
 *
 * Returns the cookies of a request in order; names may repeat. `source` are its fields, or the value of its Cookie field, if it
 * has one: `request.headers.cookie` of `node:http`, `request.headers.get("cookie")` elsewhere. Several Cookie lines, as in HTTP/2,
 * form one list (RFC 9113 §8.2.3). Malformed pairs are skipped: an unreadable cookie is no reason to reject a client.
 *
 * @throws UsageError `option/type` when `source` is anything else
 */
export function parseCookies(source: Fields | string | null | undefined): Cookie[] {
  const cookies: Cookie[] = [];
  const lines = typeof source === "string" ? [source] : fieldValues(source ?? [], "cookie");
  for (const line of lines) {
    for (const pair of line.split(";")) {
      const equals = pair.indexOf("=");
      const name = trimOws(pair.slice(0, Math.max(equals, 0)));
      if (name !== "") cookies.push([name, trimOws(pair.slice(equals + 1))]);
    }
  }
  return cookies;
}

/** Returns the value of the Cookie field. @throws UsageError `opening/cookie` when a cookie could be read as two */
export function formatCookies(cookies: readonly Cookie[]): string {
  for (const [name, value] of cookies) {
    if (!isToken(name) || !isCookieValue(value)) throw new UsageError("opening/cookie", `The cookie was ${name}.`);
  }
  return cookies.map(([name, value]) => `${name}=${value}`).join("; ");
}

/** cookie-value, extended to what browsers send: any field content except `;`, without surrounding white space. */
function isCookieValue(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    if (!isFieldContent(text.charCodeAt(at)) || text[at] === ";") return false;
  }
  return text === trimOws(text);
}
