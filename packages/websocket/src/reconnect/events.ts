/** Events specific to a reconnecting client, which a single socket does not have. */

import { Event } from "../dom/platform-classes.ts";
import { defineInterface } from "../dom/web-idl.ts";
import type { Outcome } from "./outcome.ts";
import type { Decision } from "./plan.ts";

/** Fired when a connection was lost or an attempt has failed. The next attempt follows after `delay` milliseconds. */
export class WaitingEvent extends Event {
  readonly #outcome: Outcome;
  readonly #delay: number;

  constructor(outcome: Outcome, delay: number) {
    super("waiting");
    this.#outcome = outcome;
    this.#delay = delay;
  }

  get outcome(): Outcome {
    return this.#outcome;
  }

  get delay(): number {
    return this.#delay;
  }
}

defineInterface(WaitingEvent, "WaitingEvent", ["outcome", "delay"]);

/** Fired when the client has stopped for good. */
export class EndedEvent extends Event {
  readonly #outcome: Outcome;
  readonly #why: Extract<Decision, { type: "stop" }>["why"];
  readonly #unsent: readonly (string | Blob | Uint8Array<ArrayBuffer>)[];

  constructor(
    outcome: Outcome,
    why: EndedEvent["why"],
    unsent: readonly (string | Blob | Uint8Array<ArrayBuffer>)[] = [],
  ) {
    super("ended");
    this.#outcome = outcome;
    this.#why = why;
    this.#unsent = unsent;
  }

  get outcome(): Outcome {
    return this.#outcome;
  }

  /** `closed` by the application, `final` if another attempt would end the same way, or out of `attempts`. */
  get why(): Extract<Decision, { type: "stop" }>["why"] {
    return this.#why;
  }

  /** Messages that were still waiting for a connection, oldest first. They were never sent. */
  get unsent(): readonly (string | Blob | Uint8Array<ArrayBuffer>)[] {
    return this.#unsent;
  }
}

defineInterface(EndedEvent, "EndedEvent", ["outcome", "why", "unsent"]);
