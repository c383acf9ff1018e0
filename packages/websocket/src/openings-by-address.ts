/** How many openings each remote address has under way, so that one client does not take the places of all. */
import { type Fields, firstFieldValue } from "@hybi/core";
import { addressKey, isPublicAddress } from "./remote-address.ts";

/**
 * The places of one public address, when nobody says how many. An office or a mobile network that comes back after a restart
 * of the server shares an address; an opening takes a fraction of a second, so that these are some hundred in a second. One that
 * says nothing takes its place for the time of `deadlines.opening`.
 */
const defaultOpenings = 128;

/** Fields with which a proxy says that the client is somebody else (RFC 7239, RFC 9110 §7.6.3). */
const forwardingFields = ["x-forwarded-for", "forwarded", "via"] as const;

export class OpeningsByAddress {
  readonly #limit: number;
  /** Whether the limit is for all addresses, as it was given, or for public ones. */
  readonly #isForAll: boolean;
  /** By the key of the address. None is 0. */
  readonly #counts = new Map<string, number>();
  /** The keys of the openings that are counted. */
  readonly #keys = new Map<object, string>();

  constructor(limit: number | undefined) {
    this.#limit = limit ?? defaultOpenings;
    this.#isForAll = limit !== undefined;
  }

  /** Addresses that have openings under way. */
  get size(): number {
    return this.#counts.size;
  }

  /** The key under which `address` is counted, or undefined where it is not. */
  keyOf(address: string | undefined): string | undefined {
    if (address === undefined || this.#limit === Number.POSITIVE_INFINITY) return undefined;
    return this.#isForAll || isPublicAddress(address) ? addressKey(address) : undefined;
  }

  /** Whether there is no place left. */
  isFull(key: string | undefined): boolean {
    return key !== undefined && (this.#counts.get(key) ?? 0) >= this.#limit;
  }

  enter(opening: object, key: string | undefined): void {
    if (key === undefined) return;
    this.#keys.set(opening, key);
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }

  /** `opening` is over, or is not counted any more. */
  leave(opening: object): void {
    const key = this.#keys.get(opening);
    if (key === undefined) return;
    this.#keys.delete(opening);
    const left = (this.#counts.get(key) as number) - 1;
    if (left === 0) this.#counts.delete(key);
    else this.#counts.set(key, left);
  }

  /** The request of `opening` has come: the address of a proxy is that of many clients. */
  requested(opening: object, fields: Fields): void {
    if (!this.#keys.has(opening)) return;
    if (forwardingFields.some((name) => firstFieldValue(fields, name) !== undefined)) this.leave(opening);
  }
}
