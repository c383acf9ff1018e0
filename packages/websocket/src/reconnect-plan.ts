/**
 * Whether and when to connect again (RFC 6455 §7.2.3), as a pure machine: outcomes and instants in, decisions out. No time
 * passes in it, and nothing connects.
 */
import { Backoff, type BackoffOptions, type Instant } from "@hybi/core";

/** How a connection, or an attempt at one, ended. */
export interface Outcome {
  /** As `CloseEvent` has them. */
  readonly code: number;
  readonly reason: string;
  readonly wasClean: boolean;
  /** The HTTP status, where the server has rejected the opening request. */
  readonly status?: number | undefined;
  /** What the hook that makes sockets threw, where it did. */
  readonly error?: unknown;
}

/** What to do now. */
export type Decision =
  | { readonly type: "wait"; readonly milliseconds: number }
  | { readonly type: "stop"; readonly why: "closed" | "final" | "attempts" };

/** What a plan is made of. */
export interface PlanOptions extends BackoffOptions {
  /** Whether it is worth another attempt; `isTransient` by default. */
  readonly shouldReconnect?: ((outcome: Outcome) => boolean) | undefined;
}

/** Of the statuses of HTTP that blame the client, those that say "later" (RFC 9110 §15.5.9, RFC 8470 §5.2, RFC 6585 §4). */
const later: ReadonlySet<number> = new Set([408, 425, 429]);

/** Codes after which the same again would end the same: done; not understood; not allowed; not negotiable (RFC 6455 §7.4.1). */
const finalCodes: ReadonlySet<number> = new Set([1000, 1002, 1003, 1007, 1008, 1009, 1010]);

/** Whether what ended a connection may be over soon. */
export function isTransient({ code, status }: Outcome): boolean {
  if (status !== undefined) return status < 400 || status >= 500 || later.has(status);
  return !finalCodes.has(code);
}

/** The plan of one client. */
export class ReconnectPlan {
  readonly #backoff: Backoff;
  readonly #shouldReconnect: (outcome: Outcome) => boolean;
  #isClosed = false;

  /** @throws UsageError `option/range` */
  constructor(options: PlanOptions) {
    this.#backoff = new Backoff(options);
    this.#shouldReconnect = options.shouldReconnect ?? isTransient;
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

  lost(now: Instant, outcome: Outcome): Decision {
    if (this.#isClosed) return { type: "stop", why: "closed" };
    if (!this.#shouldReconnect(outcome)) return { type: "stop", why: "final" };
    const milliseconds = this.#backoff.lost(now);
    return milliseconds === undefined ? { type: "stop", why: "attempts" } : { type: "wait", milliseconds };
  }
}
