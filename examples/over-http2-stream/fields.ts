/** Fields as Node has them, and as core does: a list of pairs, in their order, in which a name may come several times. */
import type { IncomingHttpHeaders } from "node:http2";
import type { FieldLine, Fields } from "@hybi/core";

/** Of Node's object, in which what came several times is an array. */
export function pairs(headers: IncomingHttpHeaders): FieldLine[] {
  return Object.entries(headers).flatMap(([name, values]) =>
    [values].flat().map((value): FieldLine => [name, `${value}`]),
  );
}

/** And back. */
export function object(fields: Fields): Record<string, string | string[]> {
  const headers = new Map<string, string | string[]>();
  for (const [name, value] of fields) {
    const before = headers.get(name);
    headers.set(name, before === undefined ? value : [before, value].flat());
  }
  return Object.fromEntries(headers);
}
