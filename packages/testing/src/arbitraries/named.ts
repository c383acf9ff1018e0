/** Tables of illegal input, keyed by the code of the violation. */
import fc from "fast-check";

/** An arbitrary for each rule, whose values break that rule. */
export type NamedWays<Code extends string, Illegal> = { readonly [Each in Code]: fc.Arbitrary<Illegal> };

/** Illegal input with its code: one of `codes`, or any if none is given. @throws RangeError for another code */
export function oneOfNamed<Code extends string, Illegal>(
  ways: NamedWays<Code, Illegal>,
  codes: readonly Code[],
): fc.Arbitrary<readonly [code: Code, illegal: Illegal]> {
  const chosen = codes.length === 0 ? (Object.keys(ways) as Code[]) : codes;
  return fc.oneof(
    ...chosen.map((code) => {
      const way: fc.Arbitrary<Illegal> | undefined = ways[code];
      if (way === undefined) throw new RangeError(`there is no illegal input for the code ${code}`);
      return way.map((illegal) => [code, illegal] as const);
    }),
  );
}
