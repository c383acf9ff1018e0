/** Payloads and masking keys. */
import fc from "fast-check";
import { pattern } from "../bytes/bytes.ts";

/** Lengths at which headers, and the ways in which bytes are stored, masked and sent, change. */
const notableLengths: readonly number[] = [
  0, 1, 19, 20, 63, 64, 65, 124, 125, 126, 127, 128, 1023, 1024, 4095, 4096, 4097, 65_535, 65_536, 70_000,
];

/** Mostly short, and now and then of a notable length up to `most`. */
export function payload(most = 70_000): fc.Arbitrary<Uint8Array> {
  const notable = notableLengths.filter((length) => length <= most);
  return fc.oneof(
    { weight: 6, arbitrary: fc.uint8Array({ maxLength: Math.min(most, 24) }) },
    { weight: 1, arbitrary: fc.tuple(fc.constantFrom(...notable), fc.nat(255)).map((args) => pattern(...args)) },
  );
}

/** 32 bits; zero, which is legal, more often than chance has it (RFC 6455 §5.3). */
export function maskingKey(): fc.Arbitrary<number> {
  return fc.oneof({ weight: 1, arbitrary: fc.constant(0) }, { weight: 5, arbitrary: fc.integer() });
}
