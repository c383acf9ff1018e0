/** Any way in which a transport may cut bytes into chunks. */
import fc from "fast-check";
import { byteByByte, type Chunking, inOneChunk } from "../bytes/chunking.ts";

/** Any cut, empty chunks included; each byte by itself more often than chance has it. Shrinks towards one chunk. */
export function chunking(): fc.Arbitrary<Chunking> {
  const size = fc.oneof(fc.nat(9), fc.nat(200));
  return fc.oneof(
    { withCrossShrink: true },
    { weight: 1, arbitrary: fc.constant(inOneChunk) },
    { weight: 6, arbitrary: fc.record({ sizes: fc.array(size, { maxLength: 12 }), repeated: fc.boolean() }) },
    { weight: 2, arbitrary: fc.constant(byteByByte) },
  );
}
