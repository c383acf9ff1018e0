/** Keeps the order of what is sent while the bytes of a Blob are being read, which takes a while (WHATWG WebSockets §3.1). */
import { Queue } from "./queue.ts";

/** Something to do in its turn; a Blob to read, what to do with its bytes. */
interface Step {
  readonly blob: Blob | undefined;
  /** Bytes of payload. */
  readonly length: number;
  /** Bytes of memory that it takes beside them. */
  readonly cost: number;
  readonly act: (bytes: Uint8Array) => void;
}

const noBytes = new Uint8Array(0);

/** A message of no bytes takes room as well: as much as its frame, as core counts it. */
const frameOverhead = 2;

/** Bytes of memory that a step takes beside its payload, and what an array and a Blob do in it, in V8. */
const stepCost = 336;
const arrayCost = 168;
const blobCost = 480;

/** What a few objects take does not count, as in core: a limit of a hundred bytes is one of payload. */
const freeOverhead = 4096;

/** A queue that is empty except while a Blob is being read. */
export class SendQueue {
  readonly #onError: (error: unknown) => void;
  readonly #steps = new Queue<Step>();
  #length = 0;
  #cost = 0;
  #running = false;

  /** `onError` is told when a Blob cannot be read; what follows it is dropped. */
  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  get isEmpty(): boolean {
    return !this.#running;
  }

  /** Bytes of memory that what waits takes. */
  get heldLength(): number {
    return this.#length + this.#cost;
  }

  /** What `limits.queuedOutput` bounds: bytes of what waits, framing included, and of the objects that hold it, but for a few. */
  get length(): number {
    return this.#length + Math.max(0, this.#cost - freeOverhead);
  }

  /**
   * Does `act` after everything before it, with the bytes of `blob` if there is one. `length` is that of the payload, which may lie
   * in an array that was made for it.
   */
  push(blob: Blob | undefined, length: number, act: (bytes: Uint8Array) => void, hasArray = false): void {
    const cost = stepCost + (hasArray ? arrayCost : 0) + (blob === undefined ? 0 : blobCost);
    this.#steps.push({ blob, length, cost, act });
    this.#cost += cost;
    this.#length += length + frameOverhead;
    if (!this.#running) void this.#run();
  }

  /** Forgets everything. */
  clear(): void {
    this.#steps.takeAll();
    this.#length = 0;
    this.#cost = 0;
  }

  async #run(): Promise<void> {
    this.#running = true;
    try {
      for (let step = this.#steps.first; step !== undefined; step = this.#steps.first) {
        const bytes = step.blob === undefined ? noBytes : new Uint8Array(await step.blob.arrayBuffer());
        // It is not there any more when `clear` has come between.
        if (this.#steps.first !== step) continue;
        // A step leaves the queue before it acts.
        this.#steps.take();
        this.#length -= step.length + frameOverhead;
        this.#cost -= step.cost;
        step.act(bytes);
      }
    } catch (error) {
      this.clear();
      this.#onError(error);
    }
    this.#running = false;
  }
}
