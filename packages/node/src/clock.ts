/**
 * Node's clock for `@hybi/websocket`: unref'd timers, and a `defer` that runs at the end of the turn by way of
 * `process.nextTick`.
 */
import { type Clock, systemClock } from "@hybi/websocket";

const resolved = Promise.resolve();

/** The default clock of everything in this package. */
export const nodeClock: Clock = {
  ...systemClock,
  // Ticks run before microtasks, except a tick that a microtask queues: it runs once the microtask queue is empty, which is the
  // end of the turn. A promise rather than queueMicrotask, which creates an AsyncResource per call and costs twice as much.
  defer: (task) => void resolved.then(() => process.nextTick(task)),
  nextTurn: (task) => void setImmediate(task),
};
