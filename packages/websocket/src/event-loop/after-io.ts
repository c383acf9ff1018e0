/** Runs a task after pending I/O: how all pumps of a clock are served in turns. */
import { immediatesDelayIo } from "../platform/runtime.ts";
import type { Clock } from "./clock.ts";
import { clockThrew } from "./reporter.ts";

interface MaybeImmediate {
  setImmediate?: (task: () => void) => unknown;
  setTimeout?: (task: () => void, milliseconds: number) => unknown;
}

/**
 * Runs `task` after pending I/O: with `clock.nextTurn` where given, otherwise, or if that throws, with the runtime's own means,
 * because no time needs to pass. The last resort is a timer of 0 ms, which takes 1 to 4 ms.
 */
export function afterIo(clock: Clock, task: () => void): void {
  try {
    if (clock.nextTurn !== undefined) {
      clock.nextTurn(task);
      return;
    }
  } catch (error) {
    clockThrew(clock, error);
  }
  const { setImmediate, setTimeout } = globalThis as MaybeImmediate;
  if (setImmediate !== undefined && !immediatesDelayIo) setImmediate(task);
  else if (setTimeout !== undefined) setTimeout(task, 0);
  else clock.setTimeout(task, 0);
}
