/** Compares the codecs with each other, and with a stream of node:zlib used as documented. */

import { constants, createDeflateRaw, createInflateRaw, type DeflateRaw, type InflateRaw } from "node:zlib";
import { concatBytes, hexBytes, scaledRuns } from "@hybi/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { content, cut, cuts, windowBits } from "../arbitraries.ts";
import { codecs, deflate, type Inflated, inflate, isSame } from "../codecs.ts";
import { DeflateStream } from "../deflate-stream.ts";

/** All output of the stream for this input and a flush. */
function flushed(stream: DeflateRaw | InflateRaw, input: Uint8Array): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const parts: Uint8Array[] = [];
    const collect = (part: Uint8Array): void => void parts.push(part);
    stream.once("error", reject);
    stream.on("data", collect);
    stream.write(input);
    stream.flush(constants.Z_SYNC_FLUSH, () => {
      stream.off("error", reject);
      stream.off("data", collect);
      resolve(concatBytes(parts));
    });
  });
}

const describeOutcome = (outcome: Inflated): string => (typeof outcome === "string" ? outcome : String(outcome));

describe.each(codecs)("the %s codec", (_, codec) => {
  it("decodes what a stream of node:zlib writes, with its window", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(content(4), { maxLength: 6 }),
        cuts,
        fc.integer({ min: 1, max: 9 }),
        async (messages, sizes, level) => {
          const stream = createDeflateRaw({ level });
          const inflater = codec.createInflater({ windowBits: 15 });
          for (const message of messages) {
            const payload = message.length === 0 ? hexBytes("00") : (await flushed(stream, message)).slice(0, -4);
            expect(isSame(inflate(inflater, ...cut(payload, sizes)), message)).toBe(true);
          }
          stream.close();
          inflater.close();
        },
      ),
      scaledRuns(25),
    );
  });

  it("is decoded by a stream of node:zlib with the same window", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(content(4), { maxLength: 6 }), cuts, windowBits, async (messages, sizes, bits) => {
        const stream = createInflateRaw({ windowBits: bits });
        const deflater = codec.createDeflater({ windowBits: bits, level: 6, memoryLevel: 8 });
        for (const message of messages) {
          if (message.length === 0) continue;
          const payload = deflate(deflater, ...cut(message, sizes));
          expect(isSame(await flushed(stream, concatBytes([payload, hexBytes("00 00 ff ff")])), message)).toBe(true);
        }
        stream.close();
        deflater.close();
      }),
      scaledRuns(25),
    );
  });
});

/** Sequences of blocks of every kind, well-formed or nearly so. */
const blocks = fc
  .array(
    fc.oneof(
      fc.record({ type: fc.constant("stored"), data: fc.uint8Array({ maxLength: 20 }), final: fc.boolean() }),
      fc.record({
        type: fc.constant("fixed"),
        symbols: fc.array(
          fc.oneof(
            fc.nat(255),
            fc.record({
              length: fc.integer({ min: 3, max: 258 }),
              distance: fc.oneof(fc.nat(40), fc.nat(32_767)).map((n) => n + 1),
            }),
          ),
          { maxLength: 6 },
        ),
        final: fc.boolean(),
      }),
      fc.record({ type: fc.constant("bits"), value: fc.nat(0xffff), count: fc.nat(16), final: fc.boolean() }),
    ),
    { maxLength: 6 },
  )
  .map((list) => {
    const stream = new DeflateStream();
    for (const block of list) {
      if ("data" in block) stream.stored(block.data, block.final);
      else if ("symbols" in block) stream.fixed(block.symbols, block.final);
      else if (block.count > 12) stream.bits(block.value, block.count);
      // RFC 7692 §7.2.1: the data after a final block begins at a byte boundary.
      if (block.final) stream.align();
    }
    return stream;
  });

describe("all codecs", () => {
  it("return the same bytes or the same violation, whatever the payload and its cuts, message after message", () => {
    const [[, one], [, other]] = codecs as [(typeof codecs)[0], (typeof codecs)[0]];
    const mutated = fc
      .tuple(content(3), fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 2 }), fc.nat(3))
      .map(([message, changes, shortened]) => {
        const payload = deflate(
          one.createDeflater({ windowBits: 15, level: 6, memoryLevel: 1 }),
          concatBytes([hexBytes("41"), message]),
        );
        for (const [at, byte] of changes) payload[at % payload.length] = byte;
        return payload.slice(0, payload.length - shortened);
      });
    const payload = fc.oneof(
      { weight: 2, arbitrary: mutated },
      { weight: 3, arbitrary: fc.tuple(blocks, fc.boolean()).map(([stream, final]) => stream.end(final)) },
      { weight: 1, arbitrary: blocks.map((stream) => stream.bytes()) },
      { weight: 1, arbitrary: fc.uint8Array({ maxLength: 30 }) },
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(payload, cuts, cuts), { minLength: 1, maxLength: 5 }), (messages) => {
        const left = one.createInflater({ windowBits: 15 });
        const right = other.createInflater({ windowBits: 15 });
        for (const [bytes, leftSizes, rightSizes] of messages) {
          const outcome = describeOutcome(inflate(left, ...cut(bytes, leftSizes)));
          expect(describeOutcome(inflate(right, ...cut(bytes, rightSizes)))).toBe(outcome);
          if (outcome.startsWith("extension/")) break;
        }
        left.close();
        right.close();
      }),
      scaledRuns(400),
    );
  });
});
