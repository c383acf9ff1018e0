/** Connections and openings as a server keeps a list of them: to close, to terminate, and to know when they are over. */
import type { Member } from "../platform/member-list.ts";
import type { Diagnostics } from "./diagnostics.ts";

/** A connection or an opening that a server closes when the server closes. */
export interface Closable extends Member {
  startClosing(statusCode: number | undefined, reason: string): void;
  terminate(): void;
  /** The server. One object for all connections: a callback for each would be kept as long as the connection. */
  owner?: ClosableOwner | undefined;
}

/** The server that owns a connection. */
export interface ClosableOwner {
  /** See `RuntimeOptions`. */
  readonly diagnostics?: Diagnostics | undefined;
  /** A socket is closed and about to fire its events. */
  closed(): void;
  /** The connection has ended; `remainder` is its pump, whose counters are final. */
  ended(connection: Closable, remainder: Remainder | undefined): void;
  /** Called when `before` is over. The server now has `after` in its place, unless that is undefined. */
  replaced(before: Closable, after: Closable | undefined): void;
}

/** What remains of a connection that has ended: its output, while it is still being written. */
export interface Remainder extends Closable {
  readonly isLingering: boolean;
}

/** Removes a connection that has ended from its owner. While output is still being written, `remainder` takes its place. */
export function leaveOwner(connection: Closable, remainder: Remainder | undefined): void {
  const { owner } = connection;
  connection.owner = undefined;
  if (owner === undefined) return;
  if (remainder === undefined || !remainder.isLingering) {
    owner.ended(connection, remainder);
    return;
  }
  remainder.owner = owner;
  owner.replaced(connection, remainder);
}
