/** The cost of any input is linear in its length. `cost-program.ts` counts it instead of timing it. */
import { describe, expect, it } from "vitest";
import { runProgram } from "./child.ts";

/** The exponent by which the cost may grow with the size: 1 is linear, 2 is quadratic. */
const greatestExponent = 1.1;

describe("the cost", () => {
  it("grows linearly for inputs designed to be expensive [F25] [H20] [H23] [E02] [V04] [V14] [V21] [V31] [V44] [R12]", async () => {
    // Optimized code counts fewer blocks, from a moment that varies between runs.
    // Since Node 22, V8 has two optimizing compilers.
    const { sizes, costs } = (await runProgram("cost-program.ts", ["--no-opt", "--no-maglev"])) as {
      readonly sizes: readonly [number, number];
      readonly costs: Readonly<Record<string, readonly [number, number]>>;
    };
    const exponents = Object.entries(costs).map(([name, [small, large]]) => {
      return [name, Math.log(large / small) / Math.log(sizes[1] / sizes[0])] as const;
    });
    expect(exponents.length).toBeGreaterThan(0);
    expect(exponents.filter(([, exponent]) => exponent > greatestExponent)).toEqual([]);
    // Guards against measuring nothing: every input takes a step for each of its bytes or messages.
    expect(Object.entries(costs).filter(([, [, large]]) => large < sizes[1] / 8)).toEqual([]);
  }, 60_000);
});
