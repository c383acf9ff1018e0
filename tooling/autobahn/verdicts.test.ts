import { describe, expect, it } from "vitest";
import { compareIds, compareVerdicts, formatVerdicts, parseVerdicts, readVerdicts, selectCases } from "./verdicts.ts";

const ok = { behavior: "OK", behaviorClose: "OK" };
const verdicts = readVerdicts({
  "10.1.1": ok,
  "2.10": { behavior: "FAILED", behaviorClose: "OK" },
  "2.9": ok,
  "2.1": ok,
  "2.2": ok,
  "6.2.1": { behavior: "INFORMATIONAL", behaviorClose: "INFORMATIONAL" },
});

describe("readVerdicts", () => {
  it("sorts cases by number, and adds the verdict on the closing handshake where it differs", () => {
    expect([...verdicts]).toEqual([
      ["2.1", "OK"],
      ["2.2", "OK"],
      ["2.9", "OK"],
      ["2.10", "FAILED, closed OK"],
      ["6.2.1", "INFORMATIONAL"],
      ["10.1.1", "OK"],
    ]);
  });
});

describe("formatVerdicts", () => {
  it("writes a line per group, which parseVerdicts reads back", () => {
    const text = formatVerdicts(verdicts);
    expect(text.split("\n")).toEqual([
      "{",
      '  "2": { "OK": "1-2 9", "FAILED, closed OK": "10" },',
      '  "6.2": { "INFORMATIONAL": "1" },',
      '  "10.1": { "OK": "1" }',
      "}",
      "",
    ]);
    expect([...parseVerdicts(text)]).toEqual([...verdicts]);
  });
});

describe("compareVerdicts", () => {
  it("finds no difference between equal verdicts", () => {
    expect(compareVerdicts(verdicts, new Map(verdicts))).toEqual([]);
  });

  it("names each case whose verdict changed, that was not run, or that is new and not OK", () => {
    const actual = new Map(verdicts).set("2.2", "UNCLEAN").set("3.1", "OK").set("3.2", "NON-STRICT");
    actual.delete("10.1.1");
    expect(compareVerdicts(verdicts, actual)).toEqual([
      "2.2: UNCLEAN, expected OK",
      "3.2: NON-STRICT, expected OK",
      "10.1.1: not run, expected OK",
    ]);
  });
});

describe("selectCases", () => {
  it("accepts complete ids, and prefixes of ids followed by a star", () => {
    expect([...selectCases(verdicts, ["2.1", "6.*"]).keys()]).toEqual(["2.1", "6.2.1"]);
    expect(selectCases(verdicts, ["*"]).size).toBe(verdicts.size);
    expect(selectCases(verdicts, ["1.*"]).size).toBe(0);
  });
});

describe("compareIds", () => {
  it("compares numerically, and sorts a group before its members", () => {
    expect(["10.1", "9.2.10", "9.2.9", "9.2", "9"].sort(compareIds)).toEqual(["9", "9.2", "9.2.9", "9.2.10", "10.1"]);
  });
});
