/**
 * When to connect again after a connection was lost (RFC 6455 §7.2.3): the first attempt after a random delay, so that
 * the clients of a server that went down do not all come back at once; later ones after truncated exponential delays.
 */
import type { RandomSource } from "./bytes/random-pool.ts";
import { checkDuration } from "./duration.ts";
import { UsageError } from "./usage-error.ts";

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
    const { firstDelay = 5_000, maximumDelay = 300_000, factor = 2 } = options;
    const { attempts = Number.POSITIVE_INFINITY, stableAfter = 10_000 } = options;
    this.#firstDelay = checkDuration("firstDelay", finite("firstDelay", firstDelay));
    this.#maximumDelay = checkDuration("maximumDelay", finite("maximumDelay", maximumDelay));
    this.#factor = atLeast("factor", finite("factor", factor), 1);
    this.#maxAttempts = atLeast("attempts", attempts, 0);
    this.#stableAfter = checkDuration("stableAfter", stableAfter);
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

/** A delay without end would be no attempt at all, which `attempts` says better. */
function finite(name: string, value: number): number {
  if (value === Number.POSITIVE_INFINITY) throw new UsageError("option/range", `${name} must be finite.`);
  return value;
}

function atLeast(name: string, value: number, least: number): number {
  if (typeof value === "number" && value >= least) return value;
  throw new UsageError("option/range", `${name} must be a number of at least ${least}.`);
}
