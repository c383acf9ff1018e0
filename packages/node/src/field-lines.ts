/** Fields as Node writes them, and as core does. */
import type { OutgoingHttpHeaders } from "node:http2";
import type { FieldLine, Fields } from "@hybi/core";

/** Node's list of names and values in turn, or its object, in which a name may have a list of values. */
export function fieldLines(headers: readonly string[] | object): FieldLine[] {
  if (!Array.isArray(headers)) {
    return Object.entries(headers).flatMap(([name, value]) =>
      [value].flat().map((one): FieldLine => [name, String(one)]),
    );
  }
  const lines: FieldLine[] = [];
  for (let at = 0; at + 1 < headers.length; at += 2) lines.push([headers[at], headers[at + 1]]);
  return lines;
}

/** Node's object of names, with a list for a name that comes several times. */
export function headersObject(fields: Fields): OutgoingHttpHeaders {
  const headers: Record<string, string | string[]> = Object.create(null);
  for (const [name, value] of fields) {
    const before = headers[name];
    headers[name] = before === undefined ? value : [before, value].flat();
  }
  return headers;
}
