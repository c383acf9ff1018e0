/** The verdicts that are committed, one file for each subject: what a run is compared with. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { formatVerdicts, parseVerdicts, type Verdicts } from "./verdicts.ts";

const fileOf = (subject: string): string => join(import.meta.dirname, "expected", `${subject}.json`);

export function readExpected(subject: string): Verdicts {
  const file = fileOf(subject);
  return existsSync(file) ? parseVerdicts(readFileSync(file, "utf8")) : new Map();
}

/** Replaces the verdicts of the cases that are in `verdicts`, and leaves the others. */
export function writeExpected(subject: string, verdicts: Verdicts): void {
  writeFileSync(fileOf(subject), formatVerdicts(new Map([...readExpected(subject), ...verdicts])));
}
