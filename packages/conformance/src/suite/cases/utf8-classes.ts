/** Byte sequences that are UTF-8 or resemble it, classified by their fault (RFC 3629 §3, §4). */

type Validity = "valid" | "invalid";

export interface Utf8Class {
  readonly title: string;
  readonly sequences: readonly (readonly [Validity, bytes: string])[];
}

function all(validity: Validity, ...sequences: readonly string[]): Utf8Class["sequences"] {
  return sequences.map((bytes) => [validity, bytes]);
}

function valid(...sequences: readonly string[]): Utf8Class["sequences"] {
  return all("valid", ...sequences);
}

function invalid(...sequences: readonly string[]): Utf8Class["sequences"] {
  return all("invalid", ...sequences);
}

/** Each byte of a range, followed by a space if it is to stand alone. */
function range(from: number, to: number, spaced: "spaced" | "bare"): string {
  return Array.from({ length: to - from + 1 }, (_, index) => {
    const byte = (from + index).toString(16);
    return spaced === "spaced" ? `${byte} 20` : byte;
  }).join(" ");
}

function utf8(codePoint: number): string {
  const bytes = new TextEncoder().encode(String.fromCodePoint(codePoint));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
}

const word = "ce ba e1 bd b9 cf 83 ce bc ce b5".split(" ");
/** Prefixes of the word that end at a character boundary. */
const wholeAt = [2, 5, 7, 9, 11];

const incomplete = [
  ...["c0", "e0 80", "f0 80 80", "f8 80 80 80", "fc 80 80 80 80"],
  ...["df", "ef bf", "f7 bf bf", "fb bf bf bf", "fd bf bf bf bf"],
];

const highSurrogates = ["ed a0 80", "ed ad bf", "ed ae 80", "ed af bf"];

/** U+FFFE, U+FFFF, and the last two code points of every plane: 34 in all. */
const nonCharacters = Array.from({ length: 17 }, (_, plane) => [
  plane * 0x1_0000 + 0xfffe,
  plane * 0x1_0000 + 0xffff,
]).flat();

/** In the order of chapter 6, from 6.5 on. */
export const utf8Classes: readonly Utf8Class[] = [
  {
    title: "Characters of all lengths",
    sequences: valid(
      ...["24", "c2 a2", "e2 82 ac", "f0 a4 ad a2"].map((char) => `68 65 6c 6c 6f ${char} 77 6f 72 6c 64`),
      word.join(" "),
    ),
  },
  {
    title: "The beginning of a word",
    sequences: word.map((_, index) => [
      wholeAt.includes(index + 1) ? "valid" : "invalid",
      word.slice(0, index + 1).join(" "),
    ]),
  },
  { title: "The first code point of each length", sequences: valid("00", "c2 80", "e0 a0 80", "f0 90 80 80") },
  { title: "The first sequence of five and of six bytes", sequences: invalid("f8 88 80 80 80", "fc 84 80 80 80 80") },
  { title: "The last code point of each length", sequences: valid("7f", "df bf", "ef bf bf", "f4 8f bf bf") },
  {
    title: "The last sequence of four, five and six bytes",
    sequences: invalid("f7 bf bf bf", "fb bf bf bf bf", "fd bf bf bf bf bf"),
  },
  {
    title: "A boundary",
    sequences: [...valid("ed 9f bf", "ee 80 80", "ef bf bd", "f4 8f bf bf"), ...invalid("f4 90 80 80")],
  },
  {
    title: "Stray continuation bytes",
    sequences: invalid(
      ...["80", "bf", "80 bf", "80 bf 80", "80 bf 80 bf", "80 bf 80 bf 80", "80 bf 80 bf 80 bf"],
      range(0x80, 0xbf, "bare"),
    ),
  },
  {
    title: "First bytes without continuation bytes",
    sequences: invalid(
      ...[range(0xc0, 0xdf, "spaced"), range(0xe0, 0xef, "spaced"), range(0xf0, 0xf7, "spaced")],
      ...[range(0xf8, 0xfb, "spaced"), range(0xfc, 0xfd, "spaced")],
    ),
  },
  { title: "The last continuation byte is missing", sequences: invalid(...incomplete) },
  { title: "Incomplete sequences in a row", sequences: invalid(incomplete.join(" ")) },
  { title: "Bytes that never occur in UTF-8", sequences: invalid("fe", "ff", "fe fe ff ff") },
  {
    title: "An overlong slash",
    sequences: invalid("c0 af", "e0 80 af", "f0 80 80 af", "f8 80 80 80 af", "fc 80 80 80 80 af"),
  },
  {
    title: "The greatest overlong sequence of each length",
    sequences: invalid("c1 bf", "e0 9f bf", "f0 8f bf bf", "f8 87 bf bf bf", "fc 83 bf bf bf bf"),
  },
  {
    title: "U+0000, overlong",
    sequences: invalid("c0 80", "e0 80 80", "f0 80 80 80", "f8 80 80 80 80", "fc 80 80 80 80 80"),
  },
  { title: "A surrogate", sequences: invalid(...highSurrogates, "ed b0 80", "ed be 80", "ed bf bf") },
  {
    title: "A pair of surrogates",
    sequences: invalid(...highSurrogates.flatMap((high) => [`${high} ed b0 80`, `${high} ed bf bf`])),
  },
  { title: "A noncharacter", sequences: valid(...nonCharacters.map(utf8)) },
  {
    title: "A special",
    sequences: valid(...["b9", "ba", "bb", "bc", "bd", "be", "bf"].map((last) => `ef bf ${last}`)),
  },
];
