/** `extension` of `ws`: Sec-WebSocket-Extensions as an object of lists (RFC 6455 §9.1), for programs that negotiate by themselves. */

/** Parameters of one offer: each name has the values with which it was given, `true` for none. */
type ExtensionParameterLists = Record<string, (string | true)[]>;

/** Offers by name, in order. */
export type ExtensionOffers = Record<string, ExtensionParameterLists[]>;

const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const extensionName = new RegExp(`[ \\t]*(${token})[ \\t]*`, "y");
const parameterPart = new RegExp(
  `;[ \\t]*(${token})[ \\t]*(?:=[ \\t]*(?:(${token})|"((?:[^"\\\\]|\\\\.)*)")[ \\t]*)?`,
  "y",
);
const wholeToken = new RegExp(`^${token}$`);

/** @throws SyntaxError when `header` does not conform to the grammar */
function parse(header: string): ExtensionOffers {
  const offers: ExtensionOffers = Object.create(null);
  let at = 0;
  do {
    extensionName.lastIndex = at;
    const name = extensionName.exec(header)?.[1];
    if (name === undefined) throw unexpected(header, at);
    at = extensionName.lastIndex;
    const parameters: ExtensionParameterLists = Object.create(null);
    while (header[at] === ";") {
      parameterPart.lastIndex = at;
      const found = parameterPart.exec(header);
      if (found === null) throw unexpected(header, at);
      const [, parameter = "", plain, quoted] = found;
      const value = quoted === undefined ? plain : quoted.replace(/\\(.)/g, "$1");
      // RFC 6455 §9.1: after unescaping, a quoted value must be a token.
      if (quoted !== undefined && !wholeToken.test(value!)) throw unexpected(header, at);
      parameters[parameter] ??= [];
      parameters[parameter].push(value ?? true);
      at = parameterPart.lastIndex;
    }
    offers[name] ??= [];
    offers[name].push(parameters);
    if (at < header.length && header[at] !== ",") throw unexpected(header, at);
  } while (at++ < header.length);
  return offers;
}

type Value = string | number | true;

function format(
  extensions: Record<string, Record<string, Value | Value[]> | Record<string, Value | Value[]>[]>,
): string {
  const offers = Object.entries(extensions).flatMap(([name, configurations]) =>
    [configurations].flat().map((parameters) => {
      const parts = Object.entries(parameters).flatMap(([parameter, values]) =>
        [values].flat().map((value) => (value === true ? parameter : `${parameter}=${value}`)),
      );
      return [name, ...parts].join("; ");
    }),
  );
  return offers.join(", ");
}

function unexpected(header: string, at: number): SyntaxError {
  return new SyntaxError(at >= header.length ? "Unexpected end of input" : `Unexpected character at index ${at}`);
}

/** Parses and formats Sec-WebSocket-Extensions. */
export const extension: {
  readonly parse: (header: string) => ExtensionOffers;
  readonly format: typeof format;
} = { parse, format };
