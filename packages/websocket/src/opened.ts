/** A promise for a socket that is open, for those who would rather await than listen. */
import { abortReason } from "./dom-exception.ts";
import { OpeningError } from "./opening-error.ts";
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
      socket.removeEventListener("open", isOpen);
      socket.removeEventListener("error", failed);
      socket.removeEventListener("close", closed);
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
    if (socket.readyState === OPEN) resolve(socket);
    else if (signal?.aborted === true) giveUp();
    else if (socket.readyState === CLOSED) closed();
    else {
      socket.addEventListener("open", isOpen);
      socket.addEventListener("error", failed);
      socket.addEventListener("close", closed);
      signal?.addEventListener("abort", giveUp);
    }
  });
}
