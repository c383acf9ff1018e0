/** The cost of any input is linear in its bytes. It is counted, not timed: see `cost-program.ts`. */
import { describe, expect, it } from "vitest";
import { runProgram } from "./child.ts";

/** By how much the cost may grow with the size: 1 is linear, 2 is quadratic. */
const greatestExponent = 1.1;

describe("the cost", () => {
  it("grows linearly with inputs that are made to be expensive [F25] [H20] [H23] [E02] [V04] [V14] [V21] [V31] [V44] [R12]", async () => {
    // Code that V8 optimizes counts fewer blocks, from the moment when it is ready, which no two runs have in common.
    // Since Node 22 there are two compilers that do so.
    const { sizes, costs } = (await runProgram("cost-program.ts", ["--no-opt", "--no-maglev"])) as {
      readonly sizes: readonly [number, number];
      readonly costs: Readonly<Record<string, readonly [number, number]>>;
    };
    const exponents = Object.entries(costs).map(([name, [small, large]]) => {
      return [name, Math.log(large / small) / Math.log(sizes[1] / sizes[0])] as const;
    });
    expect(exponents.length).toBeGreaterThan(0);
    expect(exponents.filter(([, exponent]) => exponent > greatestExponent)).toEqual([]);
    // Something was counted at all: no input is read without a step for each byte or message of it.
    expect(Object.entries(costs).filter(([, [, large]]) => large < sizes[1] / 8)).toEqual([]);
  }, 60_000);
});
