/** Frames as a peer without a library writes them, right or wrong, and as it reads them. */
import { constants, inflateRawSync } from "node:zlib";

export interface RawFrame {
  readonly opcode: number;
  readonly payload: Uint8Array;
  readonly fin: boolean;
  readonly rsv: number;
  readonly isMasked: boolean;
  /** How the length is written; "64 bits with the highest" is no length that may be. */
  readonly length?: "shortest" | "16 bits" | "64 bits" | "64 bits with the highest";
}

const mask = [0x37, 0xfa, 0x21, 0x3d] as const;

export function encodeFrame({ opcode, payload, fin, rsv, isMasked, length = "shortest" }: RawFrame): Buffer {
  const size = payload.byteLength;
  const form = length !== "shortest" ? length : size < 126 ? "7 bits" : size < 65_536 ? "16 bits" : "64 bits";
  const head = Buffer.alloc(form === "7 bits" ? 2 : form === "16 bits" ? 4 : 10);
  head[0] = (fin ? 0x80 : 0) | (rsv << 4) | opcode;
  head[1] = (isMasked ? 0x80 : 0) | (form === "7 bits" ? size : form === "16 bits" ? 126 : 127);
  if (form === "16 bits") head.writeUInt16BE(size, 2);
  else if (form !== "7 bits") head.writeBigUInt64BE(BigInt(size), 2);
  if (form === "64 bits with the highest") head[2] = 0x80;
  if (!isMasked) return Buffer.concat([head, payload]);
  return Buffer.concat([head, Buffer.from(mask), payload.map((byte, index) => byte ^ (mask[index % 4] ?? 0))]);
}

/** Reads frames from chunks of bytes, and says them as lines. Of a compressed message it says the content. */
export class FrameReader {
  #rest = Buffer.alloc(0);
  #isCompressed = false;
  #window = Buffer.alloc(0);

  read(chunk: Uint8Array): string[] {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    const lines: string[] = [];
    for (let line = this.#next(); line !== undefined; line = this.#next()) lines.push(line);
    return lines;
  }

  /** What is no whole frame. */
  get rest(): string {
    return this.#rest.length === 0 ? "" : `${this.#rest.length} bytes of a frame`;
  }

  #next(): string | undefined {
    const bytes = this.#rest;
    if (bytes.length < 2) return undefined;
    const [first = 0, second = 0] = bytes;
    const short = second & 0x7f;
    const sizeBytes = short === 126 ? 2 : short === 127 ? 8 : 0;
    const isMasked = (second & 0x80) !== 0;
    const begin = 2 + sizeBytes + (isMasked ? 4 : 0);
    if (bytes.length < begin) return undefined;
    const size = short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short;
    if (bytes.length < begin + size) return undefined;
    const key = bytes.subarray(begin - 4, begin);
    const masked = bytes.subarray(begin, begin + size);
    const payload = isMasked ? Buffer.from(masked.map((byte, index) => byte ^ (key[index % 4] ?? 0))) : masked;
    this.#rest = bytes.subarray(begin + size);
    const opcode = first & 0x0f;
    if (opcode === 1 || opcode === 2) this.#isCompressed = (first & 0x40) !== 0;
    const isInflated = this.#isCompressed && opcode < 8 && (first & 0x80) !== 0;
    const content = isInflated ? this.#inflate(payload) : payload;
    return `${(first >> 4).toString(2).padStart(4, "0")} ${opcode}${isMasked ? " masked" : ""} ${brief(content)}`;
  }

  #inflate(payload: Buffer): Buffer {
    const input = Buffer.concat([payload, Buffer.from([0, 0, 0xff, 0xff])]);
    let inflated: Buffer;
    try {
      inflated = inflateRawSync(input, { finishFlush: constants.Z_SYNC_FLUSH, dictionary: this.#window });
    } catch {
      // It refers to a message in fragments, which are not inflated here.
      return payload;
    }
    this.#window = Buffer.concat([this.#window, inflated]).subarray(-32_768);
    return inflated;
  }
}

/** Bytes as text that is equal only for equal bytes, and short for long ones in which few values occur. */
export function brief(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex");
  return `${bytes.byteLength}:${hex.replace(/(..)\1{3,}/g, (all, pair) => `${pair}×${all.length / 2} `)}`;
}

/** The bytes of which `brief` made `text`. */
export function unbrief(text: string): Buffer {
  const hex = text.slice(text.indexOf(":") + 1).replace(/(..)×(\d+) /g, (_, pair: string, count) => pair.repeat(count));
  return Buffer.from(hex, "hex");
}
