/** What tells connections apart in a log: a number, and the peer's address. Kept beside the sockets, because few programs ask for it. */
import type { Lifecycle } from "./lifecycle.ts";

let latest = 0;
const ids = new WeakMap<Lifecycle, number>();
const addresses = new WeakMap<Lifecycle, string>();

/** Returns the number of a connection, which it gets when it is first asked for: 1, 2, 3 … in this process. */
export function idOf(connection: Lifecycle): number {
  let id = ids.get(connection);
  if (id === undefined) {
    id = ++latest;
    ids.set(connection, id);
  }
  return id;
}

/** Returns the peer's address; after the end, the one that was returned before. */
export function remoteAddressOf(connection: Lifecycle): string | undefined {
  const address = connection.currentPump?.remoteAddress;
  if (address === undefined) return addresses.get(connection);
  addresses.set(connection, address);
  return address;
}
