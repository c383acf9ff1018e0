/** First in, first out, in constant time: `Array.shift` moves every element of a long array. */

/** A queue of values. */
export class Queue<T> {
  #items: T[] = [];
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

  /** Removes the first one. Only while there is one. */
  shift(): void {
    this.#head++;
    // Half of the array has left: moving the rest costs no more than what was shifted since the last time.
    if (this.#head * 2 >= this.#items.length) {
      this.#items.splice(0, this.#head);
      this.#head = 0;
    }
  }

  /** Removes all for which `unwanted` holds. */
  remove(unwanted: (item: T) => boolean): void {
    this.#items = this.#items.slice(this.#head).filter((item) => !unwanted(item));
    this.#head = 0;
  }

  clear(): void {
    this.#items = [];
    this.#head = 0;
  }
}
