/** Generates field lines as text with a char per byte: correct, in other words with the same meaning, or wrong. */
import type { Random } from "../../random.ts";

/** A field of an opening, and its possible values. */
export interface FieldRule {
  readonly name: string;
  /** The field is absent once in this many times, which is not a fault. If undefined, its absence is a fault. */
  readonly absentOneIn?: number;
  /** Correct values, each equally likely. */
  readonly right: readonly string[];
  /** Values that are wrong, or that some implementation may consider wrong. */
  readonly odd: readonly string[];
}

/** The ways in which a line may be malformed. */
const lineFaults = [
  ...(["space-before-colon", "space-before-name", "folded", "bare-line-feed", "bare-carriage-return"] as const),
  ...(["two-carriage-returns", "nul", "control", "obs-text", "no-colon", "no-name", "name", "long"] as const),
  ...(["white-space", "many-lines", "only-space"] as const),
];

/** Returns the lines of `rules`, shuffled, with `others` in between; if `faulty`, some with a fault. */
export function fieldLines(
  random: Random,
  rules: readonly FieldRule[],
  others: readonly string[],
  faulty: boolean,
): string {
  const lines: string[] = [];
  for (const rule of rules) lines.push(...linesOf(random, rule, faulty));
  for (let count = random.below(random.oneIn(4) ? 6 : 2); count > 0; count--) {
    const [name, value] = random.of(others).split(": ") as [string, string];
    lines.push(line(random, name, value));
  }
  for (let at = lines.length - 1; at > 0; at--) {
    const other = random.below(at + 1);
    [lines[at], lines[other]] = [lines[other] as string, lines[at] as string];
  }
  if (faulty && random.oneIn(3)) {
    const at = random.below(lines.length);
    lines[at] = wrongLine(random, lines[at] ?? "X: y\r\n");
  }
  return lines.join("");
}

function linesOf(random: Random, { name, absentOneIn, right, odd }: FieldRule, faulty: boolean): string[] {
  if (absentOneIn !== undefined && !random.oneIn(absentOneIn)) {
    // Present only as a fault.
    return faulty && random.oneIn(24) ? [line(random, name, random.of(odd))] : [];
  }
  const written = [line(random, name, random.of(right))];
  if (!faulty || !random.oneIn(10)) return written;
  switch (random.below(5)) {
    case 0:
      return [];
    case 1:
      return [...written, ...written];
    case 2:
      return [...written, line(random, name, random.of(random.oneIn(2) ? odd : right))];
    default:
      return [line(random, name, random.of(odd))];
  }
}

/** Returns a correct line, in one of the ways to write it. */
function line(random: Random, name: string, value: string): string {
  const cased = random.oneIn(5) ? (random.oneIn(2) ? name.toLowerCase() : name.toUpperCase()) : name;
  const [before, after] = random.oneIn(6)
    ? [random.of(["", "  ", "\t", " \t "]), random.of(["", " ", "\t"])]
    : [" ", ""];
  return `${cased}:${before}${value}${after}\r\n`;
}

function wrongLine(random: Random, right: string): string {
  const text = right.slice(0, -2);
  const colon = text.indexOf(":");
  const at = colon + 1 + random.below(text.length - colon);
  const put = (inserted: string): string => `${text.slice(0, at)}${inserted}${text.slice(at)}\r\n`;
  const fault = random.of(lineFaults);
  switch (fault) {
    case "space-before-colon":
      return `${text.slice(0, colon)}${random.of([" ", "\t"])}${text.slice(colon)}\r\n`;
    case "space-before-name":
      return `${random.of([" ", "\t"])}${text}\r\n`;
    case "folded":
      return put(random.of(["\r\n ", "\r\n\t", " \r\n  ", "\r\n \r\n ", "\n "]));
    case "bare-line-feed":
      return random.oneIn(2) ? put("\n") : `${text}\n`;
    case "bare-carriage-return":
      return random.oneIn(2) ? put("\r") : `${text}\r`;
    case "two-carriage-returns":
      return `${text}\r\r\n`;
    case "nul":
      return put("\0");
    case "control":
      return put(random.of(["\x01", "\x0b", "\x0c", "\x1f", "\x7f"]));
    case "obs-text":
      return put(random.of(["\x80", "\xa0", "\xe9", "\xff", "\xc3\xa9"]));
    case "no-colon":
      return `${text.replace(":", "")}\r\n`;
    case "no-name":
      return `${text.slice(colon)}\r\n`;
    case "name":
      return `${text.slice(0, random.below(colon + 1))}${random.of(["(", "\xe9", "/", '"', "\0", "\x7f"])}${text.slice(colon - 1)}\r\n`;
    case "long":
      return `X-Long: ${"x".repeat(lengthNearLimit(random))}\r\n${right}`;
    case "white-space":
      return put(random.of([" ", "\t", "   "]));
    case "many-lines":
      return right + "X: y\r\n".repeat(10 + random.below(24));
    case "only-space":
      return `${random.of([" ", "\t", " \t"])}\r\n${right}`;
    default:
      return fault satisfies never;
  }
}

/** Returns the length of a value that brings its line, or the head, near its limit (see `limits`). */
function lengthNearLimit(random: Random): number {
  return random.oneIn(2) ? 496 + random.below(20) : 1500 + random.below(600);
}
