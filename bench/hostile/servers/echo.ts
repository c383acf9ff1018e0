/** What our echo servers have in common: the handler that stands first in the guide, and a budget of memory. */
import { type IncomingOpening, MemoryBudget } from "@hybi/websocket";

/** 256 MiB, as where a runtime does not tell how much there is: the same in all runtimes, and the least that is a default. */
export const budget = 268_435_456;

/** One for both ports. */
export const memoryBudget: MemoryBudget = new MemoryBudget(budget);

export function echo(opening: IncomingOpening): void {
  const socket = opening.accept();
  socket.onmessage = ({ data }) => socket.send(data);
}
