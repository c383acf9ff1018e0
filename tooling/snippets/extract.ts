/**
 * Finds the TypeScript in Markdown. Each block says what becomes of it, on its first line:
 *
 * - "```ts run": a whole program, type-checked and run;
 * - "```ts worker": a Worker, type-checked here, and run in workerd by interop/workerd;
 * - "```ts check": type-checked only, for what would need a network or would not end;
 * - "```ts sketch": neither, for designs and for what is wrong on purpose.
 */

type Treatment = "run" | "worker" | "check" | "sketch";

export interface Snippet {
  /** Relative to the root of the repository. */
  readonly document: string;
  /** Of the first line of the code, counted from 1. */
  readonly line: number;
  /** Undefined where the document does not say. */
  readonly treatment: Treatment | undefined;
  readonly code: string;
}

const treatments: readonly string[] = ["run", "worker", "check", "sketch"] satisfies Treatment[];

export function extractSnippets(document: string, markdown: string): Snippet[] {
  const snippets: Snippet[] = [];
  let open: { fence: string; indent: string; info: readonly string[]; line: number; code: string[] } | undefined;
  for (const [index, line] of markdown.split("\n").entries()) {
    const [, indent = "", fence, info = ""] = /^(\s*)(```+|~~~+)(.*)$/.exec(line) ?? [];
    if (open === undefined) {
      if (fence !== undefined) open = { fence, indent, info: info.trim().split(/\s+/), line: index + 2, code: [] };
    } else if (fence?.startsWith(open.fence) && info.trim() === "") {
      const [language, treatment] = open.info;
      if (language === "ts" || language === "typescript") {
        snippets.push({
          document,
          line: open.line,
          treatment: isTreatment(treatment) ? treatment : undefined,
          code: `${open.code.join("\n")}\n`,
        });
      }
      open = undefined;
    } else open.code.push(line.startsWith(open.indent) ? line.slice(open.indent.length) : line);
  }
  return snippets;
}

function isTreatment(word: string | undefined): word is Treatment {
  return word !== undefined && treatments.includes(word);
}
