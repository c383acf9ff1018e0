/** wsproto as a peer, of whatever it is asked about. */
import type { Peer } from "../peer.ts";
import type { Verdict } from "../verdict.ts";
import { WsprotoProcess, type WsprotoVerdict } from "./process.ts";

/** What is asked, how it is known to differ in it, and how its verdict reads in our form. */
export interface WsprotoQuestion extends Pick<Peer, "subject" | "differences" | "tells"> {
  verdictOf(verdict: WsprotoVerdict): Verdict;
}

/** Answers why not, where it is not to be had. */
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
