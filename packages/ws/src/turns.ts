/** Turns of the event loop. */

let turn = 1;
let isCounted = false;
let atEnd: (() => void) | undefined;

/** Returns the number of the current turn, which ends with the ticks of the running callback. */
export function currentTurn(): number {
  if (!isCounted) {
    isCounted = true;
    process.nextTick(nextTurn);
  }
  return turn;
}

/** Runs `task` at the end of this turn. Only one module has a task, and always the same. */
export function atEndOfTurn(task: () => void): void {
  currentTurn();
  atEnd = task;
}

function nextTurn(): void {
  turn++;
  isCounted = false;
  atEnd?.();
  atEnd = undefined;
}

/** Errors of listeners are uncaught, and harm neither this connection nor others. */
export function throwLater(error: unknown): void {
  process.nextTick(() => {
    throw error;
  });
}
