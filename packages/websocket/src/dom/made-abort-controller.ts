/** AbortController (DOM §3.1) for runtimes without one, limited to what code that opens a transport needs. */
import { DOMException } from "./dom-exception.ts";

/** Returns an `AbortController` class whose signals extend `Target` and fire events of the class `Base`. */
export function makeAbortController(Target: typeof EventTarget, Base: typeof Event): typeof AbortController {
  class MadeAbortSignal extends Target {
    aborted = false;
    reason: unknown;
    onabort: ((event: Event) => unknown) | null = null;

    throwIfAborted(): void {
      if (this.aborted) throw this.reason;
    }

    get [Symbol.toStringTag](): string {
      return "AbortSignal";
    }
  }

  class MadeAbortController {
    readonly signal: MadeAbortSignal = new MadeAbortSignal();

    constructor() {
      this.signal.addEventListener("abort", (event) => this.signal.onabort?.(event));
    }

    abort(reason: unknown = new DOMException("The operation was aborted.", "AbortError")): void {
      if (this.signal.aborted) return;
      this.signal.aborted = true;
      this.signal.reason = reason;
      this.signal.dispatchEvent(new Base("abort"));
    }

    get [Symbol.toStringTag](): string {
      return "AbortController";
    }
  }
  return MadeAbortController as never;
}
