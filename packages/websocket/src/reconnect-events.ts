/** The events of a reconnecting client that no socket has. */
import type { Outcome } from "./outcome.ts";
import { Event } from "./platform-classes.ts";
import type { Decision } from "./reconnect-plan.ts";
import { defineInterface } from "./web-idl.ts";

/** A connection was lost, or an attempt has failed; there will be another one after `delay` milliseconds. */
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

/** It is over for good. */
export class EndedEvent extends Event {
  readonly #outcome: Outcome;
  readonly #why: Extract<Decision, { type: "stop" }>["why"];
  readonly #unsent: readonly (string | Blob | Uint8Array)[];

  constructor(outcome: Outcome, why: EndedEvent["why"], unsent: readonly (string | Blob | Uint8Array)[] = []) {
    super("ended");
    this.#outcome = outcome;
    this.#why = why;
    this.#unsent = unsent;
  }

  get outcome(): Outcome {
    return this.#outcome;
  }

  /** `closed` by the application, `final` where another attempt would end the same, or out of `attempts`. */
  get why(): Extract<Decision, { type: "stop" }>["why"] {
    return this.#why;
  }

  /** The messages that still waited for a connection, oldest first: nobody has got them. */
  get unsent(): readonly (string | Blob | Uint8Array)[] {
    return this.#unsent;
  }
}

defineInterface(EndedEvent, "EndedEvent", ["outcome", "why", "unsent"]);
