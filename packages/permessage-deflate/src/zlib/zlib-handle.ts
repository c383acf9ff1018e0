/**
 * The stream of zlib beneath a stream of node:zlib, driven synchronously. The handle is not a public interface, but Node,
 * Deno and Bun all have it, and it is the only way to a stream that is kept open and asked for results at once: each
 * asynchronous call costs 80 µs, each new stream 10 to 50 µs, and a call of the handle less than one
 * (bench/deflate.ts). Where it is missing, `open` answers undefined.
 */
import type { DeflateRaw, InflateRaw } from "node:zlib";

// The values of zlib.h.
export const Z_NO_FLUSH = 0;
export const Z_SYNC_FLUSH = 2;
export const Z_BLOCK = 5;

/** The size of the stream's own buffer, which the handle has no use for: the smallest that node:zlib allows. */
export const smallestChunk = 64;

/** What node:zlib calls on its handle, as far as it is used here. */
interface RawHandle {
  writeSync(
    flush: number,
    input: Uint8Array,
    inputStart: number,
    inputLength: number,
    output: Uint8Array,
    outputStart: number,
    outputLength: number,
  ): void;
  reset(): void;
  close(): void;
  onerror: (message: string, errno: number, code: string) => void;
}

interface StreamWithHandle {
  readonly _handle?: Partial<RawHandle> | null;
  /** After a call: room left in the output, and bytes left of the input. */
  readonly _writeState?: Uint32Array;
}

/** An open stream of zlib. */
export class ZlibHandle {
  /** Whether a call has found the data to be in error. */
  failed = false;
  readonly #raw: RawHandle;
  readonly #state: Uint32Array;
  /** Holds on to what frees the handle when it is collected. */
  readonly #stream: DeflateRaw | InflateRaw;

  private constructor(stream: DeflateRaw | InflateRaw, raw: RawHandle, state: Uint32Array) {
    this.#stream = stream;
    this.#raw = raw;
    this.#state = state;
    raw.onerror = () => {
      this.failed = true;
    };
  }

  static open(stream: DeflateRaw | InflateRaw): ZlibHandle | undefined {
    const { _handle: raw, _writeState: state } = stream as unknown as StreamWithHandle;
    const isUsable =
      typeof raw?.writeSync === "function" &&
      typeof raw.reset === "function" &&
      typeof raw.close === "function" &&
      state instanceof Uint32Array;
    return isUsable ? new ZlibHandle(stream, raw as RawHandle, state) : undefined;
  }

  get outputLeft(): number {
    return this.#state[0]!;
  }

  get inputLeft(): number {
    return this.#state[1]!;
  }

  write(
    flush: number,
    input: Uint8Array,
    start: number,
    length: number,
    output: Uint8Array,
    outputStart: number,
  ): void {
    this.#raw.writeSync(flush, input, start, length, output, outputStart, output.length - outputStart);
  }

  reset(): void {
    this.#raw.reset();
    this.failed = false;
  }

  close(): void {
    this.#stream.close();
  }
}
