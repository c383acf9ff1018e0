import { describe, expect, it } from "vitest";
import { isBytes } from "./is-bytes.ts";

describe("isBytes", () => {
  it("returns true for byte arrays, their subclasses and those of other realms", () => {
    const foreign = Object.setPrototypeOf(new Uint8Array(1), Object.getPrototypeOf(Uint8Array.prototype));
    expect([new Uint8Array(0), new (class extends Uint8Array {})(1), foreign].map(isBytes)).toEqual([true, true, true]);
  });

  it("returns false for everything else, whatever it calls itself", () => {
    const others = [undefined, null, 1, "a", [], {}, new ArrayBuffer(1), new DataView(new ArrayBuffer(1))];
    const forged = { [Symbol.toStringTag]: "Uint8Array", length: 1 };
    expect([...others, new Uint16Array(1), new Uint8ClampedArray(1), forged].filter(isBytes)).toEqual([]);
  });
});
