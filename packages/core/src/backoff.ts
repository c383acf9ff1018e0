/**
 * When to connect again after a connection was lost (RFC 6455 §7.2.3): the first attempt after a random delay, so that
 * the clients of a server that went down do not all come back at once; later ones after truncated exponential delays.
 */
import type { RandomSource } from "./bytes/random-source.ts";
import { checkOptions, type OptionAliases, type OptionCheck, type OptionChecks, takes } from "./options.ts";

/** How to back off. Times are milliseconds. */
export interface BackoffOptions {
  /** The first delay is at most this, at random. 5,000: §7.2.3 calls up to 5 s reasonable. */
  readonly firstDelay?: number | undefined;
  /** No delay is longer. 300,000: 5 minutes. */
  readonly maximumDelay?: number | undefined;
  /** By how much delays grow, at least 1. 2: "truncated binary exponential backoff". */
  readonly factor?: number | undefined;
  /** Attempts without success before it gives up. Infinity. */
  readonly attempts?: number | undefined;
  /** A connection that was open for so long counts as a success, and the next delay is a first one. 10,000. */
  readonly stableAfter?: number | undefined;
  /** Where chance comes from. */
  readonly random: RandomSource;
}

/** A delay without end would be no attempt at all, which `attempts` says better. */
const finiteDuration: OptionCheck = (value, path) => {
  takes.duration(value, path);
  takes.finite(value, path);
};

/** The checks of how to back off. */
export const backoffChecks: OptionChecks<BackoffOptions> = {
  firstDelay: finiteDuration,
  maximumDelay: finiteDuration,
  factor: (value, path) => {
    takes.atLeast(1)(value, path);
    takes.finite(value, path);
  },
  attempts: takes.atLeast(0),
  stableAfter: takes.duration,
  random: takes.callback,
};

/** What other implementations call them. */
export const backoffAliases: OptionAliases = {
  delay: "firstDelay",
  mindelay: "firstDelay",
  minreconnectiondelay: "firstDelay",
  maxdelay: "maximumDelay",
  maxreconnectiondelay: "maximumDelay",
  maxretries: "attempts",
  retries: "attempts",
  maxattempts: "attempts",
};

/** A pure machine: instants and randomness come from the caller, and no time passes in it. */
export class Backoff {
  readonly #firstDelay: number;
  readonly #maximumDelay: number;
  readonly #factor: number;
  readonly #maxAttempts: number;
  readonly #stableAfter: number;
  readonly #random: RandomSource;
  #attempts = 0;
  /** The longest that the last delay could have been. */
  #longest = 0;
  #openedAt: number | undefined;

  /** @throws UsageError `option/range` */
  constructor(options: BackoffOptions) {
    checkOptions("a Backoff", options, backoffChecks, backoffAliases);
    this.#firstDelay = options.firstDelay ?? 5_000;
    this.#maximumDelay = options.maximumDelay ?? 300_000;
    this.#factor = options.factor ?? 2;
    this.#maxAttempts = options.attempts ?? Number.POSITIVE_INFINITY;
    this.#stableAfter = options.stableAfter ?? 10_000;
    this.#random = options.random;
  }

  /** Attempts since the last success. */
  get attempts(): number {
    return this.#attempts;
  }

  /** An attempt succeeded: the connection is open. */
  opened(now: number): void {
    this.#openedAt = now;
  }

  /**
   * The connection was lost, or an attempt failed. Answers how many milliseconds to wait before the next attempt, or
   * undefined to give up.
   */
  lost(now: number): number | undefined {
    if (this.#openedAt !== undefined && now - this.#openedAt >= this.#stableAfter) this.#attempts = 0;
    this.#openedAt = undefined;
    if (this.#attempts >= this.#maxAttempts) return undefined;
    const attempt = this.#attempts++;
    const longest = Math.min(this.#maximumDelay, attempt === 0 ? this.#firstDelay : this.#longest * this.#factor);
    this.#longest = longest;
    // RFC 6455 §7.2.3: the first delay is random; later ones increase, so that each is at least as long as the one
    // before could have been until the maximum is near, and chance spreads them over the rest.
    const shortest = attempt === 0 ? 0 : longest / this.#factor;
    return shortest + (longest - shortest) * this.#fraction();
  }

  /** Starts anew, as after a success. */
  reset(): void {
    this.#attempts = 0;
    this.#openedAt = undefined;
  }

  /** From 0 up to but not including 1. */
  #fraction(): number {
    const bytes = new Uint8Array(4);
    this.#random(bytes);
    return (bytes[0]! + bytes[1]! * 256 + bytes[2]! * 65_536 + bytes[3]! * 16_777_216) / 0x1_0000_0000;
  }
}
