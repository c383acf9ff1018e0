/**
 * Counts the WebSockets per session, that is per HTTP/2 or HTTP/3 connection that carries them. A client opens one with
 * a request of some ten bytes, and any limit on TCP connections counts all of them as one.
 */

/**
 * Default limit of streams per session. RFC 9113 §6.5.2 recommends allowing no fewer concurrent streams; a browser uses
 * one session for all of its tabs.
 */
const defaultStreams = 100;

/** Shared by all servers: if streams of a session are upgraded one by one, each may have a server of its own. */
const counts = new WeakMap<object, number>();

export class Sessions {
  readonly #limit: number;
  /** The session of each stream. */
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

  /** Replaces the stream `before` with `after`, or releases its place if `after` is undefined. */
  replace(before: object, after: object | undefined): void {
    const session = this.#sessions.get(before);
    if (session === undefined) return;
    this.#sessions.delete(before);
    if (after !== undefined) this.#sessions.set(after, session);
    else counts.set(session, counts.get(session)! - 1);
  }
}
