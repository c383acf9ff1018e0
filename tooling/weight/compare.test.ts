import { describe, expect, it } from "vitest";
import { compareWeights, record } from "./compare.ts";

const bounds = { "a message, B": { "20": 100, "26": 200 } };

describe("compareWeights", () => {
  it("accepts what is recorded, and 5 % more", () => {
    expect(compareWeights({ "a message, B": 105 }, bounds, 20)).toEqual({ findings: [], notes: [] });
  });

  it("finds growth, and says what to do", () => {
    const { findings } = compareWeights({ "a message, B": 106 }, bounds, 20);
    expect(findings).toEqual([expect.stringMatching(/^a message, B: 106, but 100 is recorded\. .*--write/)]);
  });

  it("finds what grows from nothing", () => {
    expect(compareWeights({ copies: 1 }, { copies: { "20": 0 } }, 20).findings).toHaveLength(1);
  });

  it("finds what has become lighter, so that the record is renewed", () => {
    expect(compareWeights({ "a message, B": 95 }, bounds, 20).findings).toEqual([]);
    const { findings } = compareWeights({ "a message, B": 94 }, bounds, 20);
    expect(findings).toEqual([expect.stringMatching(/^a message, B: 94, lighter than the recorded 100\. .*--write/)]);
  });

  it("compares writes and copies with the latest version of Node that is recorded when its own is not", () => {
    const counts = { writes: { "20": 1, "26": 2 } };
    expect(compareWeights({ writes: 2 }, counts, 27)).toEqual({ findings: [], notes: [] });
    expect(compareWeights({ writes: 3 }, counts, 27).findings).toHaveLength(1);
  });

  it("does not compare bytes and objects with another version of Node, and says so", () => {
    const recorded = { ...bounds, "a connection, objects": { "26": 9 } };
    expect(compareWeights({ "a message, B": 999, "a connection, objects": 99 }, recorded, 27)).toEqual({
      findings: [],
      notes: ["Node 27 is not recorded: 2 figures of bytes and objects are not compared."],
    });
  });

  it("finds what is not recorded, and what is no longer counted", () => {
    expect(compareWeights({ other: 1 }, bounds, 20).findings).toEqual([
      expect.stringContaining("other: 1 is not recorded"),
      expect.stringContaining("a message, B is recorded but not weighed"),
    ]);
  });
});

describe("record", () => {
  it("keeps the figures of other versions, and forgets what is no longer weighed", () => {
    expect(record({ "a message, B": 90 }, { ...bounds, old: { "20": 1 } }, 20)).toEqual({
      "a message, B": { "20": 90, "26": 200 },
    });
  });
});
