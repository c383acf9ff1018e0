/**
 * Compressors and decompressors for messages that keep no context: any will do for any message, so that connections
 * share a few, and an idle connection holds none.
 */

/** What can be used again. */
interface Reusable {
  reset(): void;
  close(): void;
}

/** Free ones that are kept, at most. Compressors of 256 KiB each come to 2 MiB. */
const maxFree = 8;

/** A stock of one kind. */
export class Stock<Item extends Reusable> {
  readonly #create: () => Item;
  readonly #free: Item[] = [];

  constructor(create: () => Item) {
    this.#create = create;
  }

  take(): Item {
    return this.#free.pop() ?? this.#create();
  }

  /** Takes back one whose message has ended well. */
  giveBack(item: Item): void {
    if (this.#free.length >= maxFree) {
      item.close();
      return;
    }
    item.reset();
    this.#free.push(item);
  }
}
