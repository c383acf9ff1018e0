/** Converts header fields between Node's representations and the field list of `@hybi/core`. */
import type { OutgoingHttpHeaders } from "node:http2";
import type { FieldLine, Fields } from "@hybi/core/opening";

/** Converts Node's raw header array (names and values alternate) or header object (a value may be a list) to a field list. */
export function fieldLines(headers: readonly string[] | object): FieldLine[] {
  if (!Array.isArray(headers)) {
    return Object.entries(headers).flatMap(([name, value]) =>
      [value].flat().map((one): FieldLine => [name, String(one)]),
    );
  }
  // At its length from the start: a list that grows has room for 17.
  const lines = new Array<FieldLine>(headers.length >> 1);
  for (let at = 0; at < lines.length; at++) lines[at] = [headers[2 * at], headers[2 * at + 1]];
  return lines;
}

/** Converts a field list to Node's header object. A name that occurs several times gets an array of its values. */
export function headersObject(fields: Fields): OutgoingHttpHeaders {
  const headers: Record<string, string | string[]> = Object.create(null);
  for (const [name, value] of fields) {
    const before = headers[name];
    headers[name] = before === undefined ? value : [before, value].flat();
  }
  return headers;
}
