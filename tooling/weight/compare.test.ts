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

  it("notes what has become lighter", () => {
    expect(compareWeights({ "a message, B": 90 }, bounds, 20).notes).toEqual([
      "a message, B: 90, lighter than the recorded 100",
    ]);
  });

  it("compares with the latest version of Node that is recorded when its own is not", () => {
    expect(compareWeights({ "a message, B": 210 }, bounds, 27).findings).toEqual([]);
    expect(compareWeights({ "a message, B": 211 }, bounds, 27).findings).toHaveLength(1);
  });

  it("finds what is not recorded, and what is no longer weighed", () => {
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
