/** How thorough a run is. */
export interface Effort {
  readonly rounds: number;
  /** Fewer rows, subjects and connections: a look whether everything works. */
  readonly quick: boolean;
}

/** Shows on standard error that a row is done. */
export function showProgress(): void {
  process.stderr.write(".");
}
