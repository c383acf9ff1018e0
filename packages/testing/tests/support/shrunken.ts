/** Finds the values to which fast-check shrinks counterexamples. */
import fc from "fast-check";

const seeds = [1, 2, 3, 4, 5, 6];

/** Returns the distinct counterexamples to "no value is `wanted`" of several seeds; as JSON if they are data. */
export function shrunken<T>(arbitrary: fc.Arbitrary<T>, wanted: (value: T) => boolean = () => true): unknown[] {
  const found = seeds.map((seed) => {
    const property = fc.property(arbitrary, (value) => !wanted(value));
    const { counterexample } = fc.check(property, { seed, numRuns: 3000 });
    if (counterexample === null) throw new Error(`seed ${seed} found nothing`);
    return plain(counterexample[0]);
  });
  return [...new Set(found.map((value) => JSON.stringify(value)))].map((json) => JSON.parse(json));
}

function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return Array.from(value, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, plain(each)]));
}
