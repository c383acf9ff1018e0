/** A FIFO queue; `push` and `take` need amortized constant time. `Array.shift` would move every element of a long array. */

export class Queue<Item> {
  #items: (Item | undefined)[] = [];
  /** Index of the first item; the places before it are empty. */
  #head = 0;

  get length(): number {
    return this.#items.length - this.#head;
  }

  /** The item at the front, or undefined if the queue is empty. */
  get first(): Item | undefined {
    return this.#items[this.#head];
  }

  push(item: Item): void {
    this.#items.push(item);
  }

  /** Removes and returns the item at the front, or undefined if the queue is empty. */
  take(): Item | undefined {
    const items = this.#items;
    if (items.length <= 1) return items.pop();
    const item = items[this.#head];
    // Clear the slot so that the array does not keep the item alive.
    items[this.#head] = undefined;
    this.#head++;
    // Half of the array is empty: moving the rest costs no more than the items taken since the last move.
    if (this.#head * 2 >= items.length) {
      this.#items = items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }

  /** Removes and returns the items for which `isWanted` returns true. */
  takeWhere(isWanted: (item: Item) => boolean): Item[] {
    const items = this.#items.slice(this.#head) as Item[];
    this.#head = 0;
    this.#items = items.filter((item) => !isWanted(item));
    return items.filter(isWanted);
  }

  /** Removes and returns all items. */
  takeAll(): Item[] {
    return this.takeWhere(() => true);
  }
}
