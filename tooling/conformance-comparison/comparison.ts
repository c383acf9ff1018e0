/** Two judges on the same server: what Autobahn says of a case, and what our own conformance cases say. */
import type { Verdicts } from "../autobahn/verdicts.ts";

/** What `hybi-conformance --json` has for each case. */
export interface OurResult {
  readonly id: string;
  readonly verdict: string;
  readonly reason: string;
  /** The case of Autobahn's that tests the same. */
  readonly autobahn?: string;
}

/** A case on which the judges do not agree. */
export interface Difference {
  readonly id: string;
  readonly peer: string;
  /** Autobahn's words. */
  readonly autobahn: string;
  /** Our verdict, and our reason. */
  readonly ours: string;
  readonly reason: string;
}

/** Why a difference is right. */
export interface Explanation {
  readonly peers: readonly string[];
  /** "7.1.6", or "12.*". */
  readonly cases: readonly string[];
  readonly because: string;
}

export interface PeerComparison {
  readonly peer: string;
  /** Cases that both have judged. */
  readonly compared: number;
  readonly differences: readonly Difference[];
}

/** Compares the cases that both have judged. */
export function compareJudges(peer: string, autobahn: Verdicts, ours: readonly OurResult[]): PeerComparison {
  const both = ours.filter(({ autobahn: id }) => id !== undefined && autobahn.has(id));
  const differences = both.flatMap(({ id, autobahn: theirId = "", verdict, reason }) => {
    const theirs = autobahn.get(theirId) ?? "";
    return translate(theirs) === verdict ? [] : [{ id, peer, autobahn: theirs, ours: verdict, reason }];
  });
  return { peer, compared: both.length, differences };
}

/** The explanation of a difference, if there is one. */
export function explain({ id, peer }: Difference, explanations: readonly Explanation[]): Explanation | undefined {
  return explanations.find((each) => each.peers.includes(peer) && each.cases.some((pattern) => matches(id, pattern)));
}

/** Whether `pattern` is the id, or a beginning of it before a star. */
function matches(id: string, pattern: string): boolean {
  return pattern.endsWith("*") ? id.startsWith(pattern.slice(0, -1)) : id === pattern;
}

/** Autobahn's verdict in our words. A closing that it finds wrong is a failure to us, whatever came before it. */
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
