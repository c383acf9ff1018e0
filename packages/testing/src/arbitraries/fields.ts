/** Tokens, values and lines of HTTP fields, in any legal spelling (RFC 9110 §5, RFC 9112 §5). */
import fc from "fast-check";

const tchars = [..."abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-.^_`|~"];

/** token = 1*tchar (RFC 9110 §5.6.2), including names of built-in object properties. Shrinks towards one char. */
export function token(): fc.Arbitrary<string> {
  return fc.oneof(
    { withCrossShrink: true },
    { weight: 5, arbitrary: fc.string({ unit: fc.constantFrom(...tchars), minLength: 1, maxLength: 12 }) },
    { weight: 1, arbitrary: fc.constantFrom("__proto__", "constructor", "toString", "hasOwnProperty") },
  );
}

/**
 * field-value (RFC 9110 §5.5) without surrounding white space, including obs-text, one byte per char. Shrinks towards
 * an empty value.
 */
export function fieldValue(): fc.Arbitrary<string> {
  const visible = fc.integer({ min: 0x21, max: 0xff }).filter((unit) => unit !== 0x7f);
  const inner = fc.oneof(visible, fc.constantFrom(0x20, 0x09));
  return fc
    .tuple(fc.array(visible, { maxLength: 2 }), fc.array(inner, { maxLength: 12 }), visible)
    .map(([first, middle, last]) => (first.length === 0 ? "" : String.fromCharCode(...first, ...middle, last)));
}

/** Names of fields that have no meaning in the opening handshake. */
function otherFieldName(): fc.Arbitrary<string> {
  const reserved = /^(host|upgrade|connection|content-length|transfer-encoding|origin|cookie|sec-websocket-.*)$/i;
  return token().filter((name) => !reserved.test(name));
}

/** OWS (RFC 9110 §5.6.3). Shrinks towards one SP. */
export const whiteSpace = (): fc.Arbitrary<string> => fc.constantFrom(" ", "", "\t", "  ", " \t ");
/** `text` with the case of some letters changed. Shrinks towards `text`. */
export function spelling(text: string): fc.Arbitrary<string> {
  const changed = fc.array(fc.boolean(), { minLength: text.length, maxLength: text.length });
  return changed.map((changed) =>
    [...text].map((char, index) => (changed[index] === true ? otherCase(char) : char)).join(""),
  );
}

function otherCase(char: string): string {
  const upper = char.toUpperCase();
  return char === upper ? char.toLowerCase() : upper;
}

/** One field line (RFC 9112 §5), in any spelling. Shrinks towards `name: value`. */
export function fieldLine(name: string, value: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .tuple(
      spelling(name),
      whiteSpace(),
      value,
      whiteSpace().map((space) => space.slice(1)),
    )
    .map(([spelt, before, written, after]) => `${spelt}:${before}${written}${after}\r\n`);
}

/** Field lines that have no meaning in the opening handshake. Shrinks towards none. */
export function otherFieldLines(): fc.Arbitrary<string> {
  const line = fc.tuple(otherFieldName(), whiteSpace(), fieldValue(), whiteSpace());
  return fc.array(line, { maxLength: 4 }).map((lines) => lines.map(([n, b, v, a]) => `${n}:${b}${v}${a}\r\n`).join(""));
}

/** `lines` in any order. Shrinks towards the given order. */
export function inAnyOrder(...lines: readonly fc.Arbitrary<string>[]): fc.Arbitrary<string> {
  const places = fc.array(fc.nat(lines.length), { minLength: lines.length, maxLength: lines.length });
  return fc.tuple(fc.tuple(...lines), places).map(([written, places]) =>
    written
      .map((line, index) => ({ line, place: places[index] ?? 0 }))
      .sort((first, second) => first.place - second.place)
      .map(({ line }) => line)
      .join(""),
  );
}
