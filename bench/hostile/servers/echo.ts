/** What our echo servers share: the first handler of the guide, and a memory budget. */
import { type IncomingOpening, MemoryBudget } from "@hybi/websocket";

/** 512 MiB in all runtimes: about the default of Node and Deno, an eighth of the maximum heap. */
export const budget = 536_870_912;

/** One budget for both ports. */
export const memoryBudget: MemoryBudget = new MemoryBudget(budget);

export function echo(opening: IncomingOpening): void {
  const socket = opening.accept();
  socket.onmessage = ({ data }) => socket.send(data);
}
