/** Waiting for something to happen, and for something to have come to rest, without a clock. */
import { setImmediate as nextTurn } from "node:timers/promises";

/** Resolves when `condition` holds; the timeout of the test bounds it. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await nextTurn();
}

/** Resolves when `measure` has answered the same in 500 turns of the event loop. */
export async function atRest(measure: () => number): Promise<void> {
  let last = measure();
  for (let turns = 0; turns < 500; turns++) {
    await nextTurn();
    const now = measure();
    if (now !== last) turns = 0;
    last = now;
  }
}
