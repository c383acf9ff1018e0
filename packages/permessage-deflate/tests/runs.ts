/** How often a property is tried: `usual` times, or more when HYBI_RUNS asks for a longer run. */
import fc from "fast-check";

export function runs(usual: number): { numRuns: number } {
  const asked = fc.readConfigureGlobal()?.numRuns;
  return { numRuns: asked === undefined ? usual : Math.ceil((asked * usual) / 100) };
}
