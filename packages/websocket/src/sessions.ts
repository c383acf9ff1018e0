/**
 * How many WebSockets share a session, the connection of HTTP/2 or HTTP/3 that carries them. A client opens one with a request
 * of some ten bytes, and all of them are one connection for everything that counts connections of TCP.
 */

/**
 * The streams of one session, when nobody says how many. RFC 9113 §6.5.2 recommends no fewer at a time; a browser has one session
 * for all of its tabs.
 */
const defaultStreams = 100;

/** Of all servers: a session that is upgraded stream by stream may have one for each. */
const counts = new WeakMap<object, number>();

export class Sessions {
  readonly #limit: number;
  /** Whose session is which. */
  readonly #sessions = new WeakMap<object, object>();

  constructor(limit: number = defaultStreams) {
    this.#limit = limit;
  }

  isFull(session: object | undefined): boolean {
    return session !== undefined && (counts.get(session) ?? 0) >= this.#limit;
  }

  enter(stream: object, session: object | undefined): void {
    if (session === undefined) return;
    this.#sessions.set(stream, session);
    counts.set(session, (counts.get(session) ?? 0) + 1);
  }

  /** In place of `before` there is now `after`, if there is anything left. */
  replace(before: object, after: object | undefined): void {
    const session = this.#sessions.get(before);
    if (session === undefined) return;
    this.#sessions.delete(before);
    if (after !== undefined) this.#sessions.set(after, session);
    else counts.set(session, (counts.get(session) as number) - 1);
  }
}
