/** Keeps the order of what is sent while the bytes of a Blob are being read, which takes a while (WHATWG WebSockets §3.1). */

/** Something to do in its turn; a Blob to read, what to do with its bytes. */
interface Step {
  readonly blob: Blob | undefined;
  readonly act: (bytes: Uint8Array) => void;
}

const noBytes = new Uint8Array(0);

/** A queue that is empty except while a Blob is being read. */
export class SendQueue {
  readonly #onError: (error: unknown) => void;
  #steps: Step[] = [];
  #running = false;

  /** `onError` is told when a Blob cannot be read; what follows it is dropped. */
  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  get isEmpty(): boolean {
    return !this.#running;
  }

  /** Does `act` after everything before it, with the bytes of `blob` if there is one. */
  push(blob: Blob | undefined, act: (bytes: Uint8Array) => void): void {
    this.#steps.push({ blob, act });
    if (!this.#running) void this.#run();
  }

  /** Forgets everything. */
  clear(): void {
    this.#steps = [];
  }

  async #run(): Promise<void> {
    this.#running = true;
    try {
      // A step leaves the queue before it acts: it is not there any more when `clear` has come between.
      for (let step = this.#steps[0]; step !== undefined; step = this.#steps[0]) {
        const bytes = step.blob === undefined ? noBytes : new Uint8Array(await step.blob.arrayBuffer());
        if (this.#steps[0] !== step) continue;
        this.#steps.shift();
        step.act(bytes);
      }
    } catch (error) {
      this.clear();
      this.#onError(error);
    }
    this.#running = false;
  }
}
