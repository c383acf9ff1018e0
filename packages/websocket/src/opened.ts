/** A promise for a socket that is open, for those who would rather await than listen. */
import { abortReason } from "./dom-exception.ts";
import { OpeningError } from "./opening-error.ts";
import { type Event, EventTarget } from "./platform-classes.ts";
import { CLOSED, OPEN } from "./socket-core.ts";
import { FailureEvent } from "./socket-events.ts";
import type { WebSocket } from "./websocket.ts";

/**
 * Resolves with `socket` once it is open; messages that come with the response wait until it was awaited. Rejects with an
 * `OpeningError`, which says why, or with the reason of `signal`, which gives the attempt up.
 *
 * @example
 * const socket = await opened(new WebSocket("wss://example.com/"), AbortSignal.timeout(1_000));
 */
export function opened(socket: WebSocket, signal?: AbortSignal): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const finish = (): void => {
      for (const [type, listener] of listeners) EventTarget.prototype.removeEventListener.call(socket, type, listener);
      signal?.removeEventListener("abort", giveUp);
    };
    const isOpen = (): void => {
      finish();
      resolve(socket);
    };
    const failed = (event: FailureEvent): void => {
      finish();
      reject(new OpeningError(event));
    };
    // It was open before, and is closing or closed: there is nothing to wait for, and no error.
    const closed = (): void => failed(new FailureEvent("error"));
    const giveUp = (): void => {
      finish();
      socket.close();
      reject(abortReason(signal));
    };
    // By the platform's functions: that the application listens to the end, the socket is not to believe.
    const listeners = [
      ["open", isOpen],
      ["error", failed as (event: Event) => void],
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
