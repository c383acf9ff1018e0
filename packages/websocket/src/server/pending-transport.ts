/**
 * A client that already occupies a place in the server, but whose transport is not ready yet, as during its TLS
 * handshake.
 */

import type { Reporter } from "../event-loop/reporter.ts";
import type { Closable } from "../pump/closable.ts";
import type { Transport } from "../transport/transport.ts";
import type { TransportInfo } from "./incoming-opening.ts";

/** Lets an adapter report to the server what became of such a client. */
export interface PendingTransport {
  /** The transport is ready. Continues like `WebSocketServer.receive`. */
  receive(transport: Transport, info?: TransportInfo): void;
  /** The client has failed or left. */
  end(): void;
}

/** The parts of the server that a pending client uses. */
export interface PendingOwner {
  readonly report: Reporter;
  ready(pending: Closable, transport: Transport, info: TransportInfo): void;
  over(pending: Closable): void;
}

export class Pending implements PendingTransport, Closable {
  // `Member`, of the list of the server's connections
  place = 0;
  readonly #owner: PendingOwner;
  readonly #info: TransportInfo;
  readonly #drop: () => void;
  #isOver = false;

  constructor(owner: PendingOwner, info: TransportInfo, drop: () => void) {
    this.#owner = owner;
    this.#info = info;
    this.#drop = drop;
  }

  receive(transport: Transport, info: TransportInfo = this.#info): void {
    // The transport became ready in the same turn in which the client was dropped.
    if (this.#isOver) transport.abort();
    else {
      this.#isOver = true;
      this.#owner.ready(this, transport, info);
    }
  }

  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#owner.over(this);
  }

  /** Does not wait for a client that has not sent a request yet. */
  startClosing(): void {
    this.terminate();
  }

  terminate(): void {
    this.end();
    try {
      this.#drop();
    } catch (error) {
      this.#owner.report(error);
    }
  }
}
