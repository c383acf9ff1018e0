/**
 * At most one connection in CONNECTING for each address (RFC 6455 §4.1 step 2). A queue, and nothing else: who may open
 * a transport now, and who is next. The caller knows the IP address, and when an attempt is over.
 */

/** Attempts to connect, which are whatever the caller tells them apart by. */
export class OpeningSlots<Attempt> {
  /** For each address: the attempt that is connecting, then those that wait, in order. */
  readonly #attempts = new Map<string, Attempt[]>();

  /**
   * Asks to connect to `address`: the IP address and the port. True means go ahead; false means wait until `leave` names
   * the attempt.
   */
  enter(address: string, attempt: Attempt): boolean {
    const attempts = this.#attempts.get(address);
    if (attempts === undefined) {
      this.#attempts.set(address, [attempt]);
      return true;
    }
    attempts.push(attempt);
    return false;
  }

  /**
   * The attempt is over, whichever way: the connection is open, has failed, or was given up while it waited. Answers the
   * attempt whose turn it is now, or undefined when nothing changes for the others.
   */
  leave(address: string, attempt: Attempt): Attempt | undefined {
    const attempts = this.#attempts.get(address);
    if (attempts === undefined) return undefined;
    const index = attempts.indexOf(attempt);
    if (index < 0) return undefined;
    attempts.splice(index, 1);
    if (attempts.length === 0) this.#attempts.delete(address);
    return index === 0 ? attempts[0] : undefined;
  }
}
