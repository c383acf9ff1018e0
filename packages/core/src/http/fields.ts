/**
 * Field lines in the order in which they were received or will be sent (RFC 9110 §5). Names are case-insensitive (§5.1).
 * Stored as a list, not a map: repeated fields stay distinct, and a field named `__proto__` needs no special handling.
 */
import { equalsIgnoringCase, toAsciiLowerCase } from "../bytes/ascii.ts";
import { kindOf, UsageError } from "../checks/usage-error.ts";

/** One field line: the name as written, and the value without surrounding white space. */
export type FieldLine = readonly [name: string, value: string];

/** The field lines of a head, in order. Each char of a value is one byte (RFC 9110 §5.5: obs-text is opaque). */
export type Fields = readonly FieldLine[];

/**
 * Returns all values of the field `name`, in any case, in order of appearance, or an empty array.
 *
 * @throws UsageError `option/type` when `fields` is not a list
 */
export function fieldValues(fields: Fields, name: string): string[] {
  assertFields(fields);
  const lower = toAsciiLowerCase(name);
  const values: string[] = [];
  for (let at = 0; at < fields.length; at++) {
    const line = fields[at] as FieldLine;
    if (equalsIgnoringCase(line[0], lower)) values.push(line[1]);
  }
  return values;
}

/**
 * Returns the value of the first field `name`, in any case, or undefined when it is absent.
 *
 * @throws UsageError `option/type` when `fields` is not a list
 */
export function firstFieldValue(fields: Fields, name: string): string | undefined {
  assertFields(fields);
  const lower = toAsciiLowerCase(name);
  for (let at = 0; at < fields.length; at++) {
    const line = fields[at] as FieldLine;
    if (equalsIgnoringCase(line[0], lower)) return line[1];
  }
  return undefined;
}

/** An object of headers, as other libraries have it, has no `length`: every field would seem to be absent. */
function assertFields(fields: Fields): void {
  if (Array.isArray(fields)) return;
  throw new UsageError("option/type", `fields must be a list of [name, value] pairs, but is ${kindOf(fields)}.`);
}

/**
 * Looks up several fields in one pass over a head. Candidates are indexed by the length of the name, because most lines of
 * a head match none of them and the length alone nearly always rules them out (bench/micro/opening.ts).
 */
export class FieldLookup<Name extends string> {
  readonly #byLength: ({ readonly name: Name; readonly lower: string }[] | undefined)[] = [];
  readonly #absent: Record<Name, string[]>;

  /** `names` in their usual spelling, which is matched fastest. */
  constructor(names: readonly Name[]) {
    for (const name of names) {
      const others = this.#byLength[name.length] ?? [];
      others.push({ name, lower: toAsciiLowerCase(name) });
      this.#byLength[name.length] = others;
    }
    this.#absent = Object.fromEntries(names.map((name) => [name, noValues])) as Record<Name, string[]>;
  }

  /** Returns the values of each name in order of appearance; an empty array when the field is absent. */
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

/** Shared marker for absent fields; never modified. */
const noValues: string[] = [];
