import { describe, expect, it } from "vitest";
import { plainBytes } from "./plain-bytes.ts";

class Subclass extends Uint8Array {}

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
