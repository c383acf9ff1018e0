/** Compares two judges of the same server: the verdicts of Autobahn, and those of our own conformance cases. */
import type { Verdicts } from "../autobahn/verdicts.ts";

/** The entry of a case in the output of `hybi-conformance --json`. */
export interface OurResult {
  readonly id: string;
  readonly verdict: string;
  readonly reason: string;
  /** Id of the equivalent case of Autobahn. */
  readonly autobahn?: string;
}

/** A case on which the judges disagree. */
export interface Difference {
  readonly id: string;
  readonly peer: string;
  /** Autobahn's verdict. */
  readonly autobahn: string;
  /** Our verdict. `reason` is our reason for it. */
  readonly ours: string;
  readonly reason: string;
}

/** The reason why a difference is correct. */
export interface Explanation {
  readonly peers: readonly string[];
  /** An id such as "7.1.6", or a prefix such as "12.*". */
  readonly cases: readonly string[];
  readonly because: string;
}

export interface PeerComparison {
  readonly peer: string;
  /** Number of cases that both have judged. */
  readonly compared: number;
  readonly differences: readonly Difference[];
}

/** Compares the verdicts on the cases that both have judged. */
export function compareJudges(peer: string, autobahn: Verdicts, ours: readonly OurResult[]): PeerComparison {
  const both = ours.filter(({ autobahn: id }) => id !== undefined && autobahn.has(id));
  const differences = both.flatMap(({ id, autobahn: theirId = "", verdict, reason }) => {
    const theirs = autobahn.get(theirId) ?? "";
    return translate(theirs) === verdict ? [] : [{ id, peer, autobahn: theirs, ours: verdict, reason }];
  });
  return { peer, compared: both.length, differences };
}

/** Returns the explanation of a difference, if there is one. */
export function explain({ id, peer }: Difference, explanations: readonly Explanation[]): Explanation | undefined {
  return explanations.find((each) => each.peers.includes(peer) && each.cases.some((pattern) => matches(id, pattern)));
}

/** Whether `pattern` is the id, or a prefix of it followed by a star. */
function matches(id: string, pattern: string): boolean {
  return pattern.endsWith("*") ? id.startsWith(pattern.slice(0, -1)) : id === pattern;
}

/** Translates Autobahn's verdict to ours. A wrong closing handshake is a failure, whatever came before it. */
function translate(verdict: string): string {
  switch (verdict) {
    case "OK":
      return "ok";
    case "NON-STRICT":
    case "NON-STRICT, closed OK":
      return "non-strict";
    case "INFORMATIONAL":
      return "informational";
    case "UNIMPLEMENTED":
    case "UNIMPLEMENTED, closed OK":
      return "unsupported";
    default:
      return "failed";
  }
}
