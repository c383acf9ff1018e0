/** Payloads and masking keys. */
import fc from "fast-check";
import { patternBytes } from "../bytes/bytes.ts";
import { notableNumber } from "./notable.ts";

/** Lengths at which the header format, or the way bytes are stored, masked or sent, changes. */
const notableLengths: readonly number[] = [
  0, 1, 19, 20, 63, 64, 65, 124, 125, 126, 127, 128, 1023, 1024, 4095, 4096, 4097, 65_535, 65_536, 70_000,
];

/**
 * The payload of a frame or of a binary message: usually short, and sometimes of a length at which headers change.
 * `most` is its maximum length. Shrinks towards no bytes.
 */
export function payload(most = 70_000): fc.Arbitrary<Uint8Array> {
  const notable = notableLengths.filter((length) => length <= most);
  const long = fc.tuple(notableNumber(notable, most), fc.nat(255));
  return fc.oneof(
    { weight: 6, arbitrary: fc.uint8Array({ maxLength: Math.min(most, 24) }) },
    { weight: 1, arbitrary: long.map(([length, seed]) => patternBytes(length, seed)) },
  );
}

/**
 * 32 bits; zero, which is legal and hides mistakes, is more frequent than at random (RFC 6455 §5.3). Shrinks towards
 * zero.
 */
export function maskingKey(): fc.Arbitrary<number> {
  return fc.oneof({ weight: 1, arbitrary: fc.constant(0) }, { weight: 5, arbitrary: fc.integer() });
}
