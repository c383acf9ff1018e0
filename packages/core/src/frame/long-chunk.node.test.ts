/** Chunks longer than 32-bit integers can index. Their memory is never touched, so the system does not provide it. */
import { expect, it } from "vitest";
import { encodeFrame } from "./encode-frame.ts";
import { FrameDecoder, type SinkVerdict } from "./frame-decoder.ts";
import { headerLength, writeHeader } from "./header.ts";

const length = 2 ** 31 + 20;
const header = new Uint8Array(headerLength(length, false));
writeHeader(header, 0, 0x82, 0, length);
const last = encodeFrame({ opcode: 1, payload: Uint8Array.of(65) });

function longChunk(): Uint8Array {
  const chunk = new Uint8Array(header.length + length + last.length);
  chunk.set(header);
  chunk.set(last, header.length + length);
  return chunk;
}

/** Counts the payload of each frame; asks for the rest later, or stops, once `bytes` of it have been passed. */
function counting(bytes = Number.POSITIVE_INFINITY, verdict: SinkVerdict | "rest" = "rest") {
  const payloads: number[] = [];
  const sink = {
    frame: () => void payloads.push(0),
    payload(_: Uint8Array, start: number, end: number): SinkVerdict | "rest" {
      payloads[payloads.length - 1]! += end - start;
      return payloads[0]! >= bytes ? verdict : undefined;
    },
  };
  return { payloads, decoder: new FrameDecoder(sink, { role: "client" }) };
}

it("decodes a chunk of more than 2 GiB", () => {
  const { payloads, decoder } = counting();
  expect(decoder.decode(longChunk())).toBeUndefined();
  expect([payloads, decoder.taken]).toEqual([[length, 1], header.length + length + 1 + 2]);
});

it("takes as much of it as the sink wants", () => {
  const { payloads, decoder } = counting(length);
  expect(decoder.decode(longChunk())).toBeUndefined();
  expect([payloads, decoder.taken]).toEqual([[length], header.length + length]);
});

it("counts the offset of a fault from the first byte", () => {
  const { payloads, decoder } = counting();
  const chunk = longChunk();
  chunk[header.length + length] = 0x83;
  const fault = decoder.decode(chunk);
  expect([fault, decoder.taken]).toEqual([
    { code: "frame/opcode-reserved", offset: header.length + length, firstByte: 0x83 },
    chunk.length,
  ]);
  expect(payloads).toEqual([length]);
});
