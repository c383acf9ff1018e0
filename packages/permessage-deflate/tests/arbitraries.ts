/** Messages of every degree of compressibility, and parameters that endpoints may agree on. */
import { concatBytes, utf8Bytes } from "@hybi/testing/wire";
import fc from "fast-check";

/** Noise, runs, and pieces repeated near and far. */
export function content(maxParts = 8): fc.Arbitrary<Uint8Array> {
  const part = fc.oneof(
    fc.uint8Array({ maxLength: 64 }),
    fc.tuple(fc.nat(255), fc.nat(3000)).map(([byte, length]) => new Uint8Array(length).fill(byte)),
    fc.tuple(fc.nat(0x7fff_ffff), fc.nat(5000)).map(([seed, length]) => noise(length, seed)),
    fc.constantFrom(..."abcdefg").map((letter) => noise(700, letter.charCodeAt(0))),
    fc
      .array(fc.constantFrom("alpha", "beta", '{"id":', ",", "\n"), { maxLength: 60 })
      .map((words) => utf8Bytes(words.join(" "))),
  );
  return fc.array(part, { maxLength: maxParts }).map((parts) => concatBytes(parts));
}

/** Bytes without long repetitions. */
export function noise(length: number, seed: number): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return state >> 16;
  });
}

/** Cuts bytes into parts of these sizes, cyclically; the last part is the rest. */
export function cut(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const parts: Uint8Array[] = [];
  let at = 0;
  for (let index = 0; at < bytes.length && sizes.length > 0; index++) {
    const size = sizes[index % sizes.length] ?? 1;
    parts.push(bytes.slice(at, at + size));
    at += size;
  }
  return [...parts, bytes.slice(at)];
}

export const cuts: fc.Arbitrary<readonly number[]> = fc.oneof(
  fc.constant([]),
  fc.constant([1]),
  fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 6 }),
);

export const windowBits = fc.constantFrom(8, 9, 10, 11, 12, 13, 14, 15) as fc.Arbitrary<
  8 | 9 | 10 | 11 | 12 | 13 | 14 | 15
>;
