/**
 * An unordered list that adds and removes in constant time, because each member knows its place. For connections and what
 * belongs to one, which come and go by the thousands.
 *
 * Why not a Set: V8 gives a Set a new table whenever it has grown, shrunk, or had as many additions as places. The table it
 * replaces still refers to all members, and once it is in the old generation, it keeps alive every connection that ends before
 * the next full collection: each is copied twice by the collector for nothing. Three Sets in a server cost an opening 12 µs of 36
 * (bench/micro/opening.ts). The array behind this list is extended and cut in place.
 */

/** A member of one `MemberList` at a time. Only the list sets `place`; at first it is 0. */
export interface Member {
  place: number;
}

/** The list. */
export class MemberList<Item extends Member> implements Iterable<Item> {
  readonly #members: Item[] = [];

  get size(): number {
    return this.#members.length;
  }

  has(item: Item): boolean {
    return this.#members[item.place] === item;
  }

  /** Adds `item`, which must not be a member yet. */
  add(item: Item): void {
    item.place = this.#members.push(item) - 1;
  }

  /** Removes `item`; the last member takes its place. A no-op if it is not a member. */
  delete(item: Item): void {
    if (!this.has(item)) return;
    const last = this.#members.pop()!;
    if (last === item) return;
    last.place = item.place;
    this.#members[last.place] = last;
  }

  /** Iterates over the members of this moment, so that they may leave and others may come meanwhile. */
  [Symbol.iterator](): IterableIterator<Item> {
    return this.#members.slice().values();
  }
}
