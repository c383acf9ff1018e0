/** Writes frames one after another into one buffer, legal or with any fault. */
import type { Role } from "@hybi/core";
import type { Random } from "../../random.ts";

/** The ways in which a header differs from the correct one. */
export type HeaderFault =
  | "bit"
  | "mask"
  | "long-length"
  | "sign-bit"
  | "huge-length"
  | "opcode"
  | "fin"
  | "wrong-length"
  | undefined;

export const headerFaults: readonly HeaderFault[] = [
  ...(["bit", "mask", "long-length", "sign-bit", "huge-length", "opcode", "fin", "wrong-length"] as const),
];

/** Writes frames as the peer of `role` sends them. */
export class StreamWriter {
  readonly bytes: Uint8Array;
  length = 0;
  readonly #masked: boolean;
  readonly #random: Random;

  /** `bytes` must have room for everything that will be written. */
  constructor(role: Role, random: Random, bytes: Uint8Array) {
    this.bytes = bytes;
    this.#masked = role === "server";
    this.#random = random;
  }

  /** Writes a frame whose payload is written by `write`. */
  frame(
    firstByte: number,
    payloadLength: number,
    write: (bytes: Uint8Array, start: number, end: number) => void,
    fault?: HeaderFault,
  ): void {
    const random = this.#random;
    let first = firstByte;
    if (fault === "bit") first ^= 1 << random.below(8);
    else if (fault === "fin") first ^= 0x80;
    else if (fault === "opcode") first = (first & 0xf0) | random.below(16);
    const masked = fault === "mask" ? !this.#masked : this.#masked;

    this.#byte(first);
    this.#length(payloadLength, masked ? 0x80 : 0, fault);
    // A key of zeros is legal, and takes another path.
    const key = masked && !random.oneIn(16) ? random.uint32() : 0;
    if (masked) for (let index = 0; index < 4; index++) this.#byte(key >>> (index << 3));
    const start = this.length;
    const end = start + payloadLength;
    write(this.bytes, start, end);
    if (key !== 0)
      for (let at = start; at < end; at++)
        this.bytes[at] = (this.bytes[at] as number) ^ (key >>> (((at - start) & 3) << 3));
    this.length = end;
  }

  #length(length: number, maskBit: number, fault: HeaderFault): void {
    const random = this.#random;
    if (fault === "huge-length") {
      this.#extended64(maskBit, random.of([0, 0, 1, 0x1f_ffff, 0x20_0000, 0x7fff_ffff]), random.uint32());
    } else if (fault === "sign-bit") {
      this.#extended64(maskBit, 0x8000_0000 + random.of([0, 0, 0x7fff_ffff]), length);
    } else if (fault === "wrong-length") {
      this.#byte(maskBit | random.below(128));
    } else if (fault === "long-length" && random.oneIn(2)) {
      this.#extended64(maskBit, 0, length);
    } else if (length < 126 && fault !== "long-length") {
      this.#byte(maskBit | length);
    } else if (length < 65_536) {
      this.#byte(maskBit | 126);
      this.#byte(length >>> 8);
      this.#byte(length);
    } else {
      this.#extended64(maskBit, 0, length);
    }
  }

  #extended64(maskBit: number, high: number, low: number): void {
    this.#byte(maskBit | 127);
    for (const word of [high, low]) for (const shift of [24, 16, 8, 0]) this.#byte(word >>> shift);
  }

  #byte(byte: number): void {
    this.bytes[this.length++] = byte;
  }
}
