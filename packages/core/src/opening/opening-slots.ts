/**
 * At most one connection in CONNECTING for each address (RFC 6455 §4.1 step 2). A queue, and nothing else: who may open
 * a transport now, and who is next. The caller knows the IP address, and when an attempt is over.
 */
import { Queue } from "../bytes/queue.ts";

interface Entry<Attempt> {
  readonly attempt: Attempt;
  /** Whether it is over. One that was given up while it waited stays where it is until its turn, or until many have. */
  isOver: boolean;
}

/** The attempts at one address. */
interface Line<Attempt> {
  /** The attempt that is connecting, then those that wait, in order. */
  readonly entries: Queue<Entry<Attempt>>;
  /** Those of them that are not over. */
  readonly byAttempt: Map<Attempt, Entry<Attempt>>;
}

/** Attempts to connect, which are whatever the caller tells them apart by. */
export class OpeningSlots<Attempt> {
  readonly #lines = new Map<string, Line<Attempt>>();

  /**
   * Asks to connect to `address`: the IP address and the port. True means go ahead; false means wait until `leave` names
   * the attempt.
   */
  enter(address: string, attempt: Attempt): boolean {
    const line: Line<Attempt> = this.#lines.get(address) ?? { entries: new Queue(), byAttempt: new Map() };
    const { entries, byAttempt } = line;
    if (!byAttempt.has(attempt)) {
      const entry = { attempt, isOver: false };
      entries.push(entry);
      byAttempt.set(attempt, entry);
    }
    this.#lines.set(address, line);
    return entries.first!.attempt === attempt;
  }

  /**
   * The attempt is over, whichever way: the connection is open, has failed, or was given up while it waited. Returns the
   * attempt whose turn it is now, or undefined when nothing changes for the others. Constant time, on average.
   */
  leave(address: string, attempt: Attempt): Attempt | undefined {
    const line = this.#lines.get(address);
    const entry = line?.byAttempt.get(attempt);
    if (line === undefined || entry === undefined) return undefined;
    const { entries, byAttempt } = line;
    entry.isOver = true;
    byAttempt.delete(attempt);
    if (byAttempt.size === 0) this.#lines.delete(address);
    else if (entries.first === entry) return nextOf(entries);
    // Those that are over are not kept as long as the attempt ahead of them takes.
    else if (entries.length > 2 * byAttempt.size) entries.remove(({ isOver }) => isOver);
    return undefined;
  }
}

/** Removes the first, which is over, and returns whose turn it is now. There is one that is not over. */
function nextOf<Attempt>(entries: Queue<Entry<Attempt>>): Attempt {
  do entries.take();
  while (entries.first!.isOver);
  return entries.first!.attempt;
}
