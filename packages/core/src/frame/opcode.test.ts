import { describe, expect, it } from "vitest";
import { isControl, isReserved, opcodes } from "./opcode.ts";

describe("opcodes", () => {
  it("are the six of RFC 6455 §5.2; the other ten are reserved [F02]", () => {
    const all = Array.from({ length: 16 }, (_, opcode) => opcode);
    const defined = all.filter((opcode) => !isReserved(opcode));
    expect(defined).toEqual([0x0, 0x1, 0x2, 0x8, 0x9, 0xa]);
    expect(Object.values(opcodes)).toEqual(defined);
  });

  it("from 8 on belong to control frames", () => {
    for (let opcode = 0; opcode < 16; opcode++) expect(isControl(opcode)).toBe(opcode >= 8);
  });
});
