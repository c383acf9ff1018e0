/** A promise for a socket that is open, for those who would rather await than listen. */
import { OPEN } from "./socket-core.ts";
import type { FailureEvent } from "./socket-events.ts";
import type { WebSocket } from "./websocket.ts";
import { closeError, type WebSocketError } from "./websocket-error.ts";

/**
 * Resolves with `socket` once it is open; messages that come with the response wait until it was awaited. Rejects with a
 * `WebSocketError`, whose `detail` says why, or with the reason of `signal`, which gives the attempt up.
 *
 * @example
 * const socket = await opened(new WebSocket("wss://example.com/"), AbortSignal.timeout(1_000));
 */
export function opened(socket: WebSocket, signal?: AbortSignal): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const finish = (): void => {
      socket.removeEventListener("open", isOpen);
      socket.removeEventListener("error", failed);
      signal?.removeEventListener("abort", giveUp);
    };
    const isOpen = (): void => {
      finish();
      resolve(socket);
    };
    const failed = (event: FailureEvent): void => {
      finish();
      reject(openingError(event));
    };
    const giveUp = (): void => {
      finish();
      socket.close();
      reject(signal?.reason);
    };
    if (socket.readyState === OPEN) resolve(socket);
    else if (signal?.aborted === true) giveUp();
    else {
      socket.addEventListener("open", isOpen);
      socket.addEventListener("error", failed);
      signal?.addEventListener("abort", giveUp);
    }
  });
}

function openingError({ violation, response, body, error }: FailureEvent): WebSocketError {
  return closeError(1006, "", { violation, response, body, error });
}
