/** A binary max-heap of lanes by priority: each lane is more urgent than its two children. */
import type { Lane } from "./lane.ts";

/** The lanes with pending output, and possibly some that are empty by now. */
export class LaneHeap {
  readonly #lanes: Lane[] = [];
  readonly #byPriority = new Map<number, Lane>();

  get isEmpty(): boolean {
    return this.#lanes.length === 0;
  }

  /** Returns the lane of `priority`, or undefined. */
  of(priority: number): Lane | undefined {
    return this.#byPriority.get(priority);
  }

  add(lane: Lane): void {
    this.#byPriority.set(lane.priority, lane);
    this.#settle(lane, this.#lanes.push(lane) - 1);
  }

  remove(lane: Lane): void {
    const last = this.#lanes.pop()!;
    this.#byPriority.delete(lane.priority);
    if (last !== lane) this.#settle(last, lane.place);
  }

  /** The most urgent lane, or undefined. */
  get first(): Lane | undefined {
    return this.#lanes[0];
  }

  /** Returns the most urgent lane that can send now. The cost grows with the number of lanes skipped. */
  firstReady(at = 0): Lane | undefined {
    const lane = this.#lanes[at];
    if (lane === undefined || lane.isReady) return lane;
    const left = this.firstReady(2 * at + 1);
    const right = this.firstReady(2 * at + 2);
    if (left === undefined || right === undefined) return left ?? right;
    return left.priority > right.priority ? left : right;
  }

  [Symbol.iterator](): Iterator<Lane> {
    return this.#lanes[Symbol.iterator]();
  }

  /** Restores the heap order for `lane`, starting at index `place`: moves it up or down as needed. */
  #settle(lane: Lane, place: number): void {
    const lanes = this.#lanes;
    for (let above = (place - 1) >> 1; place > 0 && lanes[above]!.priority < lane.priority; above = (place - 1) >> 1) {
      this.#put(lanes[above]!, place);
      place = above;
    }
    for (;;) {
      let below = 2 * place + 1;
      if (below + 1 < lanes.length && lanes[below + 1]!.priority > lanes[below]!.priority) below++;
      if (below >= lanes.length || lanes[below]!.priority <= lane.priority) break;
      this.#put(lanes[below]!, place);
      place = below;
    }
    this.#put(lane, place);
  }

  #put(lane: Lane, place: number): void {
    this.#lanes[place] = lane;
    lane.place = place;
  }
}
