import { describe, expect, it } from "vitest";
import { copyOf, isBytes, plainBytes } from "./byte-arrays.ts";

class Subclass extends Uint8Array {}

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

describe("plainBytes", () => {
  it("returns a plain array itself", () => {
    const bytes = new Uint8Array(3);
    expect(plainBytes(bytes)).toBe(bytes);
  });

  it("returns a plain view of exactly the bytes of a subclass", () => {
    const memory = new Uint8Array([0, 1, 2, 3, 4]).buffer;
    const view = plainBytes(new Subclass(memory, 1, 3));
    expect(view.constructor).toBe(Uint8Array);
    expect([...view]).toEqual([1, 2, 3]);
    expect(view.buffer).toBe(memory);
  });
});

describe("copyOf", () => {
  it("returns a plain copy of the range, also of a subclass", () => {
    const bytes = new Subclass([0, 1, 2, 3, 4]);
    const copy = copyOf(bytes, 1, 4);
    bytes.fill(9);
    expect(copy.constructor).toBe(Uint8Array);
    expect([...copy]).toEqual([1, 2, 3]);
  });
});
