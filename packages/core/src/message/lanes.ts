/** The lanes of all priorities, the most urgent first. Nearly always there is one. */
import { Lane } from "./lane.ts";

/** Finds the lane to put a message in, and the one to take from. */
export class Lanes {
  /** Priority 0, where messages go that were given none. */
  readonly ordinary: Lane = new Lane(0);

  #others: Lane[] | undefined;

  /** Whether there is only the ordinary lane, and only encoded short messages in it. */
  get isPlainRun(): boolean {
    return this.#others === undefined && this.ordinary.isRun;
  }

  /** The lane of `priority`. */
  of(priority: number | undefined): Lane {
    if (priority === undefined || priority === 0) return this.ordinary;
    this.#others ??= [];
    const others = this.#others;
    let index = 0;
    while (index < others.length && others[index]!.priority > priority) index++;
    const found = others[index];
    if (found?.priority === priority) return found;
    const lane = new Lane(priority);
    others.splice(index, 0, lane);
    return lane;
  }

  /** The most urgent lane from which something can leave now. */
  firstReady(): Lane | undefined {
    if (this.#others === undefined) return this.ordinary.isReady ? this.ordinary : undefined;
    const others = this.#others.filter((lane) => !lane.isEmpty);
    this.#others = others.length === 0 ? undefined : others;
    const other = others.find((lane) => lane.isReady);
    return this.ordinary.isReady && !(other !== undefined && other.priority > 0) ? this.ordinary : other;
  }

  /** Drops the messages that have not been given whole, as nobody will give the rest; answers the bytes of them. */
  dropUnended(): number {
    return [this.ordinary, ...(this.#others ?? [])].reduce((bytes, lane) => bytes + lane.dropUnended(), 0);
  }

  /** Drops everything. */
  clear(): void {
    this.ordinary.clear();
    this.#others = undefined;
  }
}
