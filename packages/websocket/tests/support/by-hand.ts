/** Hand-written clients whose bytes the tests choose, and promises and Blobs that never settle. */

import type { WebSocketServer } from "../../src/server/server.ts";
import { type PairedTransport, pair } from "../../src/transport/pair.ts";
import { until } from "./clock.ts";
import { clientRequest } from "./http.ts";

/** A promise that never resolves. */
export const never: Promise<never> = new Promise(() => {});

/** A Blob whose reading never finishes. */
export class UnreadBlob extends Blob {
  override arrayBuffer(): Promise<ArrayBuffer> {
    return never;
  }
}

/** Opens a connection to `server`. Returns the client's end of its transport, which keeps nothing that it reads. */
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
