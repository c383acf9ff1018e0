/** How thorough a run is. */
export interface Effort {
  readonly rounds: number;
  /** Fewer rows, subjects and connections: a look whether everything works. */
  readonly quick: boolean;
  /** Share of the usual length of warm-ups and of passes over sockets: 1, or less in a short run. */
  readonly share: number;
}

/** Shows on standard error that a row is done. */
export function showProgress(): void {
  process.stderr.write(".");
}
