/**
 * A pool of compressors or decompressors for messages without context takeover. These are interchangeable, so connections
 * share a few of them, and an idle connection holds none.
 */

import type { EncodedMessage } from "@hybi/core";

/** An item of the pool. */
interface Reusable {
  reset(): void;
  close(): void;
}

/** Maximum number of free items kept. For compressors of 256 KiB each, this is 2 MiB. */
const maxFree = 8;

/** A pool of items with equal options. */
export class Pool<Item extends Reusable> {
  /** What compressors of this pool have made of messages to many connections, by the payload of these. */
  readonly prepared: WeakMap<Uint8Array, EncodedMessage> = new WeakMap();
  readonly #create: () => Item;
  readonly #free: Item[] = [];

  constructor(create: () => Item) {
    this.#create = create;
  }

  take(): Item {
    return this.#free.pop() ?? this.#create();
  }

  /** Returns an item to the pool. Its message must have ended without a violation. */
  giveBack(item: Item): void {
    if (this.#free.length >= maxFree) {
      item.close();
      return;
    }
    item.reset();
    this.#free.push(item);
  }
}
