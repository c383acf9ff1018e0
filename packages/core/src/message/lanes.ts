/** The lanes of all priorities, the most urgent first. Nearly always there is one. */
import { Lane } from "./lane.ts";
import { LaneHeap } from "./lane-heap.ts";

/** Finds the lane to put a message in, and the one to take from. */
export class Lanes {
  /** Priority 0, where messages go that were given none. */
  readonly ordinary: Lane = new Lane(0);

  #others: LaneHeap | undefined;
  /** The other lane that was found ready the last time: nobody takes from another one. */
  #latest: Lane | undefined;

  /** Whether there is only the ordinary lane, and only encoded short messages in it. */
  get isPlainRun(): boolean {
    return this.#others === undefined && this.ordinary.isRun;
  }

  /** The lane of `priority`. */
  of(priority: number | undefined): Lane {
    if (priority === undefined || priority === 0) return this.ordinary;
    this.#others ??= new LaneHeap();
    const found = this.#others.of(priority);
    if (found !== undefined) return found;
    const lane = new Lane(priority);
    this.#others.add(lane);
    return lane;
  }

  /** The most urgent lane from which something can leave now. */
  firstReady(): Lane | undefined {
    const others = this.#others;
    if (others === undefined) return this.ordinary.isReady ? this.ordinary : undefined;
    if (this.#latest?.isEmpty === true) others.remove(this.#latest);
    while (others.first?.isEmpty === true) others.remove(others.first);
    const other = others.firstReady();
    this.#latest = other;
    if (others.isEmpty) this.#others = undefined;
    return this.ordinary.isReady && !(other !== undefined && other.priority > 0) ? this.ordinary : other;
  }

  /** Drops the messages that have not been given whole, as nobody will give the rest; answers the bytes of them. */
  dropUnended(): number {
    let bytes = this.ordinary.dropUnended();
    for (const lane of this.#others ?? []) bytes += lane.dropUnended();
    return bytes;
  }

  /** Drops everything; returns the bytes of payload. */
  clear(): number {
    let payload = this.ordinary.clear();
    for (const lane of this.#others ?? []) payload += lane.clear();
    this.#others = undefined;
    this.#latest = undefined;
    return payload;
  }
}
