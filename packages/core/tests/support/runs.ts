/** How often a property runs: `HYBI_RUNS` lengthens all of them by the same factor. */
import fc from "fast-check";

const usual = 100;

/** Parameters for `fc.assert`: `count` runs, or as many times more as were asked for than the usual hundred. */
export function runs(count: number): { readonly numRuns: number } {
  const asked = fc.readConfigureGlobal()?.numRuns;
  return { numRuns: asked === undefined ? count : Math.ceil((asked * count) / usual) };
}
