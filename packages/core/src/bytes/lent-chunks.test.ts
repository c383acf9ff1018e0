import { describe, expect, it } from "vitest";
import { LentChunks } from "./lent-chunks.ts";

const chunk = (): Uint8Array => new Uint8Array(20);

describe("LentChunks", () => {
  it("accepts each chunk back once, in any order", () => {
    const lent = new LentChunks();
    const chunks = Array.from({ length: 5 }, chunk);
    for (const each of chunks) lent.add(each);
    for (const at of [3, 0, 4, 1, 2]) {
      expect([lent.remove(chunks[at]!), lent.remove(chunks[at]!)]).toEqual([true, false]);
    }
  });

  it("accepts nothing that was not handed out, including views of chunks that were", () => {
    const lent = new LentChunks();
    const [first, second] = [chunk(), chunk()];
    expect(lent.remove(first)).toBe(false);
    lent.add(first);
    lent.add(second);
    for (const one of [chunk(), first.subarray(0), second.subarray(1)]) expect(lent.remove(one)).toBe(false);
    expect([lent.remove(second), lent.remove(first)]).toEqual([true, true]);
  });

  it("remembers at most 65 chunks", () => {
    const lent = new LentChunks();
    const chunks = Array.from({ length: 100 }, chunk);
    for (const each of chunks) lent.add(each);
    expect(chunks.filter((each) => lent.remove(each))).toEqual(chunks.slice(0, 65));
  });
});
