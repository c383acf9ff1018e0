/**
 * The line-by-line log of a simulation, for debugging a failed test. Lines with `>` are steps applied from outside;
 * all others follow from them, so the run can be replayed from its text.
 */
import type { LinkOptions } from "./link.ts";
import type { Script, Step } from "./step.ts";
import { formatLink, formatStep, parseLink, parseStep } from "./step-text.ts";

/** Log lines with the time of each. */
export class Transcript {
  readonly #lines: string[] = [];

  /** Adds the link from a party: one line for each, before all other lines. */
  link(from: string, options: LinkOptions): void {
    this.#lines.push(`link from ${from}: ${formatLink(options)}`);
  }

  /** Adds a step applied to the simulation. */
  step(now: number, step: Step): void {
    this.note(now, `> ${formatStep(step)}`);
  }

  /** Adds a consequence of a step. */
  note(now: number, line: string): void {
    this.#lines.push(`${String(now).padStart(7)} ms  ${line}`);
  }

  toString(): string {
    return this.#lines.join("\n");
  }
}

/** The line that marks code of the test's own, which no text can replay. */
export const unwritten = "> does what only its code tells";

/**
 * Parses the script of the transcript in `text`, which may be surrounded by other lines, such as those of a failed
 * test.
 *
 * @throws SyntaxError when there is no transcript, and when it contains a step that only code can repeat: `Party.do` with
 * a function
 */
export function parseTranscript(text: string): Script {
  const [first, second, third] = [...text.matchAll(/^\s*link from (\S+): (.*)$/gm)];
  if (first === undefined || second === undefined)
    throw new SyntaxError("no transcript found: the lines that describe its links are missing");
  // Test runners print the message of an error more than once.
  const isAgain = third?.[1] === first[1];
  if (third !== undefined && !isAgain) {
    throw new SyntaxError("the text contains several simulations, which cannot be distinguished");
  }
  const once = text.slice(first.index, third?.index);
  const steps = [...once.matchAll(/^\s*[\d.]+ ms {2}(.*)$/gm)].map(([, line = ""]) => line);
  if (steps.some((line) => line.endsWith(unwritten))) {
    throw new SyntaxError("a step was a function, not a command: only the test itself can repeat it");
  }
  return {
    names: [first[1] ?? "", second[1] ?? ""],
    links: [parseLink(first[2] ?? ""), parseLink(second[2] ?? "")],
    steps: steps.filter((line) => line.startsWith("> ")).map((line) => parseStep(line.slice(2))),
  };
}
