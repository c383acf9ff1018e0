import { concatBytes, patternBytes, sameBytes } from "@hybi/testing/wire";
import { describe, expect, it } from "vitest";
import { ByteCollector } from "./byte-collector.ts";

describe("ByteCollector", () => {
  it("stores a copy of the appended bytes in one piece", () => {
    for (const lengths of [[1], [255, 1, 1], [256, 256], [300, 0, 5], [1000, 3, 5000]]) {
      const collector = new ByteCollector();
      const parts = lengths.map((length, index) => patternBytes(length, index));
      const whole = concatBytes(parts);
      for (const part of parts) {
        collector.append(part, 0, part.length);
        part.fill(0xee);
      }
      expect(collector.length).toBe(whole.length);
      expect(sameBytes(collector.bytes.subarray(0, whole.length), whole)).toBe(true);
      expect(sameBytes(collector.take(), whole)).toBe(true);
    }
  });

  it("appends a range, and nothing for an empty or reversed one", () => {
    const collector = new ByteCollector();
    collector.append(patternBytes(9), 0, 4);
    collector.append(patternBytes(9), 4, 9);
    collector.append(patternBytes(9), 3, 3);
    collector.append(patternBytes(9), 5, 2);
    expect(collector.length).toBe(9);
    expect(sameBytes(collector.take(), patternBytes(9))).toBe(true);
  });

  it("allocates nothing when empty, 256 bytes at first, and doubles when full", () => {
    const collector = new ByteCollector();
    collector.append(patternBytes(9), 4, 4);
    expect(collector.bytes).toHaveLength(0);
    const capacities = [1, 255, 1, 255, 1, 5000].map((length) => {
      collector.append(patternBytes(length), 0, length);
      return collector.bytes.length;
    });
    expect(capacities).toEqual([256, 256, 512, 512, 1024, 5513]);
  });

  it("hands over memory exactly as long as its content, and is then empty", () => {
    for (const length of [1, 256, 300]) {
      const collector = new ByteCollector();
      collector.append(patternBytes(length), 0, length);
      expect(collector.take().buffer.byteLength).toBe(length);
      expect([collector.length, collector.bytes.length]).toEqual([0, 0]);
      collector.append(patternBytes(7), 0, 7);
      expect(sameBytes(collector.take(), patternBytes(7))).toBe(true);
    }
  });

  it("gives away its memory: not even the empty array is shared", () => {
    const [first, second] = [new ByteCollector(), new ByteCollector()];
    const taken = first.take();
    expect(taken.length).toBe(0);
    structuredClone(taken, { transfer: [taken.buffer as ArrayBuffer] });
    first.append(Uint8Array.of(1), 0, 1);
    second.append(Uint8Array.of(2), 0, 1);
    expect([first.take(), second.take()]).toEqual([Uint8Array.of(1), Uint8Array.of(2)]);
  });
});
