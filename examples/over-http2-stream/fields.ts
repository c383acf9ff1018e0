/** Converts fields between Node's object and core's list of pairs, in which a name may occur several times. */
import type { IncomingHttpHeaders } from "node:http2";
import type { FieldLine, Fields } from "@hybi/core/opening";

/** Converts Node's object, in which repeated fields are an array. */
export function pairs(headers: IncomingHttpHeaders): FieldLine[] {
  return Object.entries(headers).flatMap(([name, values]) =>
    [values].flat().map((value): FieldLine => [name, `${value}`]),
  );
}

/** Converts back. */
export function object(fields: Fields): Record<string, string | string[]> {
  const headers = new Map<string, string | string[]>();
  for (const [name, value] of fields) {
    const before = headers.get(name);
    headers.set(name, before === undefined ? value : [before, value].flat());
  }
  return Object.fromEntries(headers);
}
