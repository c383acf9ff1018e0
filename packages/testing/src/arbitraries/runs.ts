/** The number of runs of a property. */
import fc from "fast-check";

/** The default of fast-check. */
const usual = 100;

/**
 * Returns parameters for `fc.assert`: `count` runs, scaled by the ratio of `fc.configureGlobal({ numRuns })` to the
 * default of a hundred. One setting thus lengthens all properties, both cheap and expensive ones.
 */
export function scaledRuns(count: number): { readonly numRuns: number } {
  const asked = fc.readConfigureGlobal()?.numRuns;
  return { numRuns: asked === undefined ? count : Math.ceil((asked * count) / usual) };
}
