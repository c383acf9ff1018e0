/** Summarizes a Stryker report: the score, and a line for each mutant that no test detected. */

/** The part used here of https://github.com/stryker-mutator/mutation-testing-elements */
export interface MutationReport {
  readonly files: Readonly<Record<string, { readonly source: string; readonly mutants: readonly Mutant[] }>>;
  readonly testFiles: Readonly<Record<string, { readonly tests: readonly unknown[] }>>;
}

interface Mutant {
  readonly mutatorName: string;
  readonly replacement?: string;
  readonly status:
    | "Killed"
    | "Timeout"
    | "Survived"
    | "NoCoverage"
    | "CompileError"
    | "RuntimeError"
    | "Ignored"
    | "Pending";
  readonly location: { readonly start: Position; readonly end: Position };
  /** Whether it is executed while a module is loaded; in that case all tests are run. */
  readonly static?: boolean;
  readonly coveredBy?: readonly string[];
  readonly testsCompleted?: number;
}

interface Position {
  readonly line: number;
  readonly column: number;
}

/** How the tests detected a mutant, or that they did not, or that it does not compile. */
type Outcome = "failed" | "timed out" | "did not load" | "survived" | "no program";

function outcomeOf(mutant: Mutant, report: MutationReport): Outcome {
  switch (mutant.status) {
    case "Killed":
      return "failed";
    case "Timeout":
      return "timed out";
    case "Survived":
      // A test file that throws while it is loaded has no tests, which Stryker does not report as a failure.
      return (mutant.testsCompleted ?? 0) < testsOf(mutant, report) ? "did not load" : "survived";
    case "NoCoverage":
      return "survived";
    default:
      return "no program";
  }
}

function testsOf(mutant: Mutant, { testFiles }: MutationReport): number {
  if (mutant.static !== true) return mutant.coveredBy?.length ?? 0;
  return Object.values(testFiles).reduce((sum, { tests }) => sum + tests.length, 0);
}

/** Returns `97.1 %: 340 mutants, 330 detected (5 timed out, …), 10 survived`. Mutants that do not compile do not count. */
export function scoreOf(report: MutationReport): string {
  const outcomes = Object.values(report.files).flatMap((file) =>
    file.mutants.map((mutant) => outcomeOf(mutant, report)),
  );
  const count = (wanted: Outcome): number => outcomes.filter((outcome) => outcome === wanted).length;
  const survived = count("survived");
  const total = outcomes.length - count("no program");
  const percent = total === 0 ? 100 : (100 * (total - survived)) / total;
  const ways = `${count("timed out")} timed out, ${count("did not load")} did not load`;
  return `${percent.toFixed(1)} %: ${total} mutants, ${total - survived} detected (${ways}), ${survived} survived`;
}

/** Returns those of `testFiles` that had no test: a score without them is meaningless. */
export function notLoaded(report: MutationReport, testFiles: readonly string[]): readonly string[] {
  return testFiles.filter((path) => (report.testFiles[path]?.tests.length ?? 0) === 0);
}

/** Returns lines such as `packages/core/src/frame/mask.ts:12: end - start => end + start`. */
export function survivors(report: MutationReport): readonly string[] {
  return Object.entries(report.files).flatMap(([path, { source, mutants }]) => {
    const lines = source.split("\n");
    return mutants
      .filter((mutant) => outcomeOf(mutant, report) === "survived")
      .map(({ location, replacement, mutatorName, status }) => {
        const original = textBetween(lines, location.start, location.end);
        const what = status === "NoCoverage" ? " (not covered by a test)" : "";
        return `${path}:${location.start.line}: ${oneLine(original)} => ${oneLine(replacement ?? mutatorName)}${what}`;
      });
  });
}

/** `start` and `end` count lines and columns from 1. */
function textBetween(lines: readonly string[], start: Position, end: Position): string {
  const part = lines.slice(start.line - 1, end.line);
  part[part.length - 1] = part.at(-1)?.slice(0, end.column - 1) ?? "";
  return part.join("\n").slice(start.column - 1);
}

function oneLine(text: string): string {
  const line = text.replace(/\s+/g, " ");
  return line.length > 100 ? `${line.slice(0, 97)}…` : line;
}
