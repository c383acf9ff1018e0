/** Converts heads and their fields between Node's representations and those of `@hybi/core`. */
import type { IncomingMessage, OutgoingHttpHeaders } from "node:http";
import type { FieldLine, Fields, RequestHead, ResponseHead } from "@hybi/core/opening";

/** Returns the head of a request that a server of `node:http` has read, as `checkOpeningRequest` takes it. */
export function requestHead(request: IncomingMessage): RequestHead {
  return {
    method: request.method ?? "",
    target: request.url ?? "",
    majorVersion: request.httpVersionMajor,
    minorVersion: request.httpVersionMinor,
    fields: fieldLines(request.rawHeaders),
  };
}

/** Returns the head of a response that a client of `node:http` has read, as `checkOpeningResponse` takes it. */
export function responseHead(response: IncomingMessage): ResponseHead {
  return {
    status: response.statusCode ?? 0,
    reasonPhrase: response.statusMessage ?? "",
    // Of another major version, which has no Upgrade, nothing is a digit of HTTP/1.x.
    minorVersion: response.httpVersionMajor === 1 ? response.httpVersionMinor : 0,
    fields: fieldLines(response.rawHeaders),
  };
}

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

/**
 * Converts a field list to the header object that `http.request` and other clients take, in which no name is repeated. A name that
 * occurs several times, in whatever case, gets an array of its values.
 */
export function headersObject(fields: Fields): OutgoingHttpHeaders {
  const headers: Record<string, string | string[]> = Object.create(null);
  const spellings = new Map<string, string>();
  for (const [name, value] of fields) {
    const lower = name.toLowerCase();
    const first = spellings.get(lower) ?? name;
    spellings.set(lower, first);
    const before = headers[first];
    headers[first] = before === undefined ? value : [before, value].flat();
  }
  return headers;
}
