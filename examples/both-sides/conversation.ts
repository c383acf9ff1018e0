/**
 * Code for both sides: a page and a server import it alike. In a page, a Worker or React Native, `WebSocket` is the platform's own
 * and nothing of hybi is in the bundle; in Node, Deno and Bun it is ours.
 */
import { WebSocket } from "@hybi/isomorphic";

/** Sends text and bytes to an echo server, and closes. Returns what it has seen, the same in all runtimes. */
export async function converse(url: string): Promise<string[]> {
  const socket = new WebSocket(url, "echo");
  const seen: string[] = [];
  // Set it: it begins as "blob", but not everywhere; in React Native it is undefined.
  socket.binaryType = "arraybuffer";
  socket.onopen = () => {
    seen.push(`open, ${socket.protocol}, ${socket.readyState === WebSocket.OPEN}`);
    socket.send("Grüße 👋");
    socket.send(Uint8Array.of(0, 255, 1));
  };
  socket.addEventListener("message", ({ data }) => {
    seen.push(data instanceof ArrayBuffer ? `bytes ${new Uint8Array(data).join()}` : `text ${data}`);
    if (seen.length === 3) socket.close(4000, "enough");
  });
  const { code, wasClean } = await ended(socket);
  return [...seen, `closed, ${code}, ${wasClean}`];
}

/** Opens a connection that fails. Returns what it has seen, the same in all runtimes. */
export async function fail(url: string): Promise<string[]> {
  const socket = new WebSocket(url);
  const seen: string[] = [];
  socket.onopen = () => seen.push("open");
  socket.onerror = () => seen.push("error");
  const { code, wasClean } = await ended(socket);
  return [...seen, `closed, ${code}, ${wasClean}`];
}

function ended(socket: WebSocket): Promise<{ code: number; wasClean: boolean }> {
  return new Promise((resolve) => socket.addEventListener("close", resolve, { once: true }));
}
