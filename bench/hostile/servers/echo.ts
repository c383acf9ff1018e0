/** What our echo servers have in common: the handler that stands first in the guide, and a budget of memory. */
import { type IncomingOpening, MemoryBudget } from "@hybi/websocket";

/** 512 MiB, the same in all runtimes: about the default of Node and Deno, which is an eighth of the longest heap. */
export const budget = 536_870_912;

/** One for both ports. */
export const memoryBudget: MemoryBudget = new MemoryBudget(budget);

export function echo(opening: IncomingOpening): void {
  const socket = opening.accept();
  socket.onmessage = ({ data }) => socket.send(data);
}
