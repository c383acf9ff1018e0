/** Shares what the connections of one clock have in common. */
import { hasRequestContexts } from "../platform/runtime.ts";
import type { Clock } from "./clock.ts";

/**
 * Returns a function that returns what `create` made for a clock, the same each time. Where I/O is bound to a request, it makes a
 * new one for each caller: a microtask, timer or turn of a request that has ended may never come, and all others would wait for it.
 */
export function perClock<Shared>(create: (clock: Clock) => Shared): (clock: Clock) => Shared {
  if (hasRequestContexts) return create;
  const sharedByClock = new WeakMap<Clock, Shared>();
  return (clock) => {
    let shared = sharedByClock.get(clock);
    if (shared === undefined) {
      shared = create(clock);
      sharedByClock.set(clock, shared);
    }
    return shared;
  };
}
