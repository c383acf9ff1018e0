/** Cookies of an opening request (RFC 6265 §4.2.1, §5.4). Opaque: what the pairs mean is the application's business. */
import { type Fields, fieldValues } from "../http/fields.ts";
import { isFieldContent, isToken, trimOws } from "../http/grammar.ts";
import { UsageError } from "../usage-error.ts";

/** One cookie: its name, and its value as written. */
export type Cookie = readonly [name: string, value: string];

/**
 * cookie-string = cookie-pair *( ";" SP cookie-pair )
 *
 * The cookies of a request, in order; a name may come twice. Several lines, as HTTP/2 has them, are one list
 * (RFC 9113 §8.2.3). What is not a pair is left out: a cookie that cannot be read is no reason to refuse a client.
 */
export function parseCookies(fields: Fields): Cookie[] {
  const cookies: Cookie[] = [];
  for (const line of fieldValues(fields, "cookie")) {
    for (const pair of line.split(";")) {
      const equals = pair.indexOf("=");
      const name = trimOws(pair.slice(0, Math.max(equals, 0)));
      if (name !== "") cookies.push([name, trimOws(pair.slice(equals + 1))]);
    }
  }
  return cookies;
}

/** The value of the Cookie field that sends `cookies`. Throws `opening/cookie` when one could be read as two. */
export function formatCookies(cookies: readonly Cookie[]): string {
  for (const [name, value] of cookies) {
    if (!isToken(name) || !isCookieValue(value)) throw new UsageError("opening/cookie", `The cookie was ${name}.`);
  }
  return cookies.map(([name, value]) => `${name}=${value}`).join("; ");
}

/** cookie-value, and what browsers send besides: any field content but `;`, without white space around it. */
function isCookieValue(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    if (!isFieldContent(text.charCodeAt(at)) || text[at] === ";") return false;
  }
  return text === trimOws(text);
}
