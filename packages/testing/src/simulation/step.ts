/** The steps that define a simulator run, as data: everything that is done to it from outside, in order. */
import type { Command } from "./command.ts";
import type { LinkOptions } from "./link.ts";

/** One step of a simulation. `by` is the name of a party. */
export type Step =
  /** The application of the party carries out a command. */
  | { readonly type: "command"; readonly by: string; readonly command: Command }
  /** A scripted peer sends these bytes, right or wrong. */
  | { readonly type: "send"; readonly by: string; readonly bytes: Uint8Array }
  /** The party's half of the transport ends, after everything it has written. */
  | { readonly type: "end"; readonly by: string }
  /** Holds back everything the party writes, until it resumes. */
  | { readonly type: "stall" | "resume"; readonly by: string }
  /** The transport is lost; `cut` notifies both ends, `vanish` neither. */
  | { readonly type: "cut" | "vanish" }
  /** Time passes, and everything due happens; with 0, only what happens without time passing. */
  | { readonly type: "run"; readonly milliseconds: number };

/** A whole run: the names of the two parties, the links from each to the other, and the steps. */
export interface Script {
  readonly names: readonly [first: string, second: string];
  readonly links: readonly [fromFirst: LinkOptions, fromSecond: LinkOptions];
  readonly steps: readonly Step[];
}
