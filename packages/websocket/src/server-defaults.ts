/**
 * What a server has for defaults where core, which knows nothing of who connects, has wider ones: with these one that
 * does its worst holds megabytes, for minutes; what all of them may hold together is `memoryBudget`. docs/guide/security.md has the table beside those of others.
 */
import type { DeadlineOptions, Limits } from "@hybi/core";

const MiB = 1_048_576;

export const serverLimits: Partial<Limits> = {
  /** 64 MiB: four of the longest messages, or one burst. Who reads nothing is dropped by then, or by `stalled`. */
  queuedOutput: 64 * MiB,
};

export const serverDeadlines: DeadlineOptions = {
  /** 5 min: 16 MiB over 450 kbit/s. Without it, each connection may hold a message that never ends. */
  message: 300_000,
  /** 5 min: a handler that waits for so long has forgotten its peer, whom it keeps from being heard. */
  resting: 300_000,
};

/** `given` on top of `defaults`; what is undefined counts as left out. */
export function withDefaults<Options extends object>(defaults: Options, given: Options | undefined): Options {
  const all = { ...defaults } as Record<string, unknown>;
  for (const [name, value] of Object.entries(given ?? {})) if (value !== undefined) all[name] = value;
  return all as Options;
}
