/** What a report of Stryker says, in a line for each mutant that no test noticed. */

/** As far as it is read here: https://github.com/stryker-mutator/mutation-testing-elements */
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
  /** Whether it is met while a module is loaded: all tests are run then. */
  readonly static?: boolean;
  readonly coveredBy?: readonly string[];
  readonly testsCompleted?: number;
}

interface Position {
  readonly line: number;
  readonly column: number;
}

/** The ways in which the tests notice a mutant, or do not, and what is no program. */
type Outcome = "failed" | "did not end" | "did not load" | "survived" | "no program";

function outcomeOf(mutant: Mutant, report: MutationReport): Outcome {
  switch (mutant.status) {
    case "Killed":
      return "failed";
    case "Timeout":
      return "did not end";
    case "Survived":
      // A test file that throws while it is loaded has no tests, and Stryker sees no failure then.
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

/** `97.1 %: 340 mutants, 330 noticed (5 did not end, 1 did not load), 10 survived`. What is no program counts as no mutant. */
export function scoreOf(report: MutationReport): string {
  const outcomes = Object.values(report.files).flatMap((file) =>
    file.mutants.map((mutant) => outcomeOf(mutant, report)),
  );
  const count = (wanted: Outcome): number => outcomes.filter((outcome) => outcome === wanted).length;
  const survived = count("survived");
  const total = outcomes.length - count("no program");
  const percent = total === 0 ? 100 : (100 * (total - survived)) / total;
  const ways = `${count("did not end")} did not end, ${count("did not load")} did not load`;
  return `${percent.toFixed(1)} %: ${total} mutants, ${total - survived} noticed (${ways}), ${survived} survived`;
}

/** Those of `testFiles` that had no test: a score without them means nothing. */
export function notLoaded(report: MutationReport, testFiles: readonly string[]): readonly string[] {
  return testFiles.filter((path) => (report.testFiles[path]?.tests.length ?? 0) === 0);
}

/** `packages/core/src/frame/mask.ts:12: end - start => end + start`. */
export function survivors(report: MutationReport): readonly string[] {
  return Object.entries(report.files).flatMap(([path, { source, mutants }]) => {
    const lines = source.split("\n");
    return mutants
      .filter((mutant) => outcomeOf(mutant, report) === "survived")
      .map(({ location, replacement, mutatorName, status }) => {
        const original = textBetween(lines, location.start, location.end);
        const what = status === "NoCoverage" ? " (no test comes here)" : "";
        return `${path}:${location.start.line}: ${oneLine(original)} => ${oneLine(replacement ?? mutatorName)}${what}`;
      });
  });
}

/** Lines and columns count from 1. */
function textBetween(lines: readonly string[], start: Position, end: Position): string {
  const part = lines.slice(start.line - 1, end.line);
  part[part.length - 1] = part.at(-1)?.slice(0, end.column - 1) ?? "";
  return part.join("\n").slice(start.column - 1);
}

function oneLine(text: string): string {
  const line = text.replace(/\s+/g, " ");
  return line.length > 100 ? `${line.slice(0, 97)}…` : line;
}
