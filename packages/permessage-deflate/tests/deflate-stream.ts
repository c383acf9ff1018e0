/** Writes DEFLATE streams bit by bit (RFC 1951 §3.2), for exact control over their content. */
import { utf8Bytes } from "@hybi/testing/wire";

const lengthBases = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
];
const distanceBases = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145,
  8193, 12_289, 16_385, 24_577,
];

/** The elements of a compressed block. */
export type Symbol = number | { readonly length: number; readonly distance: number };

export class DeflateStream {
  readonly #bits: number[] = [];

  /** BTYPE 00. */
  stored(data: Uint8Array | string, final = false): this {
    const bytes = typeof data === "string" ? utf8Bytes(data) : data;
    this.header(0, final).align();
    this.bits(bytes.length, 16).bits(~bytes.length & 0xffff, 16);
    for (const byte of bytes) this.bits(byte, 8);
    return this;
  }

  /** BTYPE 01. */
  fixed(symbols: readonly Symbol[] | string, final = false): this {
    this.header(1, final);
    for (const symbol of typeof symbols === "string" ? utf8Bytes(symbols) : symbols) {
      if (typeof symbol === "number") this.#literal(symbol);
      else this.#match(symbol.length, symbol.distance);
    }
    return this.#literal(256);
  }

  /** The start of a stored block without its length, which ends a message (RFC 7692 §7.2.1). */
  end(final = false): Uint8Array {
    return this.header(0, final).align().bytes();
  }

  header(type: number, final = false): this {
    return this.bits(final ? 1 : 0, 1).bits(type, 2);
  }

  /** Least significant bit first. */
  bits(value: number, count: number): this {
    for (let bit = 0; bit < count; bit++) this.#bits.push((value >> bit) & 1);
    return this;
  }

  align(): this {
    while (this.#bits.length % 8 !== 0) this.#bits.push(0);
    return this;
  }

  get bitLength(): number {
    return this.#bits.length;
  }

  /** The bytes written so far, with the last byte padded with zeros. */
  bytes(): Uint8Array {
    const bytes = new Uint8Array(Math.ceil(this.#bits.length / 8));
    for (const [index, bit] of this.#bits.entries())
      bytes[index >> 3] = (bytes[index >> 3] ?? 0) | (bit << (index & 7));
    return bytes;
  }

  /** RFC 1951 §3.2.6. Huffman codes are packed starting with their most significant bit. */
  #literal(symbol: number): this {
    if (symbol < 144) return this.#code(0x30 + symbol, 8);
    if (symbol < 256) return this.#code(0x190 + symbol - 144, 9);
    if (symbol < 280) return this.#code(symbol - 256, 7);
    return this.#code(0xc0 + symbol - 280, 8);
  }

  #match(length: number, distance: number): void {
    const lengthCode = lengthBases.filter((base) => base <= length).length - 1;
    this.#literal(257 + lengthCode);
    if (lengthCode >= 8 && lengthCode < 28) this.bits(length - (lengthBases[lengthCode] ?? 0), (lengthCode - 4) >> 2);
    const distanceCode = distanceBases.filter((base) => base <= distance).length - 1;
    this.#code(distanceCode, 5);
    if (distanceCode >= 4) this.bits(distance - (distanceBases[distanceCode] ?? 0), (distanceCode - 2) >> 1);
  }

  #code(code: number, length: number): this {
    for (let bit = length - 1; bit >= 0; bit--) this.#bits.push((code >> bit) & 1);
    return this;
  }
}
