/**
 * The part of the WebSocket interface that a reconnecting client needs, from this package, the platform or another
 * package.
 */
import { OPEN } from "../socket/lifecycle.ts";

/** The members of a socket that are used. */
export interface SocketLike {
  readonly readyState: number;
  send(data: never): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: string, listener: (event: Event) => void): void;
}

export function isSocketLike(value: unknown): value is SocketLike {
  if (typeof value !== "object" || value === null) return false;
  const { readyState, send, close, addEventListener } = value as Partial<SocketLike>;
  return typeof readyState === "number" && [send, close, addEventListener].every((one) => typeof one === "function");
}

export function isOpen(socket: SocketLike | undefined): boolean {
  return socket?.readyState === OPEN;
}

/** Closes a `socket` that is no longer needed. */
export function letGo(socket: SocketLike, code: number | undefined, reason: string): void {
  // An EventEmitter of Node, such as a socket of `ws`, throws errors that have no listener.
  socket.addEventListener("error", () => {});
  try {
    socket.close(code, reason);
  } catch {
    // Its rules for codes and reasons differ from the platform's, or it was lost by itself.
    try {
      socket.close();
    } catch {}
  }
}
