/** What a target is, and how it says that a law does not hold. */

/** A function of bytes that must never throw, and what the search has to know of it. */
export interface Target {
  /** Bytes of an input, at most. */
  readonly maxLength: number;
  /** Inputs to begin with: what an author of such bytes would write. */
  readonly seeds: readonly Uint8Array[];
  /** The blocks of code that one run may enter: so many for each byte of the input, and so many in any case. */
  readonly work: { readonly perByte: number; readonly fixed: number };
  /** Holds `bytes`, which it may change, to the laws. Throws `BrokenLaw`, or whatever the code under it throws. */
  run(bytes: Uint8Array): void;
}

/** A law does not hold; the message says which. */
export class BrokenLaw extends Error {
  override readonly name = "BrokenLaw";
}

/** Throws unless it holds. */
export function law(holds: boolean, text: string): asserts holds {
  if (!holds) throw new BrokenLaw(text);
}

/** Throws unless both are the same as JSON. */
export function sameLaw(one: unknown, other: unknown, text: string): void {
  const [left, right] = [JSON.stringify(one), JSON.stringify(other)];
  if (left !== right) throw new BrokenLaw(`${text}: ${left} and ${right}`);
}

/** The bytes in chunks of `length`, the last of which may be shorter; each is an array of its own. */
export function chunks(bytes: Uint8Array, length: number): Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / length) }, (_, index) =>
    bytes.slice(index * length, (index + 1) * length),
  );
}
