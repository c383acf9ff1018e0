/** Formats the annotated transcript of one case. */
import { WireDump } from "../../inspect/wire-dump.ts";
import type { CaseResult } from "../run-case.ts";

/** Maximum lines shown per case. */
const mostLines = 200;

/** Returns the lines of a transcript; empty when nothing was sent. */
export function formatTranscript({ passages, dropped }: CaseResult): readonly string[] {
  const lines: string[] = [];
  const dump = new WireDump({ print: (line) => lines.push(line) });
  for (const { sender, bytes } of passages) {
    if (bytes === undefined) dump.end(sender);
    else dump.receive(sender, bytes);
  }
  const shown = lines.slice(0, mostLines);
  if (lines.length > mostLines) shown.push(`… ${lines.length - mostLines} lines more`);
  if (dropped > 0) shown.push(`… ${dropped.toLocaleString("en")} bytes more, which were not kept`);
  return shown;
}
