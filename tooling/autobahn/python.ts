/** A Python 2.7. */

/** How Python is run. */
export interface Python {
  readonly program: string;
  readonly env: Readonly<Record<string, string>>;
}
