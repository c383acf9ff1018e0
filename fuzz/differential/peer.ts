/** Another implementation, adapted to a common interface, and its known differences from hybi. */
import type { ConnectionOptions } from "@hybi/core";
import type { Stream } from "./stream.ts";
import type { Subject } from "./subject.ts";
import type { OurVerdict, Verdict } from "./verdict.ts";

export interface Peer {
  readonly name: string;
  readonly subject: Subject;
  readonly differences: readonly Difference[];
  /** Reduces an event of hybi to what the peer can report, if that is less. */
  readonly reduceEvent?: (event: string) => string;
  /** Whether it can read the stream. */
  reads(stream: Stream): boolean;
  judge(streams: readonly Stream[]): Promise<readonly Verdict[]> | readonly Verdict[];
  close?(): void;
}

/** A stream on which hybi and a peer disagree. */
export interface Disagreement {
  readonly stream: Stream;
  /** The options with which hybi reads it. */
  readonly options?: ConnectionOptions | undefined;
  readonly ours: OurVerdict;
  /** hybi's verdict on another stream, with the same options, or with others in addition. */
  reread(stream: Stream, options?: ConnectionOptions): OurVerdict;
  readonly theirs: Verdict;
}

/**
 * A known difference, decided in favor of hybi. It explains a disagreement when `applies` returns true, the verdicts agree
 * on the bytes before the one that hybi reports, and, if read with `instead`, the rest is explained by other differences
 * or there is nothing left to explain.
 */
export interface Difference {
  readonly name: string;
  /** The section according to which hybi is right, or may be. */
  readonly section: string;
  applies(disagreement: Disagreement): boolean;
  /** How to read it so that hybi does as the peer does: other options, or the stream as the peer reads it. */
  instead?(disagreement: Disagreement): Partial<Pick<Disagreement, "options" | "stream">>;
}
