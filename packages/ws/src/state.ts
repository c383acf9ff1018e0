/** The states of a socket. */

/** As numbers of `readyState`. */
export type ReadyState = 0 | 1 | 2 | 3;

export const connecting = 0;
export const open = 1;
export const closing = 2;
export const closed = 3;

/** Returns the error of what needs an open connection. */
export function notOpen(state: ReadyState): Error {
  const name = ["CONNECTING", "OPEN", "CLOSING", "CLOSED"][state];
  return new Error(`WebSocket is not open: readyState ${state} (${name})`);
}
