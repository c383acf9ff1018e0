/** Arbitrary ways in which a transport may split bytes into chunks. */
import fc from "fast-check";
import { byteByByte, type Chunking, inOneChunk } from "../bytes/chunking.ts";

/** Any split, including empty chunks; one byte per chunk is more frequent than at random. Shrinks towards one chunk. */
export function chunking(): fc.Arbitrary<Chunking> {
  const size = fc.oneof(fc.nat(9), fc.nat(200));
  return fc.oneof(
    { withCrossShrink: true },
    { weight: 1, arbitrary: fc.constant(inOneChunk) },
    { weight: 6, arbitrary: fc.record({ sizes: fc.array(size, { maxLength: 12 }), repeated: fc.boolean() }) },
    { weight: 2, arbitrary: fc.constant(byteByByte) },
  );
}
