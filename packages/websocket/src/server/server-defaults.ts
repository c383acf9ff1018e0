/**
 * Defaults of a server where those of core are wider, because core does not know its peers. With these, a connection at
 * its worst holds megabytes, for minutes; `memoryBudget` bounds all connections together. docs/guide/security.md
 * compares them with other implementations.
 */
import type { DeadlineOptions, Limits } from "@hybi/core";

const MiB = 1_048_576;

export const serverLimits: Partial<Limits> = {
  /**
   * 64 MiB: four messages of maximum length, or one burst. A peer that reads nothing is dropped at this size, or by
   * `stalled`.
   */
  queuedOutput: 64 * MiB,
};

export const serverDeadlines: DeadlineOptions = {
  /** 5 min: 16 MiB at 450 kbit/s. Without it, each connection could hold a message that never ends. */
  message: 300_000,
  /** 5 min: a handler that pauses for this long has forgotten its peer, whose messages it keeps from being read. */
  resting: 300_000,
};
