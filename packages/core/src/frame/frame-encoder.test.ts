import { concatBytes, patternBytes, sameBytes, utf8Bytes } from "@hybi/testing/wire";
import { describe, expect, it } from "vitest";
import { countingSource } from "../../tests/support/connections.ts";
import { readFrames } from "../../tests/support/read-frames.ts";
import { ByteWriter } from "../bytes/byte-writer.ts";
import { RandomPool } from "../bytes/random-pool.ts";
import { noNativeFunctions } from "../vocabulary/native-functions.ts";
import { writeFrame, writeKey, writeMaskedHeader, writeTextFrame, writeUnmaskedHeader } from "./frame-encoder.ts";
import { headerLength } from "./header.ts";
import { mask } from "./mask.ts";

const keysOf = { client: RandomPool.of(countingSource()), server: undefined };

describe.each(["client", "server"] as const)("the frames of a %s", (role) => {
  const keys = keysOf[role];

  it.each([0, 1, 23, 24, 125, 126, 65_535, 65_536])(
    "writeFrame writes %i bytes of payload, and returns how many bytes it wrote [F12]",
    (length) => {
      const writer = new ByteWriter();
      const payload = patternBytes(length);
      const written = writeFrame(writer, 0x82, payload, keys) + writeFrame(writer, 0x00, payload, keys);
      const chunks = writer.take();
      expect(concatBytes(chunks)).toHaveLength(written);
      const [first, second] = readFrames(chunks);
      expect(first).toMatchObject({ opcode: 0x2, final: true });
      expect(second).toMatchObject({ opcode: 0x0, final: false });
      expect([first, second].every((frame) => sameBytes(frame?.payload ?? patternBytes(1), payload))).toBe(true);
      expect(first?.key === undefined).toBe(role === "server");
      expect(sameBytes(payload, patternBytes(length))).toBe(true);
    },
  );

  it.each([
    "",
    "a",
    "x".repeat(125),
    "x".repeat(126),
    "é".repeat(62),
    "é".repeat(63),
    "é".repeat(100),
    "€".repeat(125),
    "x".repeat(65_535),
    "é".repeat(40_000),
  ])(
    "writeTextFrame writes text, moves it when its length needs a longer header, and returns its length %#",
    (text) => {
      const writer = new ByteWriter();
      const texts = [text, "next", text];
      const lengths = texts.map((each) => writeTextFrame(writer, 0x81, each, keys, noNativeFunctions));
      expect(lengths).toEqual(texts.map((each) => utf8Bytes(each).length));
      const chunks = writer.take();
      expect(readFrames(chunks).map(({ payload }) => sameBytes(payload, utf8Bytes(text)))).toEqual([
        true,
        text === "next",
        true,
      ]);
    },
  );
});

describe("frames behind others in a block", () => {
  const keys = RandomPool.of(countingSource());
  const writers: Record<string, (writer: ByteWriter, payload: string) => number> = {
    "of a server": (writer, payload) => writeFrame(writer, 0x81, utf8Bytes(payload), undefined),
    "of a client": (writer, payload) => writeFrame(writer, 0x81, utf8Bytes(payload), keys),
    "of text of a server": (writer, payload) => {
      const length = writeTextFrame(writer, 0x81, payload, undefined, noNativeFunctions);
      return headerLength(length, false) + length;
    },
    "of text of a client": (writer, payload) => {
      const length = writeTextFrame(writer, 0x81, payload, keys, noNativeFunctions);
      return headerLength(length, true) + length;
    },
    "by reference of a server": (writer, payload) => {
      const written = writeUnmaskedHeader(writer, 0x81, payload.length);
      writer.appendReference(utf8Bytes(payload));
      return written + payload.length;
    },
    "by reference of a client": (writer, payload) => {
      const written = writeMaskedHeader(writer, 0x81, payload.length, 0);
      writer.appendReference(utf8Bytes(payload));
      return written + payload.length;
    },
  };

  it.each(Object.keys(writers))("are whole however little room is left, %s", (name) => {
    for (const length of [0, 1, 30, 52, 126, 5000]) {
      const payload = "x".repeat(length);
      for (let used = 0; used < 80; used++) {
        const writer = new ByteWriter();
        writer.appendCopy(patternBytes(used), 0, used);
        const written = writers[name]?.(writer, payload) ?? 0;
        const all = concatBytes(writer.take());
        expect(all).toHaveLength(used + written);
        expect(sameBytes(all.subarray(0, used), patternBytes(used))).toBe(true);
        const [frame] = readFrames([all.subarray(used)]);
        expect(frame).toMatchObject({ opcode: 1, final: true, rsv: 0 });
        expect(sameBytes(frame?.payload ?? all, utf8Bytes(payload))).toBe(true);
      }
    }
  });
});

describe("separate headers", () => {
  it("match the payload that follows by reference", () => {
    const payload = patternBytes(5000);
    const unmasked = new ByteWriter();
    expect(writeUnmaskedHeader(unmasked, 0x82, 5000)).toBe(4);
    unmasked.appendReference(payload);
    expect(sameBytes(readFrames(unmasked.take())[0]?.payload ?? payload, payload)).toBe(true);

    const masked = new ByteWriter();
    const copy = payload.slice();
    expect(writeMaskedHeader(masked, 0x82, 5000, 0x0403_0201)).toBe(8);
    mask(copy, 0, 5000, 0x0403_0201);
    masked.appendReference(copy);
    const [frame] = readFrames(masked.take());
    expect(frame?.key).toEqual(Uint8Array.of(1, 2, 3, 4));
    expect(sameBytes(frame?.payload ?? copy, payload)).toBe(true);
  });

  it("writeKey writes the lowest byte first", () => {
    const target = new Uint8Array(5);
    expect(writeKey(target, 1, 0xd4c3_b2a1 | 0)).toBe(5);
    expect([...target]).toEqual([0, 0xa1, 0xb2, 0xc3, 0xd4]);
  });
});
