/** How often properties are tried. */
import fc from "fast-check";

/** What fast-check does without being told. */
const usual = 100;

/**
 * Parameters for `fc.assert`: `count` runs, or as many times more as `fc.configureGlobal({ numRuns })` asks for than the
 * usual hundred. So that one setting makes all properties longer, the cheap and the dear.
 */
export function runs(count: number): { readonly numRuns: number } {
  const asked = fc.readConfigureGlobal()?.numRuns;
  return { numRuns: asked === undefined ? count : Math.ceil((asked * count) / usual) };
}
