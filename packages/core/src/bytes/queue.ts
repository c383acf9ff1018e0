/** A FIFO queue in amortized constant time. `Array.shift` moves every element of a long array. */

/** A FIFO queue of values. */
export class Queue<T> {
  #items: (T | undefined)[] = [];
  /** Index of the first item. Items before it have been taken. */
  #head = 0;

  get length(): number {
    return this.#items.length - this.#head;
  }

  /** The next item to be taken, or undefined. */
  get first(): T | undefined {
    return this.#items[this.#head];
  }

  push(item: T): void {
    this.#items.push(item);
  }

  /** Replaces the first item. The queue must not be empty. */
  replaceFirst(item: T): void {
    this.#items[this.#head] = item;
  }

  /** Removes and returns the first item, or returns undefined when empty. */
  take(): T | undefined {
    const items = this.#items;
    if (items.length <= 1) return items.pop();
    const item = items[this.#head];
    // Clear the slot so that it does not keep the item alive.
    items[this.#head] = undefined;
    this.#head++;
    // Half of the array is free: moving the rest costs no more than the items taken since the last compaction.
    if (this.#head * 2 >= items.length) this.#compact();
    return item;
  }

  /** Removes all items for which `unwanted` returns true. */
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
