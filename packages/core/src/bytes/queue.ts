/** First in, first out, in constant time: `Array.shift` moves every element of a long array. */

/** A queue of values. */
export class Queue<T> {
  #items: (T | undefined)[] = [];
  /** Where the first one is; what is before it has left. */
  #head = 0;

  get length(): number {
    return this.#items.length - this.#head;
  }

  /** The one that leaves next, or undefined. */
  get first(): T | undefined {
    return this.#items[this.#head];
  }

  push(item: T): void {
    this.#items.push(item);
  }

  /** Puts `item` in the place of the first one. Only while there is one. */
  replaceFirst(item: T): void {
    this.#items[this.#head] = item;
  }

  /** Removes the first one and returns it, or undefined. */
  take(): T | undefined {
    const items = this.#items;
    if (items.length <= 1) return items.pop();
    const item = items[this.#head];
    // What has left is not kept alive by the place that it had.
    items[this.#head] = undefined;
    this.#head++;
    // Half of the array has left: moving the rest costs no more than what was taken since the last time.
    if (this.#head * 2 >= items.length) this.#compact();
    return item;
  }

  /** Removes all for which `unwanted` holds. */
  remove(unwanted: (item: T) => boolean): void {
    this.#compact();
    this.#items = this.#items.filter((item) => !unwanted(item as T));
  }

  clear(): void {
    this.#items = [];
    this.#head = 0;
  }

  #compact(): void {
    this.#items = this.#items.slice(this.#head);
    this.#head = 0;
  }
}
