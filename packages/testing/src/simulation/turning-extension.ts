/** An extension for tests: it inverts every byte, and adds a byte before and after each message. */
import type { Extension, MessageTransform, TransformSink } from "@hybi/core";

/** Options of the extension. */
export interface TurningOptions {
  /** Transforms only every n-th message; the others are sent unchanged, without the bit. */
  readonly every?: number | undefined;
  /** Number of bytes held back until more arrive, as a compressor does. */
  readonly hold?: number | undefined;
  readonly name?: string | undefined;
  /** The RSV bit that it owns. Default: RSV2. */
  readonly rsv?: number | undefined;
}

/** Two instances with different `name` and `rsv` add different bytes, so that their order is visible. */
export function turningExtension({
  every = 1,
  hold = 0,
  name = "x-turning",
  rsv = 0x20,
}: TurningOptions = {}): Extension {
  return {
    name,
    rsv,
    offers: () => [[]],
    checkAnswer: () => undefined,
    answer: () => [],
    createTransform: () => new Turning(every, hold, rsv),
  };
}

class Turning implements MessageTransform {
  readonly #every: number;
  readonly #hold: number;
  readonly #rsv: number;
  /** The byte before and after each message. */
  readonly #mark: number;
  #sent = 0;
  #held: number[] = [];
  /** The byte received last; it is the mark if no other byte follows. */
  #last: number | undefined;
  #started = false;

  constructor(every: number, hold: number, rsv: number) {
    this.#every = every;
    this.#hold = hold;
    this.#rsv = rsv;
    this.#mark = rsv ^ 0x5a;
  }

  beginEncode(): number | undefined {
    this.#held = [];
    if (this.#sent++ % this.#every !== 0) return undefined;
    this.#held.push(this.#mark);
    return this.#rsv;
  }

  encode(bytes: Uint8Array, start: number, end: number, sink: TransformSink): void {
    for (let index = start; index < end; index++) this.#held.push((bytes[index] ?? 0) ^ 0xff);
    this.#emit(this.#hold, sink);
  }

  endEncode(sink: TransformSink): void {
    this.#held.push(this.#mark);
    this.#emit(0, sink);
  }

  #emit(keep: number, sink: TransformSink): void {
    if (this.#held.length <= keep) return;
    const end = this.#held.length - keep;
    const out = Uint8Array.from(this.#held.slice(0, end));
    this.#held = this.#held.slice(end);
    sink(out, 0, out.length);
    // Data passed to a sink is valid only during the call, so overwrite it.
    out.fill(0xee);
  }

  beginDecode(_kind: string, rsv: number): boolean {
    this.#last = undefined;
    this.#started = false;
    return rsv !== 0;
  }

  decode(bytes: Uint8Array, start: number, end: number, sink: TransformSink): "extension/data-malformed" | undefined {
    const out: number[] = [];
    for (let index = start; index < end; index++) {
      const byte = bytes[index] ?? 0;
      if (!this.#started) {
        if (byte !== this.#mark) return "extension/data-malformed";
        this.#started = true;
        continue;
      }
      if (this.#last !== undefined) out.push(this.#last ^ 0xff);
      this.#last = byte;
    }
    const decoded = Uint8Array.from(out);
    if (decoded.length > 0) sink(decoded, 0, decoded.length);
    decoded.fill(0xee);
    return undefined;
  }

  endDecode(): "extension/data-truncated" | undefined {
    return this.#last === this.#mark ? undefined : "extension/data-truncated";
  }

  release(): void {
    this.#held = [];
  }
}
