/** Legal and illegal values of Sec-WebSocket-Extensions (RFC 6455 §9.1). */
import fc from "fast-check";
import { token, whiteSpace } from "./fields.ts";
import { earlierFrom } from "./notable.ts";

/** The value of a field that lists extensions, and its parsed content. */
export interface ExtensionList {
  readonly text: string;
  readonly extensions: readonly {
    readonly name: string;
    readonly parameters: readonly (readonly [name: string, value: string | undefined])[];
  }[];
}

/** extension-list = 1#extension, in any spelling: white space, quoted values, empty elements. Shrinks towards one token. */
export function extensionList(): fc.Arbitrary<ExtensionList> {
  // With a minLength, shrinking would keep more elements than necessary.
  const list = fc.array(extension(), { maxLength: 4 }).filter(({ length }) => length > 0);
  const emptyElement = fc.constantFrom("", ",", ", ,\t");
  return fc.tuple(emptyElement, list, emptyElement).map(([before, list, after]) => ({
    text: before + list.map(({ text }) => text).join(",") + after,
    extensions: list.map(({ extension }) => extension),
  }));
}

/** A value that does not match the grammar, which fails the connection. */
export interface IllegalExtensionList {
  /** Description of the fault. */
  readonly name: string;
  readonly text: string;
}

/** Legal extensions followed by an illegal one. Shrinks towards the illegal one alone. */
export function illegalExtensionList(): fc.Arbitrary<IllegalExtensionList> {
  const before = fc.option(
    extensionList().map(({ text }) => `${text}, `),
    { nil: "" },
  );
  return fc.tuple(before, fc.constantFrom(...ways)).map(([before, [name, text]]) => ({ name, text: before + text }));
}

const ways: readonly (readonly [name: string, text: string])[] = [
  ["a parameter of no extension", "; a"],
  ["a value of no extension", "= a"],
  ["a parameter without a name", "a;"],
  ["a parameter that is a value alone", "a; =b"],
  ["a value that is missing", "a; b="],
  ["two extensions without a comma", "a b"],
  ["two parameters without a semicolon", "a; b c"],
  ["a quoted value that does not end", 'a; b="c'],
  ["a quoted value that is no token", 'a; b="c d"'],
  ["a quoted value that is empty", 'a; b=""'],
  ["a quoted name", '"a"'],
  ["a name with a separator", "a/b"],
  ["a name that is not ASCII", "\xe9"],
];

function extension(): fc.Arbitrary<{ text: string; extension: ExtensionList["extensions"][number] }> {
  return fc
    .tuple(whiteSpace(), token(), whiteSpace(), fc.array(parameter(), { maxLength: 4 }))
    .map(([before, name, after, parameters]) => ({
      text: before.slice(1) + name + after.slice(1) + parameters.map(({ text }) => text).join(""),
      extension: { name, parameters: parameters.map(({ parameter }) => parameter) },
    }));
}

type Parameter = readonly [name: string, value: string | undefined];

function parameter(): fc.Arbitrary<{ text: string; parameter: Parameter }> {
  const value = fc.option(fc.tuple(token(), earlierFrom("token", "quoted", "escaped")), { nil: undefined });
  return fc.tuple(whiteSpace(), token(), whiteSpace(), value).map(([before, name, space, value]) => {
    const trailing = space.slice(1);
    if (value === undefined) return { text: `;${before}${name}${trailing}`, parameter: [name, undefined] };
    const written = { token: value[0], quoted: `"${value[0]}"`, escaped: `"${value[0].replace(/./g, "\\$&")}"` };
    const text = `;${before}${name}${trailing}=${trailing}${written[value[1]]}`;
    return { text, parameter: [name, value[0]] };
  });
}
