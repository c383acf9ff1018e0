/** A Python 2.7. */

/** Command and environment of a Python. */
export interface Python {
  readonly program: string;
  readonly env: Readonly<Record<string, string>>;
}
