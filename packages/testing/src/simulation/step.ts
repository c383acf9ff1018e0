/** What makes a run of the simulator what it is, as data: everything that is done to it from outside, in order. */
import type { Command } from "./command.ts";
import type { LinkOptions } from "./link.ts";

/** One thing that is done to a simulation. `by` is the name of a party. */
export type Step =
  /** Its application does something. */
  | { readonly type: "command"; readonly by: string; readonly command: Command }
  /** A scripted peer is to send these bytes, right or wrong. */
  | { readonly type: "send"; readonly by: string; readonly bytes: Uint8Array }
  /** Its half of the transport ends, behind all that it has written. */
  | { readonly type: "end"; readonly by: string }
  /** Nothing that it has written arrives, until it resumes. */
  | { readonly type: "stall" | "resume"; readonly by: string }
  /** The transport is gone, and both ends are told; or they are not. */
  | { readonly type: "cut" | "vanish" }
  /** Time passes, and what is due happens; with 0, all that happens without time passing. */
  | { readonly type: "run"; readonly milliseconds: number };

/** A whole run: the names of the first and the second party, the links from each to the other, and the steps. */
export interface Script {
  readonly names: readonly [first: string, second: string];
  readonly links: readonly [fromFirst: LinkOptions, fromSecond: LinkOptions];
  readonly steps: readonly Step[];
}
