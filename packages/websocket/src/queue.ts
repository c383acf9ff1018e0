/** First in, first out, in constant time each: `Array.shift` moves every element of a long array. */

export class Queue<Item> {
  #items: (Item | undefined)[] = [];
  /** Where the first item is; those before it have left. */
  #head = 0;

  get length(): number {
    return this.#items.length - this.#head;
  }

  /** The item that leaves next, or undefined when there is none. */
  get first(): Item | undefined {
    return this.#items[this.#head];
  }

  push(item: Item): void {
    this.#items.push(item);
  }

  /** Removes and returns the first item, or undefined when there is none. */
  take(): Item | undefined {
    const items = this.#items;
    if (items.length <= 1) return items.pop();
    const item = items[this.#head];
    // What has left is not kept alive by the place that it had.
    items[this.#head] = undefined;
    this.#head++;
    // Half of the array has left: to move the rest costs no more than what was taken since the last time.
    if (this.#head * 2 >= items.length) {
      this.#items = items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }

  /** Removes and returns the items for which `isWanted` holds. */
  takeWhere(isWanted: (item: Item) => boolean): Item[] {
    const items = this.#items.slice(this.#head) as Item[];
    this.#head = 0;
    this.#items = items.filter((item) => !isWanted(item));
    return items.filter(isWanted);
  }

  /** Removes and returns everything. */
  takeAll(): Item[] {
    return this.takeWhere(() => true);
  }
}
