/**
 * One direction of a transport: bytes in order, late, in chunks of any size, as many at a time as it has room for. It
 * may stall, be ended by its sender, or be lost with everything that was on its way.
 */
import { type Chunking, cut, inOneChunk } from "../bytes/chunking.ts";
import type { VirtualClock } from "./clock.ts";

/** How a direction behaves. */
export interface LinkOptions {
  /** Milliseconds from one end to the other. 0: within the same instant. */
  readonly latency?: number | undefined;
  /** Bytes that may be under way before the sender has to wait. Any number of them. */
  readonly window?: number | undefined;
  /** Where what is written at once is cut. Nowhere. */
  readonly chunking?: Chunking | undefined;
}

/** Who is at the far end. */
export interface LinkReceiver {
  receive(chunk: Uint8Array): void;
  receiveEnd(): void;
}

/** One direction. */
export class Link {
  readonly #clock: VirtualClock;
  readonly #options: LinkOptions;
  readonly #receiver: LinkReceiver;
  /** Called when there is room again. */
  readonly #drained: () => void;
  /** Arrived, and held back while the link is stalled. */
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

  /** Bytes that it takes now. */
  get room(): number {
    return Math.max(0, (this.#options.window ?? Number.POSITIVE_INFINITY) - this.#underWay);
  }

  get isOpen(): boolean {
    return this.#state === "open";
  }

  /** Writes a copy of `bytes`: what becomes of the array later is no concern of the receiver's. */
  write(bytes: Uint8Array): void {
    if (this.#state !== "open" || bytes.length === 0) return;
    this.#underWay += bytes.length;
    for (const chunk of cut(bytes, this.#options.chunking ?? inOneChunk)) {
      const { length } = chunk;
      this.#arrange(() => {
        this.#underWay -= length;
        this.#receiver.receive(chunk);
        if (length > 0) this.#drained();
      });
    }
  }

  /** The sender has no more to send: the end arrives after everything that was written. */
  end(): void {
    if (this.#state !== "open") return;
    this.#state = "ended";
    this.#arrange(() => this.#receiver.receiveEnd());
  }

  /** Nothing arrives any more, whatever was under way; the receiver is told, or is not. */
  lose(tell: boolean): void {
    if (this.#state === "lost") return;
    this.#state = "lost";
    this.#waiting.length = 0;
    if (tell) this.tellEnd();
  }

  /** Tells the receiver that the transport has ended, though nothing came that said so. */
  tellEnd(): void {
    this.#clock.schedule(this.#clock.now, () => this.#receiver.receiveEnd());
  }

  /** From now on `journal` is told when this link is stalled and resumed. */
  writeDownIn(journal: (step: "stall" | "resume") => void): void {
    this.#journal = journal;
  }

  /** Keeps everything from arriving until `resume`. */
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
