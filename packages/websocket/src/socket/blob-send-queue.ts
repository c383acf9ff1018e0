/** Keeps messages in order while the bytes of a Blob are read, which is asynchronous (WHATWG WebSockets §3.1). */
import { Queue } from "../platform/queue.ts";

/** A step to run in order. Reads `blob`, if there is one, and passes its bytes to `act`. */
interface Step {
  readonly blob: Blob | undefined;
  /** Bytes of payload. */
  readonly length: number;
  /** Memory overhead in bytes, excluding the payload. */
  readonly cost: number;
  readonly act: (bytes: Uint8Array) => void;
}

const noBytes = new Uint8Array(0);

/** Overhead of a message as core counts it: its frame header. It bounds empty messages as well. */
const frameOverhead = 2;

/** Memory overhead in bytes of a step, of an array, and of a Blob, in V8. */
const stepCost = 336;
const arrayCost = 168;
const blobCost = 480;

/** The overhead of a few objects is free, as in core: a limit of a hundred bytes then means payload. */
const freeOverhead = 4096;

/** A queue that is empty except while a Blob is being read. */
export class BlobSendQueue {
  readonly #onError: (error: unknown) => void;
  readonly #steps = new Queue<Step>();
  #length = 0;
  #cost = 0;
  #running = false;

  /** `onError` is called when a Blob cannot be read. Everything behind it is dropped. */
  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  get isEmpty(): boolean {
    return !this.#running;
  }

  /** Bytes of memory used by the waiting steps. */
  get heldLength(): number {
    return this.#length + this.#cost;
  }

  /**
   * The size that `limits.queuedOutput` bounds: the waiting bytes with their framing, and the overhead of the objects
   * that hold them, except for a free allowance.
   */
  get length(): number {
    return this.#length + Math.max(0, this.#cost - freeOverhead);
  }

  /**
   * Runs `act` after all earlier steps, with the bytes of `blob` if there is one. `length` is that of the payload.
   * `hasArray`: whether an array was allocated for the payload.
   */
  push(blob: Blob | undefined, length: number, act: (bytes: Uint8Array) => void, hasArray = false): void {
    const cost = stepCost + (hasArray ? arrayCost : 0) + (blob === undefined ? 0 : blobCost);
    this.#steps.push({ blob, length, cost, act });
    this.#cost += cost;
    this.#length += length + frameOverhead;
    if (!this.#running) void this.#run();
  }

  /** Drops all steps. */
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
        // `clear` was called in the meantime.
        if (this.#steps.first !== step) continue;
        // Remove the step before it acts.
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
