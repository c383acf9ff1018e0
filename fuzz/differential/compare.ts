/** Compares hybi with a peer on streams, and explains disagreements by known differences. */
import type { ConnectionOptions } from "@hybi/core";
import type { Difference, Disagreement, Peer } from "./peer.ts";
import { prefixOf, type Stream } from "./stream.ts";
import { type OurVerdict, same, type Verdict } from "./verdict.ts";

/** A stream read by both. */
type Compared = Pick<Disagreement, "stream" | "ours" | "theirs">;

/** A disagreement that no known difference explains. */
export interface Finding extends Compared {
  readonly peer: Peer;
  /** Index of the stream among those compared. */
  readonly position: number;
}

/** Compares. Counts in `met` how often each difference explained something; returns the unexplained disagreements. */
export async function compare(
  peer: Peer,
  streams: readonly Stream[],
  verdicts: readonly OurVerdict[],
  met: Map<Difference, number>,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  const theirs = await peer.judge(streams);
  /** Disagreements that count as explained only if the peer agrees with hybi on the bytes before the fault. */
  const beforeFault: { readonly finding: Finding; readonly stream: Stream }[] = [];
  for (const [position, stream] of streams.entries()) {
    const disagreement = { stream, ours: verdicts[position] as OurVerdict, theirs: theirs[position] as Verdict };
    const explanation = explain(peer, disagreement);
    if (explanation === undefined) findings.push({ peer, position, ...disagreement });
    else if (explanation.length > 0) {
      for (const difference of explanation) met.set(difference, (met.get(difference) ?? 0) + 1);
      const { code, offset } = disagreement.ours;
      if (code !== undefined)
        beforeFault.push({ finding: { peer, position, ...disagreement }, stream: prefixOf(stream, offset) });
    }
  }
  if (beforeFault.length > 0) {
    const judged = await peer.judge(beforeFault.map(({ stream }) => stream));
    for (const [index, { finding, stream }] of beforeFault.entries()) {
      const before = { stream, ours: peer.subject.ours(stream), theirs: judged[index] as Verdict };
      if (explain(peer, before) === undefined) findings.push(finding);
    }
  }
  return findings;
}

const maxExplanation = 64;

/** Returns the differences that explain it: none if the verdicts agree, undefined if nothing explains it. */
function explain(peer: Peer, { stream, ours: verdict, theirs }: Compared): readonly Difference[] | undefined {
  const reading = (stream: Stream, options: ConnectionOptions | undefined, verdict: OurVerdict): Disagreement => ({
    stream,
    options,
    ours: reduceVerdict(peer, verdict),
    theirs,
    reread: (other, more) => reduceVerdict(peer, peer.subject.ours(other, { ...options, ...more })),
  });
  let current = reading(stream, undefined, verdict);
  const explanation: Difference[] = [];
  while (!same(current.ours, theirs)) {
    const difference = peer.differences.find((candidate) => candidate.applies(current));
    // Each frame may need a difference of its own.
    if (difference === undefined || explanation.length > maxExplanation) return undefined;
    explanation.push(difference);
    if (difference.instead === undefined) break;
    const instead = difference.instead(current);
    const options = { ...current.options, ...instead.options };
    const as = instead.stream ?? current.stream;
    current = reading(as, options, peer.subject.ours(as, options));
  }
  return explanation;
}

function reduceVerdict(peer: Peer, verdict: OurVerdict): OurVerdict {
  return peer.reduceEvent === undefined ? verdict : { ...verdict, events: verdict.events.map(peer.reduceEvent) };
}
