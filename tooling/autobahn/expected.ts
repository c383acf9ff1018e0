/** The committed verdicts, one file per subject, with which a run is compared. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { formatVerdicts, parseVerdicts, type Verdicts } from "./verdicts.ts";

const fileOf = (subject: string): string => join(import.meta.dirname, "expected", `${subject}.json`);

export function readExpected(subject: string): Verdicts {
  const file = fileOf(subject);
  return existsSync(file) ? parseVerdicts(readFileSync(file, "utf8")) : new Map();
}

/** Replaces the verdicts of the cases in `verdicts` and leaves the others unchanged. */
export function writeExpected(subject: string, verdicts: Verdicts): void {
  writeFileSync(fileOf(subject), formatVerdicts(new Map([...readExpected(subject), ...verdicts])));
}
