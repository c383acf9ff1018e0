import { displaceBytes, patternBytes, sameBytes } from "@hybi/testing/wire";
import { afterEach, describe, expect, it } from "vitest";
import { fastLongWords, littleEndian, longWordsOf, releaseViews, viewOf, wordsOf } from "./view-cache.ts";

afterEach(releaseViews);

describe("views of an array's buffer", () => {
  it("consist of the whole words of the buffer, wherever the array begins", () => {
    const array = displaceBytes(patternBytes(21), 3);
    expect(wordsOf(array).buffer).toBe(array.buffer);
    expect(wordsOf(array)).toHaveLength(6);
    expect(longWordsOf(array).buffer).toBe(array.buffer);
    expect(longWordsOf(array)).toHaveLength(3);
  });

  it("are cached for the most recently used array, in any order, and recreated for another and after releaseViews", () => {
    const first = patternBytes(16);
    const second = patternBytes(16);
    const words = wordsOf(first);
    const long = longWordsOf(first);
    expect([wordsOf(first) === words, longWordsOf(first) === long]).toEqual([true, true]);
    expect(longWordsOf(second).buffer).toBe(second.buffer);
    expect(wordsOf(second).buffer).toBe(second.buffer);
    expect(wordsOf(first)).not.toBe(words);
    const again = wordsOf(first);
    releaseViews();
    releaseViews();
    expect(wordsOf(first)).not.toBe(again);
  });

  it("viewOf returns the range over the same memory, also of a displaced array", () => {
    const array = displaceBytes(patternBytes(50), 5);
    const view = viewOf(array, 10, 30);
    expect(sameBytes(view, array.subarray(10, 30))).toBe(true);
    expect(view.buffer).toBe(array.buffer);
    expect(viewOf(patternBytes(3), 1, 1)).toHaveLength(0);
  });
});

describe("platform constants", () => {
  it("littleEndian equals what a DataView reports", () => {
    const order = new DataView(new Uint16Array([1]).buffer).getUint16(0, true) === 1;
    expect(littleEndian).toBe(order);
  });

  it("fastLongWords is true in V8 and false in JavaScriptCore and SpiderMonkey", () => {
    // SpiderMonkey alone has InternalError.
    expect(fastLongWords).toBe(!("Bun" in globalThis || "InternalError" in globalThis));
  });
});
