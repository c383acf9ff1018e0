/** The errors of core's send commands: which are the caller's mistake, and which come from the peer or the network. */
import { UsageError } from "@hybi/core";

const refusals: ReadonlySet<string> = new Set(["send/queue-full", "send/after-close", "endpoint/ended"]);

/** Whether a command was refused because of the peer or the network, and not by a mistake of the caller. */
export function isRefused(error: unknown): error is UsageError {
  return error instanceof UsageError && refusals.has(error.code);
}

/** Whether the command itself was wrong. A failing source of randomness is not a mistake of the sending code. */
export function isMistake(error: unknown): boolean {
  return error instanceof UsageError && error.code !== "option/random";
}
