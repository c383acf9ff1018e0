/** A short description of an event of any subject. */
import type { EndpointEvent } from "@hybi/core";
import { describeBytes, utf8Bytes } from "../bytes/bytes.ts";
import { abbreviateBytes } from "../bytes/bytes-text.ts";
import type { SubjectEvent } from "./subject.ts";

/** The text of `event` in a transcript. Long data is shown as its length and a checksum. */
export function describeEvent(event: SubjectEvent): string {
  const known = event as EndpointEvent;
  switch (known.type) {
    case "failure":
      return `failure ${known.violation?.code} at byte ${known.violation?.offset}`;
    case "request":
      return `request for ${known.request?.resourceName}`;
    case "open":
      return "open";
    case "rejection":
      return `rejection ${known.response?.status}`;
    case "end":
      return `end, ${known.clean ? "clean" : "not clean"}, ${known.statusCode} ${JSON.stringify(known.reason)}`;
    default: {
      const { type, ...rest } = event;
      return [type, ...Object.values(rest).map(describeValue)].join(" ");
    }
  }
}

function describeValue(value: unknown): string {
  if (value instanceof Uint8Array) return abbreviateBytes(value);
  const text = JSON.stringify(value) ?? "undefined";
  return text.length <= 100 ? text : `${text.slice(0, 60)}… ${describeBytes(utf8Bytes(text))}`;
}
