/** The lanes of all priorities, the most urgent first. Nearly always there is one. */
import { Lane } from "./lane.ts";
import { LaneHeap } from "./lane-heap.ts";

/** Bytes of memory that a lane takes that is made for its priority. */
const laneCost = 208;

/** Finds the lane to put a message in, and the one to take from. */
export class Lanes {
  /** Priority 0, where messages go that were given none. */
  readonly ordinary: Lane = new Lane(0);

  #others: LaneHeap | undefined;
  /** The other lane that was found ready the last time: nobody takes from another one. */
  #latest: Lane | undefined;
  /** Bytes of memory of the others, as counted when they were last touched, and the one that may have changed since. */
  #othersOverhead = 0;
  #touched: Lane | undefined;

  /** Whether there is only the ordinary lane, and only encoded short messages in it. */
  get isPlainRun(): boolean {
    return this.#others === undefined && this.ordinary.isRun;
  }

  /** Bytes of memory that everything takes beside the bytes that will leave. */
  get overhead(): number {
    return this.ordinary.overhead + this.#overheadOfOthers();
  }

  /** What of it stands beside messages, and not beside those that are encoded: the limit of what waits is to bound it too. */
  get messageOverhead(): number {
    return this.ordinary.messageOverhead + this.#overheadOfOthers();
  }

  /** The lane of `priority`. */
  of(priority: number | undefined): Lane {
    if (priority === undefined || priority === 0) return this.ordinary;
    this.#others ??= new LaneHeap();
    const found = this.#others.of(priority);
    if (found !== undefined) return this.#touch(found);
    const lane = new Lane(priority);
    this.#others.add(lane);
    return this.#touch(lane);
  }

  /** The most urgent lane from which something can leave now. */
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

  /** Drops the messages that have not been given whole, as nobody will give the rest; answers the bytes of them. */
  dropUnended(): number {
    let bytes = this.ordinary.dropUnended();
    for (const lane of this.#others ?? []) {
      bytes += lane.dropUnended();
      this.#touch(lane);
    }
    return bytes;
  }

  /** Drops everything; returns the bytes of payload. */
  clear(): number {
    let payload = this.ordinary.clear();
    for (const lane of this.#others ?? []) payload += lane.clear();
    this.#others = undefined;
    this.#latest = undefined;
    this.#touched = undefined;
    this.#othersOverhead = 0;
    return payload;
  }

  /** `lane`, which is about to change, or just has. */
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
