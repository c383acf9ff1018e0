/**
 * Parses and formats the value of Sec-WebSocket-Extensions (RFC 6455 §9.1). Parsing is one pass from left to right. Names
 * are compared, never looked up in an object, so `constructor` needs no special handling.
 */

import { UsageError } from "../checks/usage-error.ts";
import { isToken, parseQuotedString, skipOws, skipToken } from "../http/grammar.ts";
import type { ExtensionParameter, ExtensionParameters } from "../vocabulary/extension.ts";
import type { Limits } from "../vocabulary/limits.ts";

/** An extension as listed in the field: an offer in a request, an accepted extension in a response. */
export interface ExtensionOffer {
  readonly name: string;
  readonly parameters: ExtensionParameters;
}

/** Maximum numbers of extensions and of parameters per extension. */
export type ExtensionLimits = Pick<Limits, "extensionOffers" | "extensionParameters">;

const unlimited: ExtensionLimits = {
  extensionOffers: Number.POSITIVE_INFINITY,
  extensionParameters: Number.POSITIVE_INFINITY,
};

/**
 * extension-list = 1#extension
 *
 * Returns the extensions of all lines of the field, in order (RFC 6455 §9.1: lines combine). Returns undefined when they do
 * not conform to the grammar, and "too-many" as soon as they exceed `limits`. Empty list elements are skipped (RFC 9110
 * §5.6.1.2).
 */
export function parseExtensions(values: readonly string[]): ExtensionOffer[] | undefined;
export function parseExtensions(
  values: readonly string[],
  limits: ExtensionLimits,
): ExtensionOffer[] | "too-many" | undefined;
export function parseExtensions(
  values: readonly string[],
  limits: ExtensionLimits = unlimited,
): ExtensionOffer[] | "too-many" | undefined {
  const extensions: ExtensionOffer[] = [];
  for (const value of values) {
    let at = skipOws(value, 0);
    while (at < value.length) {
      if (value[at] !== ",") {
        if (extensions.length >= limits.extensionOffers) return "too-many";
        const end = parseExtension(value, at, extensions, limits);
        if (typeof end !== "number") return end;
        at = end;
      }
      if (at < value.length && value[at] !== ",") return undefined;
      at = skipOws(value, at + 1);
    }
  }
  return extensions.length === 0 ? undefined : extensions;
}

/**
 * extension = extension-token *( ";" extension-param )
 *
 * Appends the extension at `start` to `extensions`. Returns the index after it and its trailing white space, "too-many" above
 * the limit, or undefined when it is malformed.
 */
function parseExtension(
  text: string,
  start: number,
  extensions: ExtensionOffer[],
  limits: ExtensionLimits,
): number | "too-many" | undefined {
  const nameEnd = skipToken(text, start);
  if (nameEnd === start) return undefined;
  const parameters: ExtensionParameter[] = [];
  let at = skipOws(text, nameEnd);
  while (text[at] === ";") {
    if (parameters.length >= limits.extensionParameters) return "too-many";
    const end = parseParameter(text, skipOws(text, at + 1), parameters);
    if (end === undefined) return undefined;
    at = skipOws(text, end);
  }
  extensions.push({ name: text.slice(start, nameEnd), parameters });
  return at;
}

/**
 * extension-param = token [ "=" (token | quoted-string) ]
 *
 * White space is allowed around "=" (RFC 2616 §2.1: implied *LWS). After unescaping, a quoted value MUST be a token.
 */
function parseParameter(text: string, start: number, parameters: ExtensionParameter[]): number | undefined {
  const nameEnd = skipToken(text, start);
  if (nameEnd === start) return undefined;
  const name = text.slice(start, nameEnd);
  const equals = skipOws(text, nameEnd);
  if (text[equals] !== "=") {
    parameters.push([name, undefined]);
    return nameEnd;
  }
  const valueStart = skipOws(text, equals + 1);
  const quoted = parseQuotedString(text, valueStart);
  const end = quoted?.end ?? skipToken(text, valueStart);
  const value = quoted?.text ?? text.slice(valueStart, end);
  if (!isToken(value)) return undefined;
  parameters.push([name, value]);
  return end;
}

/** Formats `extensions` as a field value. @throws UsageError `extension/not-token` when a name or value is not a token */
export function formatExtensions(extensions: readonly ExtensionOffer[]): string {
  return extensions.map(formatExtension).join(", ");
}

function formatExtension({ name, parameters }: ExtensionOffer): string {
  let text = token(name);
  for (const [parameter, value] of parameters) {
    text += value === undefined ? `; ${token(parameter)}` : `; ${token(parameter)}=${token(value)}`;
  }
  return text;
}

function token(text: string): string {
  if (!isToken(text)) throw new UsageError("extension/not-token", `It was ${JSON.stringify(text)}.`);
  return text;
}
