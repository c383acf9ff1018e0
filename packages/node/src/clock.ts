/** Time as Node has it: timers that keep no process alive, and the end of a turn, which only ticks know. */
import { type Clock, systemClock } from "@hybi/websocket";

const resolved = Promise.resolve();

/** The clock of everything in this package. */
export const nodeClock: Clock = {
  ...systemClock,
  // Node runs ticks before microtasks, except those that a microtask has asked for: they run when no microtask is left. A
  // promise, because queueMicrotask makes an AsyncResource each time and costs twice as much.
  defer: (task) => void resolved.then(() => process.nextTick(task)),
  nextTurn: (task) => void setImmediate(task),
};
