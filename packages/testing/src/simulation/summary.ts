/** Events and bytes as short text that is equal exactly when they are: quick to compare, and readable where they differ. */
import type { EndpointEvent } from "@hybi/core";
import { describeBytes } from "../bytes/bytes.ts";

/** The complete content of an event. */
function eventText(event: EndpointEvent): string {
  switch (event.type) {
    case "text":
      return `text ${JSON.stringify(event.data)}`;
    case "binary":
      return `binary ${describeBytes(event.data)}`;
    case "piece":
      return `fragment of ${event.kind} ${describeBytes(event.data)}${event.final ? " final" : ""}`;
    case "ping":
    case "pong":
      return `${event.type} ${describeBytes(event.payload)}`;
    case "close":
      return `close ${event.statusCode} ${JSON.stringify(event.reason)}`;
    case "failure":
      return `failure ${event.violation.code} at ${event.violation.offset}`;
    case "end":
      return `end ${event.clean ? "clean" : "unclean"} ${event.statusCode} ${JSON.stringify(event.reason)}`;
    case "request":
      return `request ${JSON.stringify(event.request)}`;
    case "open":
      // How many bytes came after the handshake depends on the chunking, so leave them out.
      return `open ${JSON.stringify(event.agreement)}`;
    case "rejection":
      return `rejection ${JSON.stringify(event.response)} ${describeBytes(event.body)}`;
    default:
      return event satisfies never;
  }
}

/** The complete content of the events, one line each. */
export function formatEvents(events: readonly EndpointEvent[]): string[] {
  return events.map(eventText);
}

/** Joins the parts of each message of `delivery: "pieces"`, so that the result does not depend on the chunking. */
export function formatJoinedEvents(events: readonly EndpointEvent[]): string[] {
  const lines: string[] = [];
  let parts: number[] = [];
  for (const event of events) {
    if (event.type !== "piece") {
      lines.push(eventText(event));
      continue;
    }
    for (const byte of event.data) parts.push(byte);
    if (!event.final) continue;
    lines.push(`${event.kind} message ${describeBytes(Uint8Array.from(parts))}`);
    parts = [];
  }
  if (parts.length > 0) lines.push(`begun ${describeBytes(Uint8Array.from(parts))}`);
  return lines;
}
