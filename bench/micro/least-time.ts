/** Times single functions: the minimum of several rounds, which excludes other processes and the garbage collector. */

const rounds = 15;

/** Returns nanoseconds per call. */
export function leastTime(turns: number, task: (index: number) => unknown): number {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    for (let index = 0; index < turns; index++) task(index);
    least = Math.min(least, ((performance.now() - start) * 1e6) / turns);
  }
  return least;
}

/** Prints one line of a table; numbers with one decimal. */
export function printRow(title: string, cells: readonly (string | number)[]): void {
  const texts = cells.map((cell) => (typeof cell === "number" ? cell.toFixed(1) : cell));
  console.log([title.padEnd(14), ...texts.map((text) => text.padStart(20))].join(""));
}
