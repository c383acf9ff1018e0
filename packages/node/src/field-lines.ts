/** Fields as Node writes them, and as core does. */
import type { OutgoingHttpHeaders } from "node:http2";
import type { FieldLine, Fields } from "@hybi/core";

/** Node's list of names and values in turn. */
export function fieldLines(rawHeaders: readonly string[]): FieldLine[] {
  const lines: FieldLine[] = [];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) lines.push([rawHeaders[at]!, rawHeaders[at + 1]!]);
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
