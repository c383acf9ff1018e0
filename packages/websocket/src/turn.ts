/**
 * The end of a turn, where the host has no better notion of it: when for some microtasks in a row nobody has asked for it
 * any more. A loop over messages that answers each of them takes a few microtasks for each; all its answers leave in one
 * write. A write costs as much as a hundred microtasks.
 */

/** Microtasks without a new task after which the turn is over. A step of `for await` over a promise of a promise takes 4. */
const quietMicrotasks = 6;

/** Microtasks after which a turn is over even if it does not come to rest. */
const longestTurn = 1024;

let waiting: (() => void)[] = [];
/** Microtasks since anything happened, and since the turn began. */
let quiet = 0;
let passed = 0;

/** Runs `task` when the turn is over. */
export function afterMicrotasks(task: () => void): void {
  waiting.push(task);
  quiet = 0;
  if (waiting.length === 1) queueMicrotask(pass);
}

/** Tells that the turn goes on: something happened that belongs to the same write. */
export function prolongTurn(): void {
  quiet = 0;
}

function pass(): void {
  passed++;
  quiet++;
  if (quiet < quietMicrotasks && passed < longestTurn) {
    queueMicrotask(pass);
    return;
  }
  const tasks = waiting;
  waiting = [];
  quiet = 0;
  passed = 0;
  for (const task of tasks) task();
}
