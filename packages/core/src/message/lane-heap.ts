/** Lanes by urgency: a heap, in which each lane is more urgent than the two below it. */
import type { Lane } from "./lane.ts";

/** The lanes in which something waits, and maybe some in which nothing does any more. */
export class LaneHeap {
  readonly #lanes: Lane[] = [];
  readonly #byPriority = new Map<number, Lane>();

  get isEmpty(): boolean {
    return this.#lanes.length === 0;
  }

  /** The lane of `priority`, or undefined. */
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

  /** The most urgent lane from which something can leave now. Its cost grows with the lanes that it passes over. */
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

  /** Puts `lane` in `place` if it belongs there, and otherwise above or below. */
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
