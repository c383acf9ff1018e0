/**
 * A transport that a server has received, from its first byte until the handler accepts its request, when the socket becomes
 * the pump's listener, or until the opening is over.
 */
import type { Violation } from "@hybi/core";
import type { OpeningAnswer, OpeningRequest, Rejection } from "@hybi/core/opening";
import { failureOf } from "../failure/failure.ts";
import type { PumpListener } from "../pump/listener.ts";
import type { Pump } from "../pump/pump.ts";
import type { AcceptedListener } from "./incoming-opening.ts";
import { PendingOpening } from "./pending-opening.ts";

export class PendingUpgrade extends PendingOpening {
  /** An object with functions of its own in place of this class would cost each opening 900 bytes. */
  static readonly #Listener = class implements PumpListener {
    readonly #opening: PendingUpgrade;

    constructor(opening: PendingUpgrade) {
      this.#opening = opening;
    }

    request(request: OpeningRequest): void {
      this.#opening.#requested(request);
    }

    failure(violation: Violation): void {
      this.#opening.#failed(violation);
    }

    end(): void {
      this.#opening.#end();
    }

    shed(): void {
      this.#opening.#shed();
    }

    // Before a request is accepted there is nothing else to hear of.
    open(): void {}
    rejection(): void {}
    text(): void {}
    binary(): void {}
    piece(): void {}
    ping(): void {}
    pong(): void {}
    close(): void {}
    flushed(): void {}
  };

  /** The listener of the pump until the request is accepted. */
  readonly listener: PumpListener = new PendingUpgrade.#Listener(this);

  /** Undefined once the handler has accepted the request, or the opening is over. */
  #pump: Pump | undefined;
  #isAsked = false;
  /** Whether the server has dropped the transport. */
  #isDropped = false;

  attach(pump: Pump): void {
    this.#pump = pump;
  }

  // `Closable`

  /** Called when the server shuts down: rejects a pending request with 503, and drops a client that has not sent one yet. */
  startClosing(): void {
    if (this.#isAsked) this.refuse("The server is closing.", "stopped");
    else if (this.#pump?.endpoint.state === "opening") this.terminate();
  }

  terminate(): void {
    this.#isDropped = true;
    this.#pump?.abort();
  }

  // `PendingOpening`

  protected get isAsked(): boolean {
    return this.#isAsked;
  }

  protected open(answer: OpeningAnswer, listener: AcceptedListener): void {
    const pump = this.#pump!;
    pump.setListener(listener);
    try {
      pump.accept(answer);
    } catch (error) {
      pump.setListener(this.listener);
      throw error;
    }
    this.#isAsked = false;
    // An application that keeps the opening must not keep the connection alive.
    this.#pump = undefined;
    pump.resume("opening");
    listener.attach(pump);
    this.handOver(listener);
  }

  protected respond(rejection: Rejection): void {
    this.#pump!.reject(rejection);
    this.#pump!.resume("opening");
    this.#isAsked = false;
  }

  /** Called when the server is short of memory. */
  #shed(): void {
    if (this.#isAsked) this.refuse("The server's memory budget is exhausted.", "memory");
    else this.terminate();
  }

  #requested(request: OpeningRequest): void {
    this.#isAsked = true;
    // RFC 6455 §4.1: the client MUST wait for the response. If the handler answers at once, that is before the turn ends, and
    // nothing is paused.
    this.#pump!.pause("opening");
    this.ask(request);
  }

  #failed(violation: Violation): void {
    this.#isAsked = false;
    this.failure = this.#pump?.failure ?? failureOf(violation);
    // The end of the transport is the client's fault only if the server has not dropped it.
    if (this.#isDropped) return;
    const endpoint = this.#pump?.endpoint;
    const status = endpoint !== undefined && endpoint.outputLength > 0 ? violation.httpStatus : undefined;
    this.reportFailure(this.failure, status, (rejection) => endpoint?.rejectInvalid(rejection) === true);
  }

  #end(): void {
    if (this.#isAsked) {
      const error = new Error("The client left before its request was answered.");
      this.failure = this.#pump?.failure ?? { kind: "transport", error };
    }
    this.#isAsked = false;
    this.#pump = undefined;
    this.over();
    this.server.replaced(this, undefined);
  }
}
