/**
 * Parses the field list of an HTTP/2 or HTTP/3 message: pseudo-header fields first, all names in lower case (RFC 9113 §8.2,
 * §8.3).
 */
import type { FieldLine, Fields } from "../../http/fields.ts";
import { isFieldValue, isToken } from "../../http/grammar.ts";
import type { StreamViolationCode } from "../../vocabulary/violation.ts";

/** A parsed field list: pseudo-header fields by name, and the ordinary fields in order. */
export interface PseudoFields {
  readonly pseudo: ReadonlyMap<string, string>;
  readonly fields: Fields;
}

/** Connection-specific fields, which HTTP/2 forbids (RFC 9113 §8.2.2). RFC 8441 §5 names the first two. */
const connectionSpecific: ReadonlySet<string> = new Set([
  "upgrade",
  "connection",
  "proxy-connection",
  "keep-alive",
  "transfer-encoding",
]);

/** Parses `list`. Returns a violation code when it is malformed, or has pseudo-header fields other than `known`. */
export function readPseudoFields(list: Fields, known: readonly string[]): PseudoFields | StreamViolationCode {
  const pseudo = new Map<string, string>();
  const fields: FieldLine[] = [];
  for (const line of list) {
    const [name, value] = line;
    if (!name.startsWith(":")) {
      const code = checkField(name, value);
      if (code !== undefined) return code;
      fields.push(line);
      continue;
    }
    // RFC 9113 §8.3: pseudo-header fields MUST precede ordinary fields, and undefined ones are malformed.
    if (fields.length > 0 || !known.includes(name)) return "opening/pseudo-field-unexpected";
    if (pseudo.has(name)) return "opening/pseudo-field-repeated";
    if (!isFieldValue(value)) return "http/field-value";
    pseudo.set(name, value);
  }
  return { pseudo, fields };
}

/** Returns the first rule that an ordinary field breaks (RFC 9113 §8.2.1, §8.2.2). */
function checkField(name: string, value: string): StreamViolationCode | undefined {
  if (!isToken(name)) return "http/field-name";
  if (/[A-Z]/.test(name)) return "opening/field-name-upper-case";
  if (connectionSpecific.has(name)) return "opening/field-connection-specific";
  return isFieldValue(value) ? undefined : "http/field-value";
}
