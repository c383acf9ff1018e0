/**
 * Limits a client to one connection in the CONNECTING state per address (RFC 6455 §4.1 step 2). Only queues: it decides
 * which attempt may open a transport now, and which is next. The caller supplies the IP address and reports ended attempts.
 */
import { Queue } from "../bytes/queue.ts";

interface Entry<Attempt> {
  readonly attempt: Attempt;
  /** Whether the attempt has ended. An attempt cancelled while waiting stays queued until its turn, or until a cleanup. */
  isOver: boolean;
}

/** The attempts at one address. */
interface Line<Attempt> {
  /** The attempt that is connecting, followed by the waiting ones in order. */
  readonly entries: Queue<Entry<Attempt>>;
  /** The entries that have not ended. */
  readonly byAttempt: Map<Attempt, Entry<Attempt>>;
}

/** The queues of connection attempts. `Attempt` is any value that identifies one. */
export class OpeningSlots<Attempt> {
  readonly #lines = new Map<string, Line<Attempt>>();

  /**
   * Requests a slot for `address`, an IP address and port. Returns true when the attempt may connect now; otherwise it must
   * wait until `leave` returns it.
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
   * Reports that an attempt has ended: the connection is open, has failed, or was cancelled while waiting. Returns the
   * attempt that may connect next, or undefined when nothing changes for the others. Amortized constant time.
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
    // Cleanup: do not keep cancelled attempts until the attempt ahead of them ends.
    else if (entries.length > 2 * byAttempt.size) entries.remove(({ isOver }) => isOver);
    return undefined;
  }
}

/** Removes ended entries from the front and returns the next attempt. At least one entry must not have ended. */
function nextOf<Attempt>(entries: Queue<Entry<Attempt>>): Attempt {
  do entries.take();
  while (entries.first!.isOver);
  return entries.first!.attempt;
}
