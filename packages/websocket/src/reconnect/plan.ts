/**
 * Decides whether and when to reconnect (RFC 6455 §7.2.3), as a pure state machine: outcomes and instants in, decisions
 * out. It sets no timers and opens no connections.
 */
import type { Instant } from "@hybi/core";
import { backoffAliases, backoffChecks, checkOptions, type OptionChecks, takes } from "@hybi/core/options";
import { Backoff, type BackoffOptions } from "@hybi/core/policy";
import { isTransient, type Outcome, retryAfter } from "./outcome.ts";

/** What to do next. */
export type Decision =
  | { readonly type: "wait"; readonly milliseconds: number }
  | { readonly type: "stop"; readonly why: "closed" | "final" | "attempts" };

/** Options of a plan. */
export interface PlanOptions extends BackoffOptions {
  /** Whether another attempt is worthwhile. Default: `isTransient`. */
  readonly shouldReconnect?: ((outcome: Outcome) => boolean) | undefined;
  /**
   * Maximum milliseconds that a server can ask to wait with Retry-After (RFC 9110 §10.2.3); up to it, no delay is
   * shorter than the server asks. 0 ignores Retry-After, Infinity sets no maximum. Default: 86,400,000, a day.
   */
  readonly maximumRetryAfter?: number | undefined;
}

/** Checks of a plan's options. */
export const planChecks: OptionChecks<PlanOptions> = {
  ...backoffChecks,
  shouldReconnect: takes.callback,
  maximumRetryAfter: takes.duration,
};

const oneDay = 86_400_000;

/** The reconnection plan of one client. */
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

  /** Stops the plan: every further decision is `closed`. */
  close(): void {
    this.#isClosed = true;
  }

  opened(now: Instant): void {
    this.#backoff.opened(now);
  }

  /** `date` is the wall-clock time in milliseconds since 1970, needed for a Retry-After that is a date. */
  lost(now: Instant, outcome: Outcome, date: number = Date.now()): Decision {
    if (this.#isClosed) return { type: "stop", why: "closed" };
    const goesOn = this.#shouldReconnect(outcome);
    // The application may have called `close` in `shouldReconnect`.
    if (this.#isClosed) return { type: "stop", why: "closed" };
    if (!goesOn) return { type: "stop", why: "final" };
    const milliseconds = this.#backoff.lost(now);
    if (milliseconds === undefined) return { type: "stop", why: "attempts" };
    const asked = Math.min(retryAfter(outcome, date) ?? 0, this.#maximumRetryAfter);
    return { type: "wait", milliseconds: Math.max(milliseconds, asked) };
  }
}
