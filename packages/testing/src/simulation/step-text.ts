/** Formats and parses steps and links: the lines of a transcript from which its run can be replayed. */
import { formatBytes, parseBytes } from "../bytes/bytes-text.ts";
import { formatCommand, parseCommand } from "./command-text.ts";
import type { LinkOptions } from "./link.ts";
import type { Step } from "./step.ts";

/** Formats a step: `client sends bytes 81 00`, `runs for 100 ms`, `the link is cut`. `parseStep` is the inverse. */
export function formatStep(step: Step): string {
  switch (step.type) {
    case "command":
      return `${step.by} ${formatCommand(step.command)}`;
    case "send":
      return `${step.by} sends bytes ${formatBytes(step.bytes)}`;
    case "end":
    case "stall":
    case "resume":
      return `${step.by} ${byParty[step.type]}`;
    case "cut":
    case "vanish":
      return ofLink[step.type];
    case "run":
      return step.milliseconds === 0 ? "runs" : `runs for ${step.milliseconds} ms`;
    default:
      return step satisfies never;
  }
}

const byParty = { end: "ends its half", stall: "is stalled", resume: "is no longer stalled" } as const;
const ofLink = { cut: "the link is cut", vanish: "the link is gone" } as const;

/** Parses a step written by `formatStep`. @throws SyntaxError for any other text */
export function parseStep(text: string): Step {
  if (text === ofLink.cut) return { type: "cut" };
  if (text === ofLink.vanish) return { type: "vanish" };
  const [, milliseconds] = /^runs(?: for ([\d.]+) ms)?$/.exec(text) ?? [];
  if (milliseconds !== undefined || text === "runs") return { type: "run", milliseconds: Number(milliseconds ?? 0) };

  const [, by = "", what = ""] = /^(\S+) (.*)$/.exec(text) ?? [];
  if (what.startsWith("sends bytes ")) {
    return { type: "send", by, bytes: parseBytes(what.slice("sends bytes ".length)) };
  }
  for (const type of ["end", "stall", "resume"] as const) if (what === byParty[type]) return { type, by };
  const command = parseCommand(what);
  if (command === undefined) throw new SyntaxError(`not a step: ${text}`);
  return { type: "command", by, command };
}

/** Formats a link: `latency 10 ms, window 1000, chunks of 1 3, then the rest`. `parseLink` is the inverse. */
export function formatLink({ latency = 0, window, chunking }: LinkOptions): string {
  const parts: string[] = [];
  if (latency > 0) parts.push(`latency ${latency} ms`);
  if (window !== undefined) parts.push(`window ${window}`);
  if (chunking !== undefined && chunking.sizes.length > 0) {
    parts.push(`chunks of ${chunking.sizes.join(" ")}, ${chunking.repeated ? "over and over" : "then the rest"}`);
  }
  return parts.length === 0 ? "nothing in its way" : parts.join(", ");
}

/** Parses a link written by `formatLink`. */
export function parseLink(text: string): LinkOptions {
  const [, latency] = /latency ([\d.]+) ms/.exec(text) ?? [];
  const [, window] = /window (\d+)/.exec(text) ?? [];
  const [, sizes, repeated] = /chunks of ([\d ]+), (over and over)?/.exec(text) ?? [];
  return {
    latency: Number(latency ?? 0),
    window: window === undefined ? undefined : Number(window),
    chunking:
      sizes === undefined ? undefined : { sizes: sizes.split(" ").map(Number), repeated: repeated !== undefined },
  };
}
