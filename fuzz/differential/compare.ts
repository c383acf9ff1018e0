/** Whether we and a peer agree on streams, and if not, by which known difference. */
import type { ConnectionOptions } from "@hybi/core";
import type { Difference, Disagreement, Peer } from "./peer.ts";
import { beginning, type Stream } from "./stream.ts";
import { type OurVerdict, same, type Verdict } from "./verdict.ts";

/** A stream that both have read. */
type Compared = Pick<Disagreement, "stream" | "ours" | "theirs">;

/** A disagreement that no known difference explains. */
export interface Finding extends Compared {
  readonly peer: Peer;
  /** Which of the streams that were compared it is. */
  readonly position: number;
}

/** Compares, counts into `met` how often each difference explained something, and answers what nothing explained. */
export async function compare(
  peer: Peer,
  streams: readonly Stream[],
  verdicts: readonly OurVerdict[],
  met: Map<Difference, number>,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  const theirs = await peer.judge(streams);
  /** Disagreements that are explained if the peer agrees with us on the bytes before the fault. */
  const beforeFault: { readonly finding: Finding; readonly stream: Stream }[] = [];
  for (const [position, stream] of streams.entries()) {
    const disagreement = { stream, ours: verdicts[position] as OurVerdict, theirs: theirs[position] as Verdict };
    const explanation = explain(peer, disagreement);
    if (explanation === undefined) findings.push({ peer, position, ...disagreement });
    else if (explanation.length > 0) {
      for (const difference of explanation) met.set(difference, (met.get(difference) ?? 0) + 1);
      const { code, offset } = disagreement.ours;
      if (code !== undefined)
        beforeFault.push({ finding: { peer, position, ...disagreement }, stream: beginning(stream, offset) });
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

/** The differences that explain it, none when there is nothing to explain, or undefined when nothing does. */
function explain(peer: Peer, { stream, ours: verdict, theirs }: Compared): readonly Difference[] | undefined {
  const reading = (stream: Stream, options: ConnectionOptions | undefined, verdict: OurVerdict): Disagreement => ({
    stream,
    options,
    ours: asTold(peer, verdict),
    theirs,
    reread: (other, more) => asTold(peer, peer.subject.ours(other, { ...options, ...more })),
  });
  let current = reading(stream, undefined, verdict);
  const explanation: Difference[] = [];
  while (!same(current.ours, theirs)) {
    const difference = peer.differences.find((candidate) => candidate.applies(current));
    // Each frame may need one.
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

function asTold(peer: Peer, verdict: OurVerdict): OurVerdict {
  return peer.tells === undefined ? verdict : { ...verdict, events: verdict.events.map(peer.tells) };
}
