/**
 * Computes when to reconnect after a connection was lost (RFC 6455 §7.2.3). The first attempt follows a random delay, so
 * that the clients of a failed server do not all reconnect at once; later attempts follow truncated exponential delays.
 */
import type { RandomSource } from "../bytes/random-source.ts";
import { checkOptions, type OptionCheck, type OptionChecks, takes } from "../checks/option-checks.ts";
import { backoffAliases } from "../sentences/loaded.ts";

/** Options of a `Backoff`. Times are in milliseconds. */
export interface BackoffOptions {
  /** Upper bound of the first delay, which is random. Default 5,000: §7.2.3 calls up to 5 s reasonable. */
  readonly firstDelay?: number | undefined;
  /** Upper bound of all delays. Default 300,000: 5 minutes. */
  readonly maximumDelay?: number | undefined;
  /** Factor by which delays grow, at least 1. Default 2: "truncated binary exponential backoff". */
  readonly factor?: number | undefined;
  /** Attempts without success before giving up. Default Infinity. */
  readonly attempts?: number | undefined;
  /** A connection that stays open this long counts as a success: the next delay is a first one again. Default 10,000. */
  readonly stableAfter?: number | undefined;
  /** Source of randomness. */
  readonly random: RandomSource;
}

/** An infinite delay would mean no attempt at all; use `attempts` for that. */
const finiteDuration: OptionCheck = (value, path) => {
  takes.duration(value, path);
  takes.finite(value, path);
};

/** Option checks of `BackoffOptions`. */
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

/** A pure state machine: the caller supplies instants and randomness. It has no clock and no timer. */
export class Backoff {
  readonly #firstDelay: number;
  readonly #maximumDelay: number;
  readonly #factor: number;
  readonly #maxAttempts: number;
  readonly #stableAfter: number;
  readonly #random: RandomSource;
  #attempts = 0;
  /** Upper bound of the last delay. */
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

  /** Records that an attempt succeeded and the connection is open. */
  opened(now: number): void {
    this.#openedAt = now;
  }

  /**
   * Records that the connection was lost, or that an attempt failed. Returns the milliseconds to wait before the next
   * attempt, or undefined to give up.
   */
  lost(now: number): number | undefined {
    if (this.#openedAt !== undefined && now - this.#openedAt >= this.#stableAfter) this.#attempts = 0;
    this.#openedAt = undefined;
    if (this.#attempts >= this.#maxAttempts) return undefined;
    const attempt = this.#attempts++;
    const longest = Math.min(this.#maximumDelay, attempt === 0 ? this.#firstDelay : this.#longest * this.#factor);
    this.#longest = longest;
    // RFC 6455 §7.2.3: the first delay is random, later ones increase. Until the maximum is near, each delay is at least
    // the upper bound of the one before; the rest of its range is random.
    const shortest = attempt === 0 ? 0 : longest / this.#factor;
    return shortest + (longest - shortest) * this.#fraction();
  }

  /** Starts over, as after a success. */
  reset(): void {
    this.#attempts = 0;
    this.#openedAt = undefined;
  }

  /** Returns a random fraction in [0, 1). */
  #fraction(): number {
    const bytes = new Uint8Array(4);
    this.#random(bytes);
    return (bytes[0]! + bytes[1]! * 256 + bytes[2]! * 65_536 + bytes[3]! * 16_777_216) / 0x1_0000_0000;
  }
}
