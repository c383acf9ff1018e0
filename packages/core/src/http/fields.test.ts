import { describe, expect, it } from "vitest";
import { FieldLookup, fieldValues, firstFieldValue } from "./fields.ts";

const fields = [
  ["Host", "a"],
  ["x-b", "1"],
  ["X-B", "2"],
  ["__proto__", "c"],
  ["x-c", "3"],
] as const;

describe("fieldValues and firstFieldValue", () => {
  it("find a field in any case of its name", () => {
    expect(fieldValues(fields, "x-b")).toEqual(["1", "2"]);
    expect(fieldValues(fields, "x-d")).toEqual([]);
    expect(firstFieldValue(fields, "x-b")).toBe("1");
    expect(firstFieldValue(fields, "constructor")).toBeUndefined();
  });

  it("take the name in any case", () => {
    expect(fieldValues(fields, "X-b")).toEqual(["1", "2"]);
    expect(firstFieldValue(fields, "HOST")).toBe("a");
  });

  it.each([
    [{ "x-b": "1" }, "an object"],
    ["x-b: 1", "a string"],
    [undefined, "undefined"],
  ])("throw for fields that are no list: %j", (given, kind) => {
    for (const find of [fieldValues, firstFieldValue]) {
      expect(() => find(given as never, "x-b")).toThrow(
        expect.objectContaining({ code: "option/type", message: expect.stringMatching(new RegExp(` is ${kind}\\.$`)) }),
      );
    }
  });
});

describe("FieldLookup", () => {
  it("finds what fieldValues finds, for several names at once, and afresh on every call", () => {
    const lookup = new FieldLookup(["X-B", "X-C", "Host", "Absent"]);
    for (let turn = 0; turn < 2; turn++) {
      expect(lookup.find(fields)).toEqual({ "X-B": ["1", "2"], "X-C": ["3"], Host: ["a"], Absent: [] });
    }
  });

  it("is linear in the number of repeated fields", () => {
    const many = Array.from({ length: 10_000 }, (_, index) => ["X-B", String(index)] as const);
    expect(new FieldLookup(["X-B"]).find(many)["X-B"].length).toBe(10_000);
  });
});
