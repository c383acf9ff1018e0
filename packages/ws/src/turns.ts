/** Turns of the event loop. */

let turn = 1;
let isCounted = false;

/** Returns a number that is another in each turn in which it is asked for. */
export function currentTurn(): number {
  if (!isCounted) {
    isCounted = true;
    process.nextTick(nextTurn);
  }
  return turn;
}

function nextTurn(): void {
  turn++;
  isCounted = false;
}

/** Errors of listeners are uncaught, and harm neither this connection nor others. */
export function throwLater(error: unknown): void {
  process.nextTick(() => {
    throw error;
  });
}
