/** The interface of a target, and how it reports that a law was broken. */

/** A function of bytes that must never throw, and the parameters of its search. */
export interface Target {
  /** Maximum length of an input in bytes. */
  readonly maxLength: number;
  /** Inputs to start from: typical input written by hand. */
  readonly seeds: readonly Uint8Array[];
  /** The number of code blocks that one run may enter: per byte of the input, plus a fixed number. */
  readonly work: { readonly perByte: number; readonly fixed: number };
  /** Checks the laws for `bytes`, which it may change. @throws `BrokenLaw`, or whatever the tested code throws */
  run(bytes: Uint8Array): void;
}

/** A law was broken; the message says which. */
export class BrokenLaw extends Error {
  override readonly name = "BrokenLaw";
}

/** Checks a law. @throws BrokenLaw unless `holds` */
export function law(holds: boolean, text: string): asserts holds {
  if (!holds) throw new BrokenLaw(text);
}

/** Checks that both are equal as JSON. @throws BrokenLaw otherwise */
export function sameLaw(one: unknown, other: unknown, text: string): void {
  const [left, right] = [JSON.stringify(one), JSON.stringify(other)];
  if (left !== right) throw new BrokenLaw(`${text}: ${left} and ${right}`);
}

/** Returns the bytes in chunks of `length`, the last of which may be shorter; each is an array of its own. */
export function chunks(bytes: Uint8Array, length: number): Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / length) }, (_, index) =>
    bytes.slice(index * length, (index + 1) * length),
  );
}
