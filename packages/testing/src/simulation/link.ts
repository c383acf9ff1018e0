/**
 * One direction of a transport: delivers bytes in order, with latency, in chunks of any size, and accepts as many as
 * fit into its window. It may stall, be ended by its sender, or be lost with everything in flight.
 */
import { type Chunking, cutIntoChunks, inOneChunk } from "../bytes/chunking.ts";
import type { VirtualClock } from "./clock.ts";

/** Options of one direction. */
export interface LinkOptions {
  /** Milliseconds from one end to the other. 0 (the default): delivered within the same instant. */
  readonly latency?: number | undefined;
  /** Maximum bytes in flight before the sender has to wait. Default: unlimited. */
  readonly window?: number | undefined;
  /** How each write is split into chunks. Default: not at all. */
  readonly chunking?: Chunking | undefined;
}

/** The receiver at the far end. */
export interface LinkReceiver {
  receive(chunk: Uint8Array): void;
  receiveEnd(): void;
}

/** One direction of a transport. */
export class Link {
  readonly #clock: VirtualClock;
  readonly #options: LinkOptions;
  readonly #receiver: LinkReceiver;
  /** Called when there is room again. */
  readonly #drained: () => void;
  /** Deliveries that have arrived but are held back while the link is stalled. */
  readonly #waiting: (() => void)[] = [];
  #underWay = 0;
  #stalled = false;
  #state: "open" | "ended" | "lost" = "open";
  #journal: (step: "stall" | "resume") => void = () => undefined;

  constructor(clock: VirtualClock, options: LinkOptions, receiver: LinkReceiver, drained: () => void) {
    this.#clock = clock;
    this.#options = options;
    this.#receiver = receiver;
    this.#drained = drained;
  }

  /** The number of bytes that the link accepts now. */
  get room(): number {
    return Math.max(0, (this.#options.window ?? Number.POSITIVE_INFINITY) - this.#underWay);
  }

  get isOpen(): boolean {
    return this.#state === "open";
  }

  /** Writes a copy of `bytes`, so that the receiver is unaffected by later changes to the array. */
  write(bytes: Uint8Array): void {
    if (this.#state !== "open" || bytes.length === 0) return;
    this.#underWay += bytes.length;
    for (const chunk of cutIntoChunks(bytes, this.#options.chunking ?? inOneChunk)) {
      const { length } = chunk;
      this.#arrange(() => {
        this.#underWay -= length;
        this.#receiver.receive(chunk);
        if (length > 0) this.#drained();
      });
    }
  }

  /** The sender has finished: the end arrives after everything that was written. */
  end(): void {
    if (this.#state !== "open") return;
    this.#state = "ended";
    this.#arrange(() => this.#receiver.receiveEnd());
  }

  /** Stops all delivery and discards what is in flight; the receiver is notified if `notify` is true. */
  lose(notify: boolean): void {
    if (this.#state === "lost") return;
    this.#state = "lost";
    this.#waiting.length = 0;
    if (notify) this.notifyEnd();
  }

  /** Notifies the receiver that the transport has ended, although no end was delivered. */
  notifyEnd(): void {
    this.#clock.schedule(this.#clock.now, () => this.#receiver.receiveEnd());
  }

  /** From now on, reports to `journal` when this link is stalled and resumed. */
  recordIn(journal: (step: "stall" | "resume") => void): void {
    this.#journal = journal;
  }

  /** Holds back all deliveries until `resume`. */
  stall(): void {
    this.#journal("stall");
    this.#stalled = true;
  }

  resume(): void {
    this.#journal("resume");
    this.#stalled = false;
    for (const delivery of this.#waiting.splice(0))
      this.#clock.schedule(this.#clock.now, () => this.#deliver(delivery));
  }

  #arrange(delivery: () => void): void {
    this.#clock.schedule(this.#clock.now + (this.#options.latency ?? 0), () => this.#deliver(delivery));
  }

  #deliver(delivery: () => void): void {
    if (this.#state === "lost") return;
    if (this.#stalled) this.#waiting.push(delivery);
    else delivery();
  }
}
