/** A client whose transport is not ready yet, as in its TLS handshake: it has its place in the server already. */
import type { TransportInfo } from "./incoming-opening.ts";
import type { Reporter } from "./reporter.ts";
import type { Closable } from "./socket-core.ts";
import type { Transport } from "./transport.ts";

/** For an adapter: tells the server what became of such a client. */
export interface PendingTransport {
  /** Its transport is ready: goes on as `WebSocketServer.receive`. */
  receive(transport: Transport, info?: TransportInfo): void;
  /** The client has failed, or is gone. */
  end(): void;
}

/** The server, as what is pending sees it. */
export interface PendingOwner {
  readonly report: Reporter;
  ready(pending: Closable, transport: Transport, info: TransportInfo): void;
  over(pending: Closable): void;
}

export class Pending implements PendingTransport, Closable {
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
    // It was ready, and dropped, in the same turn.
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

  /** Who has not asked yet is not waited for. */
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
