/** A Python 2.7, and that there is none. */

/** How Python is run. */
export interface Python {
  readonly program: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Says that a thing cannot be had on this machine, and why. */
export class Unavailable extends Error {}
