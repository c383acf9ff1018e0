/** Reads the numbers of passed and failed tests from vitest's JSON report. */

import { existsSync, readFileSync } from "node:fs";

export interface Tally {
  name: string;
  passed: number;
  failed: number;
  skipped: number;
}

/**
 * Returns the tally of a run. A run that exits with an error counts as at least one failure, whatever its report says; so
 * does one without tests, unless it `mayBeEmpty`.
 */
export function readTally(name: string, reportPath: string, exitCode: number, mayBeEmpty: boolean): Tally {
  const report = existsSync(reportPath) ? JSON.parse(readFileSync(reportPath, "utf8")) : {};
  const passed: number = report.numPassedTests ?? 0;
  const failed: number = report.numFailedTests ?? 0;
  const skipped: number = (report.numPendingTests ?? 0) + (report.numTodoTests ?? 0);
  const endedBadly = exitCode !== 0 || (passed === 0 && !mayBeEmpty);
  return { name, passed, failed: failed === 0 && endedBadly ? 1 : failed, skipped };
}

export function sum(tallies: readonly Tally[]): Tally {
  const total = { name: "total", passed: 0, failed: 0, skipped: 0 };
  for (const { passed, failed, skipped } of tallies) {
    total.passed += passed;
    total.failed += failed;
    total.skipped += skipped;
  }
  return total;
}

export function summary({ passed, failed, skipped }: Tally): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}

/** Prints the tallies and, as the last line, their sum; sets the exit code. */
export function concludeTests(tallies: readonly Tally[]): void {
  const width = Math.max(...tallies.map(({ name }) => name.length));
  console.log("");
  for (const tally of tallies) console.log(`${tally.name.padEnd(width)} ${summary(tally)}`);
  const total = sum(tallies);
  console.log(summary(total));
  process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;
}
