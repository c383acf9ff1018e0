/** What a reconnecting client needs of a WebSocket, be it ours, the platform's, or that of another package. */
import { OPEN } from "./socket-core.ts";

/** What is used of a socket. */
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

/** Closes `socket`, in which nobody is interested any more. */
export function letGo(socket: SocketLike, code: number | undefined, reason: string): void {
  // An emitter of Node's, such as a socket of `ws`, throws the error that nobody listens to.
  socket.addEventListener("error", () => {});
  try {
    socket.close(code, reason);
  } catch {
    // It has other rules for codes and reasons than the platform, or was lost on its own.
    try {
      socket.close();
    } catch {}
  }
}
