/** Hand-written clients whose bytes the tests choose, and promises and Blobs that never settle. */

import type { WebSocketServer } from "../../src/server/server.ts";
import { createTransportPair, type PairedTransport } from "../../src/transport/pair.ts";
import type { TransportSink } from "../../src/transport/transport.ts";
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

/** A sink that does nothing, to start a transport with or to spread into another. */
export const silentSink: TransportSink = { data() {}, drain() {}, end() {}, error() {}, close() {} };

/** A hand-written client. It ends its half when the server has ended its own, unless it `lingers`. */
export class HandClient {
  received: number[] = [];
  isEnded = false;
  isClosed = false;
  /** The client's end of the transport, and the server's. */
  readonly near: PairedTransport;
  readonly far: PairedTransport;

  constructor({ lingers = false }: { readonly lingers?: boolean } = {}) {
    [this.near, this.far] = createTransportPair();
    this.near.start({
      ...silentSink,
      data: (chunk) => {
        for (const byte of chunk) this.received.push(byte);
      },
      end: () => {
        this.isEnded = true;
        if (!lingers) this.near.end();
      },
      close: () => {
        this.isClosed = true;
      },
    });
  }

  /** The first 50,000 bytes received, one char each. */
  get text(): string {
    return String.fromCharCode(...this.received.slice(0, 50_000));
  }

  /** The status of the response to the opening request. */
  get status(): string {
    return this.text.slice(9, 12);
  }

  write(bytes: Uint8Array | string): void {
    this.near.write([typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes]);
  }

  /** Sends the opening request. */
  ask(target = "/"): void {
    this.write(clientRequest(target));
  }

  /** Sends the opening request, and resolves when the response has arrived. */
  async open(target = "/"): Promise<this> {
    this.ask(target);
    await until(() => this.text.includes("\r\n\r\n"));
    return this;
  }
}

/** Opens a connection to `server`. Returns the client's end of its transport, which keeps nothing that it reads. */
export async function openByHand(server: WebSocketServer): Promise<PairedTransport> {
  const [near, far] = createTransportPair();
  let isOpen = false;
  near.start({
    ...silentSink,
    data: () => {
      isOpen = true;
    },
  });
  server.receive(far);
  near.write([clientRequest("/")]);
  await until(() => isOpen);
  return near;
}
