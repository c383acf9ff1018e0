/**
 * Whether and when to connect again (RFC 6455 §7.2.3), as a pure machine: outcomes and instants in, decisions out. No time
 * passes in it, and nothing connects.
 */
import {
  Backoff,
  type BackoffOptions,
  backoffAliases,
  backoffChecks,
  checkOptions,
  type Instant,
  type OptionChecks,
  takes,
} from "@hybi/core";
import { isTransient, type Outcome, retryAfter } from "./outcome.ts";

/** What to do now. */
export type Decision =
  | { readonly type: "wait"; readonly milliseconds: number }
  | { readonly type: "stop"; readonly why: "closed" | "final" | "attempts" };

/** How a plan decides. */
export interface PlanOptions extends BackoffOptions {
  /** Whether it is worth another attempt; `isTransient` by default. */
  readonly shouldReconnect?: ((outcome: Outcome) => boolean) | undefined;
  /**
   * A server may ask to wait with Retry-After (RFC 9110 §10.2.3), and no delay is shorter than that; up to so many
   * milliseconds, 0 does not listen to it, and Infinity to any. 86,400,000: a day.
   */
  readonly maximumRetryAfter?: number | undefined;
}

/** The checks of a plan's options. */
export const planChecks: OptionChecks<PlanOptions> = {
  ...backoffChecks,
  shouldReconnect: takes.callback,
  maximumRetryAfter: takes.duration,
};

const oneDay = 86_400_000;

/** The plan of one client. */
export class ReconnectPlan {
  readonly #backoff: Backoff;
  readonly #shouldReconnect: (outcome: Outcome) => boolean;
  readonly #maximumRetryAfter: number;
  #isClosed = false;

  /** @throws UsageError `option/unknown`, `option/type`, `option/range` */
  constructor(options: PlanOptions) {
    checkOptions("a ReconnectPlan", options, planChecks, backoffAliases);
    const { shouldReconnect = isTransient, maximumRetryAfter = oneDay, ...backoff } = options;
    this.#backoff = new Backoff(backoff);
    this.#shouldReconnect = shouldReconnect;
    this.#maximumRetryAfter = maximumRetryAfter;
  }

  /** Attempts since the last success. */
  get attempts(): number {
    return this.#backoff.attempts;
  }

  /** The application wants no more of it. */
  close(): void {
    this.#isClosed = true;
  }

  opened(now: Instant): void {
    this.#backoff.opened(now);
  }

  /** `date` is the time of day, in milliseconds since 1970, for a Retry-After that is a date. */
  lost(now: Instant, outcome: Outcome, date: number = Date.now()): Decision {
    if (this.#isClosed) return { type: "stop", why: "closed" };
    const goesOn = this.#shouldReconnect(outcome);
    // The application may close it in there.
    if (this.#isClosed) return { type: "stop", why: "closed" };
    if (!goesOn) return { type: "stop", why: "final" };
    const milliseconds = this.#backoff.lost(now);
    if (milliseconds === undefined) return { type: "stop", why: "attempts" };
    const asked = Math.min(retryAfter(outcome, date) ?? 0, this.#maximumRetryAfter);
    return { type: "wait", milliseconds: Math.max(milliseconds, asked) };
  }
}
