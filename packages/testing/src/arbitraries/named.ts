/** Ways to be illegal, by the code of the violation that each one is. */
import fc from "fast-check";

/** How to break each rule. */
export type NamedWays<Code extends string, Illegal> = { readonly [Each in Code]: fc.Arbitrary<Illegal> };

/** Something illegal with its code: one of `codes`, or of all where none is named. Throws for a code that is no way. */
export function oneOfNamed<Code extends string, Illegal>(
  ways: NamedWays<Code, Illegal>,
  codes: readonly Code[],
): fc.Arbitrary<readonly [code: Code, illegal: Illegal]> {
  const chosen = codes.length === 0 ? (Object.keys(ways) as Code[]) : codes;
  return fc.oneof(
    ...chosen.map((code) => {
      const way: fc.Arbitrary<Illegal> | undefined = ways[code];
      if (way === undefined) throw new RangeError(`nothing here is illegal by ${code}`);
      return way.map((illegal) => [code, illegal] as const);
    }),
  );
}
