/** The lanes of all priorities, most urgent first. Usually there is only one. */
import { Lane } from "./lane.ts";
import { LaneHeap } from "./lane-heap.ts";
import type { PendingMessage } from "./pending-message.ts";

/** Overhead in bytes of a lane created for a priority. */
const laneCost = 208;

/** Finds the lane to put a message in, and the lane to take from. */
export class Lanes {
  /** Priority 0, the lane of messages without a priority. */
  readonly ordinary: Lane = new Lane(0);

  #others: LaneHeap | undefined;
  /** The other lane last returned by `firstReady`: nothing is taken from any other one. */
  #latest: Lane | undefined;
  /** Overhead of the other lanes in bytes, as last counted, and the one that may have changed since. */
  #othersOverhead = 0;
  #touched: Lane | undefined;

  /** Whether there is only the ordinary lane, with only encoded short messages in it. */
  get isPlainRun(): boolean {
    return this.#others === undefined && this.ordinary.isRun;
  }

  /** Whether there is no message in any lane. */
  get isEmpty(): boolean {
    for (const lane of this.#others ?? []) if (!lane.isEmpty) return false;
    return this.ordinary.isEmpty;
  }

  /** Overhead of everything in bytes, excluding the bytes to send. */
  get overhead(): number {
    return this.ordinary.overhead + this.#overheadOfOthers();
  }

  /** The part of `overhead` caused by pending messages, not by encoded ones. The limit on queued output includes it. */
  get messageOverhead(): number {
    return this.ordinary.messageOverhead + this.#overheadOfOthers();
  }

  /** Returns the lane of `priority`. */
  of(priority: number | undefined): Lane {
    if (priority === undefined || priority === 0) return this.ordinary;
    this.#others ??= new LaneHeap();
    const found = this.#others.of(priority);
    if (found !== undefined) return this.#touch(found);
    const lane = new Lane(priority);
    this.#others.add(lane);
    return this.#touch(lane);
  }

  /** Returns the most urgent lane that can send now. */
  firstReady(): Lane | undefined {
    const others = this.#others;
    if (others === undefined) return this.ordinary.isReady ? this.ordinary : undefined;
    if (this.#latest?.isEmpty === true) this.#remove(others, this.#latest);
    while (others.first?.isEmpty === true) this.#remove(others, others.first);
    const other = others.firstReady();
    if (other !== undefined) this.#touch(other);
    this.#latest = other;
    if (others.isEmpty) this.#others = undefined;
    return this.ordinary.isReady && !(other !== undefined && other.priority > 0) ? this.ordinary : other;
  }

  /** Drops the messages for which `isUnwanted` returns true, with their marks. Returns their bytes. */
  drop(isUnwanted: (message: PendingMessage) => boolean): number {
    let bytes = this.ordinary.drop(isUnwanted);
    for (const lane of this.#others ?? []) {
      bytes += lane.drop(isUnwanted);
      this.#touch(lane);
    }
    return bytes;
  }

  /** Drops everything. Returns the bytes of payload. */
  clear(): number {
    let payload = this.ordinary.clear();
    for (const lane of this.#others ?? []) payload += lane.clear();
    this.#others = undefined;
    this.#latest = undefined;
    this.#touched = undefined;
    this.#othersOverhead = 0;
    return payload;
  }

  /** Returns `lane`, and notes that its overhead is about to change or has just changed. */
  #touch(lane: Lane): Lane {
    if (this.#touched !== lane) this.#overheadOfOthers();
    this.#touched = lane;
    return lane;
  }

  #overheadOfOthers(): number {
    const lane = this.#touched;
    if (lane === undefined) return this.#othersOverhead;
    const overhead = laneCost + lane.overhead;
    this.#othersOverhead += overhead - lane.countedOverhead;
    lane.countedOverhead = overhead;
    return this.#othersOverhead;
  }

  #remove(others: LaneHeap, lane: Lane): void {
    others.remove(lane);
    this.#othersOverhead -= lane.countedOverhead;
    if (this.#touched === lane) this.#touched = undefined;
  }
}
