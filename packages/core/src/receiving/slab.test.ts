import { describe, expect, it } from "vitest";
import { longestCarved, Slab } from "./slab.ts";

describe("Slab", () => {
  it("gives the shortest arrays a buffer of their own", () => {
    expect(new Slab().carve(64).buffer.byteLength).toBe(64);
  });

  it("carves other arrays out of one buffer until it is used up, without overlap", () => {
    const slab = new Slab();
    const arrays = Array.from({ length: 5 }, () => slab.carve(longestCarved));
    expect(arrays.map(({ byteOffset }) => byteOffset)).toEqual([0, 2048, 4096, 6144, 0]);
    expect(new Set(arrays.map(({ buffer }) => buffer)).size).toBe(2);
  });

  it("shares no memory with the slab of another connection", () => {
    expect(new Slab().carve(100).buffer).not.toBe(new Slab().carve(100).buffer);
  });

  it("continues in a new buffer after the application has transferred the old one", () => {
    const slab = new Slab();
    const first = slab.carve(100);
    structuredClone(0, { transfer: [first.buffer as ArrayBuffer] });
    expect(first.length).toBe(0);
    expect(slab.carve(100).length).toBe(100);
  });
});
