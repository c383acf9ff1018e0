/** Waits for a condition, or until a measurement stops changing, without timers. */
import { setImmediate as nextTurn } from "node:timers/promises";

/** Resolves when `condition` holds; the test's timeout is the limit. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await nextTurn();
}

/** Resolves when `measure` has returned the same value for 500 turns of the event loop. */
export async function atRest(measure: () => number): Promise<void> {
  let last = measure();
  for (let turns = 0; turns < 500; turns++) {
    await nextTurn();
    const now = measure();
    if (now !== last) turns = 0;
    last = now;
  }
}
