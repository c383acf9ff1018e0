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
  readonly #count: () => number;

  /** `count` returns the number of open sockets, which the server counts. */
  constructor(connections: MemberList<Closable>, count: () => number) {
    this.#connections = connections;
    this.#count = count;
  }

  get size(): number {
    return this.#count();
  }

  has(value: WebSocket): boolean {
    const core = coreOf(value);
    return core !== undefined && isOpen(core, this.#connections);
  }

  *keys(): SetIterator<WebSocket> {
    for (const core of openCoresOf(this.#connections)) {
      if (isOpen(core, this.#connections)) yield core.target as WebSocket;
    }
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
}

/** Returns the internals of the sockets that are open at this moment. */
export function openCoresOf(connections: MemberList<Closable>): SocketCore[] {
  const cores: SocketCore[] = [];
  for (const connection of connections) {
    if (connection instanceof SocketCore && isOpen(connection, connections)) cores.push(connection);
  }
  return cores;
}

/** Between its end and its events, a socket is a connection of the server, but no longer one of its open sockets. */
function isOpen(core: SocketCore, connections: MemberList<Closable>): boolean {
  return core.readyState !== CLOSED && connections.has(core);
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
