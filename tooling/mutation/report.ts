/** What a report of Stryker says, in a line for each mutant that no test noticed. */

/** As far as it is read here: https://github.com/stryker-mutator/mutation-testing-elements */
export interface MutationReport {
  readonly files: Readonly<Record<string, { readonly source: string; readonly mutants: readonly Mutant[] }>>;
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
}

interface Position {
  readonly line: number;
  readonly column: number;
}

const noticed = new Set<Mutant["status"]>(["Killed", "Timeout"]);
const unnoticed = new Set<Mutant["status"]>(["Survived", "NoCoverage"]);

/** `97.1 %: 340 mutants, 325 killed, 5 by a timeout, 10 survived`. What is no program counts as no mutant. */
export function scoreOf(report: MutationReport): string {
  const mutants = Object.values(report.files).flatMap((file) => file.mutants);
  const killed = mutants.filter(({ status }) => noticed.has(status)).length;
  const timeouts = mutants.filter(({ status }) => status === "Timeout").length;
  const survived = mutants.filter(({ status }) => unnoticed.has(status)).length;
  const total = killed + survived;
  const percent = total === 0 ? 100 : (100 * killed) / total;
  return `${percent.toFixed(1)} %: ${total} mutants, ${killed} noticed (${timeouts} by not ending), ${survived} survived`;
}

/** `packages/core/src/frame/mask.ts:12: end - start => end + start`. */
export function survivors(report: MutationReport): readonly string[] {
  return Object.entries(report.files).flatMap(([path, { source, mutants }]) => {
    const lines = source.split("\n");
    return mutants
      .filter(({ status }) => unnoticed.has(status))
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
