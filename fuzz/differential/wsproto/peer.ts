/** wsproto as a peer, for any subject. */
import type { Peer } from "../peer.ts";
import type { Verdict } from "../verdict.ts";
import { WsprotoProcess, type WsprotoVerdict } from "./process.ts";

/** The subject, its known differences, and the conversion of its verdicts. */
export interface WsprotoQuestion extends Pick<Peer, "subject" | "differences" | "reduceEvent"> {
  verdictOf(verdict: WsprotoVerdict): Verdict;
}

/** Starts it. Returns the reason if it is not available. */
export function startWsproto({ verdictOf, ...question }: WsprotoQuestion): Peer | string {
  const process = WsprotoProcess.start(question.subject.name === "frames" ? "frames" : "openings");
  if (typeof process === "string") return process;
  return {
    name: "wsproto",
    ...question,
    reads: () => true,
    judge: async (streams) => (await process.judge(streams)).map(verdictOf),
    close: () => process.close(),
  };
}
