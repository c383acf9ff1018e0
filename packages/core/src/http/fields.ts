/**
 * Field lines in the order in which they were received or will be sent (RFC 9110 §5). Names compare without case
 * (§5.1). A list and not a map: repeated fields stay distinct, and a field called `__proto__` is a field like any other.
 */
import { equalsIgnoringCase, toAsciiLowerCase } from "../bytes/ascii.ts";

/** One field line: its name as written, and its value without the surrounding white space. */
export type FieldLine = readonly [name: string, value: string];

/** The field lines of a head, in order. Chars of a value are bytes (RFC 9110 §5.5: obs-text is opaque). */
export type Fields = readonly FieldLine[];

/** Every value of the field `name`, in order of appearance; empty when it is absent. `name` must be lower case. */
export function fieldValues(fields: Fields, name: string): string[] {
  const values: string[] = [];
  for (let at = 0; at < fields.length; at++) {
    const line = fields[at] as FieldLine;
    if (equalsIgnoringCase(line[0], name)) values.push(line[1]);
  }
  return values;
}

/** The value of the first field `name`, or undefined when it is absent. `name` must be lower case. */
export function firstFieldValue(fields: Fields, name: string): string | undefined {
  for (let at = 0; at < fields.length; at++) {
    const line = fields[at] as FieldLine;
    if (equalsIgnoringCase(line[0], name)) return line[1];
  }
  return undefined;
}

/**
 * Finds the values of several fields in one pass over a head, in which most lines are none of them: the length of a name
 * tells nearly always which one it can be (bench/micro/opening.ts).
 */
export class FieldLookup<Name extends string> {
  readonly #byLength: ({ readonly name: Name; readonly lower: string }[] | undefined)[] = [];
  readonly #absent: Record<Name, string[]>;

  /** `names` in their usual spelling: a field that is spelled so is recognized fastest. */
  constructor(names: readonly Name[]) {
    for (const name of names) {
      const others = this.#byLength[name.length] ?? [];
      others.push({ name, lower: toAsciiLowerCase(name) });
      this.#byLength[name.length] = others;
    }
    this.#absent = Object.fromEntries(names.map((name) => [name, noValues])) as Record<Name, string[]>;
  }

  /** For each name its values in order of appearance; none when it is absent. */
  find(fields: Fields): Readonly<Record<Name, readonly string[]>> {
    const found = { ...this.#absent };
    for (let at = 0; at < fields.length; at++) {
      const line = fields[at] as FieldLine;
      const candidates = this.#byLength[line[0].length];
      if (candidates === undefined) continue;
      for (const { name, lower } of candidates) {
        if (line[0] !== name && !equalsIgnoringCase(line[0], lower)) continue;
        if (found[name] === noValues) found[name] = [line[1]];
        else found[name].push(line[1]);
      }
    }
    return found;
  }
}

/** Stands for absence, and is never written to. */
const noValues: string[] = [];
