/** Counts the openings in progress of each remote address, so that one client cannot take the places of all others. */
import { type Fields, firstFieldValue } from "@hybi/core/opening";
import { addressKey, isPublicAddress } from "./remote-address.ts";

/**
 * The default limit for one public address. The clients of an office or a mobile network, which all reconnect after a restart of
 * the server, share an address; an opening takes a fraction of a second, so the limit allows a few hundred per second. A client
 * that sends nothing occupies its place for `deadlines.opening`.
 */
const defaultOpenings = 128;

/** Fields in which a proxy declares that it forwards the request of another client (RFC 7239, RFC 9110 §7.6.3). */
const forwardingFields = ["x-forwarded-for", "forwarded", "via"] as const;

export class OpeningsByAddress {
  readonly #limit: number;
  /** Whether the limit applies to all addresses, because it was given, or only to public ones. */
  readonly #isForAll: boolean;
  /** Number of openings by address key. No value is 0. */
  readonly #counts = new Map<string, number>();
  /** Address keys of the openings that are counted. */
  readonly #keys = new Map<object, string>();

  constructor(limit: number | undefined) {
    this.#limit = limit ?? defaultOpenings;
    this.#isForAll = limit !== undefined;
  }

  /** Number of addresses that have openings in progress. */
  get size(): number {
    return this.#counts.size;
  }

  /** Returns the key under which `address` is counted, or undefined if it is not counted. */
  keyOf(address: string | undefined): string | undefined {
    if (address === undefined || this.#limit === Number.POSITIVE_INFINITY) return undefined;
    return this.#isForAll || isPublicAddress(address) ? addressKey(address) : undefined;
  }

  /** Whether the limit of the address is reached. */
  isFull(key: string | undefined): boolean {
    return key !== undefined && (this.#counts.get(key) ?? 0) >= this.#limit;
  }

  enter(opening: object, key: string | undefined): void {
    if (key === undefined) return;
    this.#keys.set(opening, key);
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }

  /** Stops counting `opening`, because it is over or comes through a proxy. */
  leave(opening: object): void {
    const key = this.#keys.get(opening);
    if (key === undefined) return;
    this.#keys.delete(opening);
    const left = this.#counts.get(key)! - 1;
    if (left === 0) this.#counts.delete(key);
    else this.#counts.set(key, left);
  }

  /** Called when the request of `opening` has arrived. Stops counting it if it is a proxy's, whose address many clients share. */
  requested(opening: object, fields: Fields): void {
    if (!this.#keys.has(opening)) return;
    if (forwardingFields.some((name) => firstFieldValue(fields, name) !== undefined)) this.leave(opening);
  }
}
