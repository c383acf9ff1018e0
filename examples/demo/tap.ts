/** A wire tap: forwards one TCP port to another, and reports every byte that passes. */

import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import type { Role } from "@hybi/core";

/** Called for everything that passes, in order. */
export interface Listener {
  receive(sender: Role, bytes: Uint8Array): void;
  end(sender: Role): void;
}

export interface Tap {
  /** Port to which clients connect. */
  readonly port: number;
  /** Resolves once no client is connected any more. */
  close(): Promise<void>;
}

/** Opens a tap before the server on `port`. Every connection has its own listener, created with a promise of its end. */
export async function openTap(port: number, listenerFor: (closed: Promise<void>) => Listener): Promise<Tap> {
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    const upstream = connect({ port, host: "127.0.0.1", allowHalfOpen: true, noDelay: true });
    const listener = listenerFor(Promise.all([once(client, "close"), once(upstream, "close")]).then(() => {}));
    forward(client, upstream, "client", listener);
    forward(upstream, client, "server", listener);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function forward(from: Socket, to: Socket, sender: Role, listener: Listener): void {
  from.on("data", (bytes: Uint8Array) => listener.receive(sender, bytes));
  from.on("end", () => listener.end(sender));
  from.on("error", () => to.destroy());
  from.pipe(to);
}
