/** The open sockets of a server as a set that applications can read: a view of the list of its connections. */
import type { MemberList } from "../platform/member-list.ts";
import type { Closable } from "../pump/closable.ts";
import { CLOSED } from "../socket/lifecycle.ts";
import { SocketCore } from "../socket/socket-core.ts";
import { coreOf, type WebSocket } from "../socket/websocket.ts";

/** Newer libraries declare more methods in `ReadonlySet`: those of ES2025, which are added below where the runtime has them. */
export interface OpenSockets extends ReadonlySet<WebSocket> {}

/**
 * Like a `Set`, it may change during an iteration: a socket that closes is left out. One that is added is not visited any more.
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: see the interface.
export class OpenSockets {
  readonly #connections: MemberList<Closable>;
  /** Number of sockets; the server counts them. */
  size = 0;

  constructor(connections: MemberList<Closable>) {
    this.#connections = connections;
  }

  has(value: WebSocket): boolean {
    const core = coreOf(value);
    return core !== undefined && this.#isOpen(core);
  }

  /** Returns the sockets of this moment. */
  list(): WebSocket[] {
    const sockets: WebSocket[] = [];
    for (const connection of this.#connections) {
      if (connection instanceof SocketCore && this.#isOpen(connection)) sockets.push(connection.target as WebSocket);
    }
    return sockets;
  }

  *keys(): SetIterator<WebSocket> {
    for (const socket of this.list()) if (this.has(socket)) yield socket;
  }

  values(): SetIterator<WebSocket> {
    return this.keys();
  }

  [Symbol.iterator](): SetIterator<WebSocket> {
    return this.keys();
  }

  *entries(): SetIterator<[WebSocket, WebSocket]> {
    for (const socket of this.keys()) yield [socket, socket];
  }

  forEach(task: (socket: WebSocket, key: WebSocket, set: ReadonlySet<WebSocket>) => void, self?: unknown): void {
    for (const socket of this.keys()) task.call(self, socket, socket, this);
  }

  /** Between its end and its events, a socket is a connection of the server, but no longer one of its open sockets. */
  #isOpen(core: SocketCore): boolean {
    return core.readyState !== CLOSED && this.#connections.has(core);
  }
}

const newer = [
  ...["union", "intersection", "difference", "symmetricDifference"],
  ...["isSubsetOf", "isSupersetOf", "isDisjointFrom"],
];

for (const name of newer) {
  const method: unknown = Reflect.get(Set.prototype, name);
  if (typeof method !== "function") continue;
  Object.defineProperty(OpenSockets.prototype, name, {
    value(this: OpenSockets, other: unknown) {
      return method.call(new Set(this), other);
    },
    writable: true,
    configurable: true,
  });
}
