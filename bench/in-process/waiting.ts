/** Measures memory of messages that wait for a peer that does not read. */
import { heldAfter } from "../heap.ts";
import { nextTurn } from "../task.ts";
import { openServer } from "./servers.ts";
import { SilentSocket } from "./silent-socket.ts";

/** Connections that have all stopped reading, and characters of the text that waits on each. */
const connections = 500;
const waitingLength = 5000;

/** Returns the bytes held for each text. */
export async function heldByWaiting(implementation: string): Promise<number> {
  const server = openServer(implementation);
  const sockets = Array.from({ length: connections }, () => new SilentSocket());
  for (const socket of sockets) await server.open(socket);
  // The first write occupies the socket, so that the second one waits.
  for (const socket of sockets) socket.isStuck = true;
  server.broadcast("x");
  await nextTurn();
  // Each socket sends a string of its own, which ends with the sending.
  const held = await heldAfter(async () => {
    server.sendEach((index) => String(index).padStart(waitingLength, "x"));
    await nextTurn();
  });
  if (sockets.some((socket) => socket.destroyed)) throw new Error("A socket was destroyed.");
  return held / connections;
}
