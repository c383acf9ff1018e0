/** A promise for an open socket, for code that awaits it instead of adding listeners. */
import { abortReason } from "../dom/dom-exception.ts";
import { type Event, EventTarget } from "../dom/platform-classes.ts";
import type { FailureEvent } from "../dom/socket-events.ts";
import { type Failure, givenUp } from "../failure/failure.ts";
import { OpeningError } from "../failure/opening-error.ts";
import { CLOSED, OPEN } from "../socket/lifecycle.ts";
import type { WebSocket } from "../socket/websocket.ts";

/**
 * Resolves with `socket` once it is open; messages that arrive with the response wait until the caller has awaited it. Rejects
 * with an `OpeningError`, which says why, or with the reason of `signal`, which aborts the attempt.
 *
 * @example
 * const socket = await whenOpen(new WebSocket("wss://example.com/"), AbortSignal.timeout(1_000));
 */
export function whenOpen(socket: WebSocket, signal?: AbortSignal): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const finish = (): void => {
      for (const [type, listener] of listeners) EventTarget.prototype.removeEventListener.call(socket, type, listener);
      signal?.removeEventListener("abort", giveUp);
    };
    const isOpen = (): void => {
      finish();
      resolve(socket);
    };
    const fail = (failure: Failure): void => {
      finish();
      reject(new OpeningError(failure, socket.url));
    };
    const failed = (event: Event): void => fail((event as FailureEvent).failure);
    // The socket was open before and is closing or closed: it will not open, and has no error to report.
    const closed = (): void => fail(givenUp);
    const giveUp = (): void => {
      finish();
      socket.close();
      reject(abortReason(signal));
    };
    // Call the platform's methods: the socket must not take these for listeners that the application adds for its end.
    const listeners = [
      ["open", isOpen],
      ["error", failed],
      ["close", closed],
    ] as const;
    if (socket.readyState === OPEN) resolve(socket);
    else if (signal?.aborted === true) giveUp();
    else if (socket.readyState === CLOSED) closed();
    else {
      for (const [type, listener] of listeners) EventTarget.prototype.addEventListener.call(socket, type, listener);
      signal?.addEventListener("abort", giveUp);
    }
  });
}
