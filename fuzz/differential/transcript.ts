/** A disagreement, told so that it can be understood and turned into a test. */
import type { Finding } from "./compare.ts";
import type { Stream } from "./stream.ts";
import type { Verdict } from "./verdict.ts";

export function transcript({ peer, stream, ours, theirs }: Finding): string {
  return [
    `As a ${stream.role}${stream.deflate ? " with permessage-deflate" : ""}, hybi and ${peer.name} disagree on`,
    ...hex(stream).map((line) => `  ${line}`),
    ...told("hybi", ours),
    ...(ours.code === undefined ? [] : [`    because of ${ours.code} at ${ours.offset}`]),
    ...told(peer.name, theirs),
  ].join("\n");
}

/** A line for each chunk. */
function hex({ bytes, ends }: Stream): readonly string[] {
  let start = 0;
  return ends.map((end) => {
    const chunk = Buffer.from(bytes.subarray(start, end));
    start = end;
    return chunk.toString("hex").replace(/(..)(?=.)/g, "$1 ");
  });
}

function told(name: string, { events, failed }: Verdict): readonly string[] {
  return [
    `  ${name} tells`,
    ...events.map((event) => `    ${JSON.stringify(event.length > 200 ? `${event.slice(0, 200)}…` : event)}`),
    `    ${failed === undefined ? "and does not fail" : `and fails with ${failed}`}`,
  ];
}
