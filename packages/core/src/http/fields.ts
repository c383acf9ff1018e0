/**
 * Field lines in the order in which they were received or will be sent (RFC 9110 §5). Names compare without case
 * (§5.1). A list and not a map: repeated fields stay distinct, and a field called `__proto__` is a field like any other.
 */
import { equalsIgnoringCase } from "../bytes/ascii.ts";

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
