/** Clients that are written by hand, whose bytes the tests make, and what never goes on. */
import { type PairedTransport, pair } from "../../src/pair.ts";
import type { WebSocketServer } from "../../src/server.ts";
import { until } from "./clock.ts";
import { clientRequest } from "./http.ts";

/** Is never resolved. */
export const never: Promise<never> = new Promise(() => {});

/** A Blob that is never read. */
export class UnreadBlob extends Blob {
  override arrayBuffer(): Promise<ArrayBuffer> {
    return never;
  }
}

/** Opens a connection to `server`. Returns the client's end of its transport, which reads and keeps nothing. */
export async function openByHand(server: WebSocketServer): Promise<PairedTransport> {
  const [near, far] = pair();
  let isOpen = false;
  near.start({
    data: () => {
      isOpen = true;
    },
    drain() {},
    end() {},
    error() {},
    close() {},
  });
  server.receive(far);
  near.write([clientRequest("/")]);
  await until(() => isOpen);
  return near;
}
