/** Prints a disagreement in a form that can be understood and turned into a test. */
import type { Finding } from "./compare.ts";
import type { Stream } from "./stream.ts";
import type { Verdict } from "./verdict.ts";

export function transcript({ peer, stream, ours, theirs }: Finding): string {
  return [
    `As a ${stream.role}${stream.deflate ? " with permessage-deflate" : ""}, hybi and ${peer.name} disagree on`,
    ...lines(stream, peer.subject.name === "frames" ? "hex" : "latin1").map((line) => `  ${line}`),
    ...formatVerdict("hybi", ours),
    ...(ours.code === undefined ? [] : [`    because of ${ours.code} at ${ours.offset}`]),
    ...formatVerdict(peer.name, theirs),
  ].join("\n");
}

/** Returns a line per chunk: bytes in hexadecimal, or as chars. */
function lines({ bytes, ends }: Stream, as: "hex" | "latin1"): readonly string[] {
  let start = 0;
  return ends.map((end) => {
    const chunk = Buffer.from(bytes.subarray(start, end));
    start = end;
    const text = chunk.toString(as);
    return as === "hex" ? text.replace(/(..)(?=.)/g, "$1 ") : JSON.stringify(text);
  });
}

function formatVerdict(name: string, { events, failed, because }: Verdict): readonly string[] {
  return [
    `  ${name} reports`,
    ...events.map((event) => `    ${JSON.stringify(event.length > 200 ? `${event.slice(0, 200)}…` : event)}`),
    `    ${outcome(failed)}${because === undefined ? "" : `: ${because}`}`,
  ];
}

function outcome(failed: Verdict["failed"]): string {
  if (failed === undefined) return "and does not fail";
  return failed === "refused" ? "and refuses it" : `and fails with ${failed}`;
}
