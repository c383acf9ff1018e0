/**
 * Synchronous access to the native handle of a node:zlib stream. The handle is not a public interface, but Node, Deno and
 * Bun all have it, and it is the only way to keep a stream open and get results synchronously. An asynchronous call
 * costs 80 µs, a new stream 10 to 50 µs, and a call of the handle less than 1 µs (bench/deflate/main.ts). `open` returns
 * undefined if the handle is missing.
 */
import type { DeflateRaw, InflateRaw } from "node:zlib";

// The values of zlib.h.
export const Z_NO_FLUSH = 0;
export const Z_SYNC_FLUSH = 2;
export const Z_BLOCK = 5;

/** Size of the stream's own buffer: the minimum that node:zlib allows, because the handle does not use it. */
export const smallestChunk = 64;

/** The part of the internal handle interface that is used here. */
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
  /** After a call: free bytes left in the output, and unread bytes left of the input. */
  readonly _writeState?: Uint32Array;
}

/** An open zlib stream. */
export class ZlibHandle {
  /** Whether a call has failed because of invalid data. */
  failed = false;
  readonly #raw: RawHandle;
  readonly #state: Uint32Array;
  /** Keeps the stream reachable: the handle is freed when its stream is garbage-collected. */
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
