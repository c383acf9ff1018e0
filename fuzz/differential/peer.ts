/** Another implementation, brought to our form, and how it is known to differ from us. */
import type { ConnectionOptions } from "@hybi/core";
import type { Stream } from "./stream.ts";
import type { Subject } from "./subject.ts";
import type { OurVerdict, Verdict } from "./verdict.ts";

export interface Peer {
  readonly name: string;
  readonly subject: Subject;
  readonly differences: readonly Difference[];
  /** What it can tell of what we tell, where that is less. */
  readonly tells?: (event: string) => string;
  /** Whether it can be asked. */
  reads(stream: Stream): boolean;
  judge(streams: readonly Stream[]): Promise<readonly Verdict[]> | readonly Verdict[];
  close?(): void;
}

/** A stream on which we and a peer differ. */
export interface Disagreement {
  readonly stream: Stream;
  /** How we read it. */
  readonly options?: ConnectionOptions | undefined;
  readonly ours: OurVerdict;
  /** What we make of another stream, read in the same way, or with other options besides. */
  reread(stream: Stream, options?: ConnectionOptions): OurVerdict;
  readonly theirs: Verdict;
}

/**
 * A difference that is known and decided. It explains a disagreement when `applies` holds for it, and the verdicts agree
 * on the bytes before the one that we found at fault; and when, read with `instead`, there is nothing left to explain but
 * by other differences.
 */
export interface Difference {
  readonly name: string;
  /** Where it is decided that ours is right, or may be. */
  readonly section: string;
  applies(disagreement: Disagreement): boolean;
  /** How to read it so that we do as the peer does: other options, or the stream as the peer takes it. */
  instead?(disagreement: Disagreement): Partial<Pick<Disagreement, "options" | "stream">>;
}
