/**
 * Finds the blocks of code in Markdown. The first line of each says what it is, and for TypeScript also where it runs:
 *
 * - "```ts run", "```ts deno" and "```ts bun": a complete program, type-checked and run in Node, Deno or Bun;
 * - "```ts test": a test file, type-checked and run by vitest in Node;
 * - "```ts worker": a Worker, type-checked here and run in workerd by interop/workerd, or in a README by tooling/release-check;
 * - "```ts page": a program of a page whose server sends each message back, type-checked here and run by tooling/release-check;
 * - "```ts before" and "```ts after", one behind the other: the same program for another library and for hybi, type-checked here.
 *   tooling/moving runs both against the same peer, to which they must do the same.
 */

export type Treatment = "run" | "deno" | "bun" | "test" | "worker" | "page" | "before" | "after";

/** A block of any language. */
export interface Block {
  /** Path relative to the root of the repository. */
  readonly document: string;
  /** Number of its first line, counted from 1. */
  readonly line: number;
  /** Text behind the fence: the language, and how the block is treated. */
  readonly label: string;
  readonly code: string;
}

/** A block of TypeScript. */
export interface Snippet {
  /** Path relative to the root of the repository. */
  readonly document: string;
  /** Number of the first line of the code, counted from 1. */
  readonly line: number;
  /** Undefined if the document does not say. */
  readonly treatment: Treatment | undefined;
  readonly code: string;
}

const treatments: readonly string[] = [
  "run",
  "deno",
  "bun",
  "test",
  "worker",
  "page",
  "before",
  "after",
] satisfies Treatment[];

/** Languages of blocks that are not programs: commands, output, configuration of other programs, and pictures. */
const otherLanguages: readonly string[] = ["sh", "text", "conf", "cfg", "json", "yaml", "mermaid"];

export function extractBlocks(document: string, markdown: string): Block[] {
  const blocks: Block[] = [];
  let open: { fence: string; indent: string; label: string; line: number; code: string[] } | undefined;
  for (const [index, line] of markdown.split("\n").entries()) {
    const [, indent = "", fence, info = ""] = /^(\s*)(```+|~~~+)(.*)$/.exec(line) ?? [];
    if (open === undefined) {
      if (fence !== undefined) open = { fence, indent, label: info.trim(), line: index + 2, code: [] };
    } else if (fence?.startsWith(open.fence) && info.trim() === "") {
      blocks.push({ document, line: open.line, label: open.label, code: `${open.code.join("\n")}\n` });
      open = undefined;
    } else open.code.push(line.startsWith(open.indent) ? line.slice(open.indent.length) : line);
  }
  return blocks;
}

/** Returns the TypeScript blocks of a document. */
export function extractSnippets(document: string, markdown: string): Snippet[] {
  return extractBlocks(document, markdown).flatMap(({ line, label, code }) => {
    const [language, treatment] = label.split(/\s+/);
    if (language !== "ts" && language !== "typescript") return [];
    return [{ document, line, treatment: isTreatment(treatment) ? treatment : undefined, code }];
  });
}

/** Returns the examples in the docstrings of a source file. */
export function extractExamples(source: string): string[] {
  const examples: string[] = [];
  let open: string[] | undefined;
  for (const line of source.split("\n")) {
    const [, text] = /^\s*\* ?(?!\/)(.*)$/.exec(line) ?? [];
    if (open !== undefined && (text === undefined || text.startsWith("@"))) {
      examples.push(`${open.join("\n").trim()}\n`);
      open = undefined;
    }
    if (text === "@example") open = [];
    else open?.push(text ?? "");
  }
  return examples;
}

/** Whether a block has a valid label. */
export function isLabelled({ label }: Block): boolean {
  const [language = "", treatment, ...more] = label.split(/\s+/);
  if (more.length > 0) return false;
  return language === "ts" ? isTreatment(treatment) : otherLanguages.includes(language) && treatment === undefined;
}

/** Whether a program asserts its result. That it ends proves nothing. */
export function assertsSomething({ code }: { readonly code: string }): boolean {
  return /\bthrow new Error\(|\bfc\.assert\(|\badapterContract\(/.test(code);
}

/** Whether a program that echoes messages is tried with text and with bytes. */
export function triesTextAndBytes({ code }: { readonly code: string }): boolean {
  const isEcho = /\.send\((?:data|message|event\.data)\)|\.pipeTo\(writable\)|sendText\((?:data|event\.data)\)/.test(
    code,
  );
  const sendsText = /\.(?:send|sendText|write)\(["'`]/.test(code);
  const sendsBytes = /\.(?:send|sendBinary|write)\((?:Uint8Array\.of|new Uint8Array)/.test(code);
  // The cases of a conformance suite send both.
  return !isEcho || (sendsText && sendsBytes) || code.includes("listenForClients(");
}

function isTreatment(word: string | undefined): word is Treatment {
  return word !== undefined && treatments.includes(word);
}

/**
 * Whether a program that uses the package of a runtime does without the packages that this one exports again. `code` is any
 * program.
 */
export function importsOnePackage(code: string): boolean {
  const imported = [...code.matchAll(/\b(?:from |import |import\(|require\()"@hybi\/([\w-]+)/g)].map(
    ([, name = ""]) => name,
  );
  const importsAny = (names: readonly string[]): boolean => imported.some((name) => names.includes(name));
  return !(importsAny(["node", "deno", "bun"]) && importsAny(["core", "websocket", "permessage-deflate"]));
}
