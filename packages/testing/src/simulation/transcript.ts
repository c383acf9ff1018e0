/** What happened, line by line, for whoever has to find out why a test failed. */
import type { EndpointEvent } from "@hybi/core";

/** Lines with the instant at which each was written. */
export class Transcript {
  readonly #lines: string[] = [];

  note(now: number, line: string): void {
    this.#lines.push(`${String(now).padStart(7)} ms  ${line}`);
  }

  toString(): string {
    return this.#lines.join("\n");
  }
}

/** An event in a few words. */
export function describeEvent(event: EndpointEvent): string {
  switch (event.type) {
    case "text":
      return `text ${shortened(JSON.stringify(event.data))}`;
    case "binary":
      return `binary of ${event.data.length} bytes`;
    case "fragment":
      return `${event.kind} fragment of ${event.data.length} bytes${event.final ? ", the last" : ""}`;
    case "ping":
    case "pong":
      return `${event.type} with ${event.payload.length} bytes`;
    case "close":
      return `close ${event.statusCode ?? "without status code"} ${JSON.stringify(event.reason)}`;
    case "failure":
      return `failure ${event.violation.code} at byte ${event.violation.offset}`;
    case "end":
      return `end, ${event.clean ? "clean" : "not clean"}, ${event.statusCode} ${JSON.stringify(event.reason)}`;
    case "request":
      return `request for ${event.request.resourceName}`;
    case "open":
      return "open";
    case "rejection":
      return `rejection ${event.response.status}`;
    default:
      return event satisfies never;
  }
}

function shortened(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 60)}… (${text.length} chars)`;
}
