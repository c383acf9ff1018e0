/**
 * The README of a package, as the registry shows it: what it is, how to install it, a short program, and where the documents
 * are. The program is run from the installed tarball.
 */
import { transform } from "esbuild";
import { extractBlocks, extractSnippets, type Snippet } from "../snippets/extract.ts";

/** Lines of the first program, without empty ones. A reader decides within a screen. */
const mostLines = 25;

/** Returns the first program of a README. */
export function firstProgram(markdown: string): Snippet | undefined {
  return extractSnippets("README.md", markdown).find(({ treatment }) => treatment !== undefined);
}

/** Returns the program of a README that runs in a page or in a Worker: one that is made for it, or else the first. */
export function programFor(place: "page" | "worker", markdown: string): Snippet | undefined {
  return extractSnippets("README.md", markdown).find(({ treatment }) => treatment === place) ?? firstProgram(markdown);
}

/** Checks the README of the package `name`, whose repository is at `repositoryUrl`. */
export function checkReadme(name: string, markdown: string, repositoryUrl: string): string[] {
  const findings: string[] = [];
  const [title, introduction = ""] = markdown.split(/\n{2,}/, 2);
  if (title !== `# ${name}`) findings.push(`its title is not "# ${name}"`);
  if (!/^(?!```)[\w`]/.test(introduction)) findings.push("it does not begin by saying what the package is");

  const commands = extractBlocks("README.md", markdown).filter(({ label }) => label === "sh");
  const installs = commands.flatMap(({ code }) =>
    code.split("\n").filter((line) => /^(npm install|deno add|bun add) /.test(line)),
  );
  const installed = installs.flatMap((line) => line.split(/\s+/).map((word) => word.replace(/^(npm|jsr):/, "")));
  if (!installed.includes(name)) findings.push("no command installs the package");

  const program = firstProgram(markdown);
  if (program === undefined) findings.push("it has no program");
  const lines = (program?.code ?? "").split("\n").filter((line) => line.trim() !== "").length;
  if (lines > mostLines) findings.push(`its first program has ${lines} lines, more than ${mostLines}`);
  for (const [, specifier = ""] of (program?.code ?? "").matchAll(/\bfrom "([^"]+)"/g)) {
    const needed = specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
    if (!specifier.startsWith("node:") && !installed.includes(needed))
      findings.push(`its first program imports ${needed}, which no command installs`);
  }

  const prose = markdown.replaceAll(/^(```+)[\s\S]*?^\1/gm, "");
  const targets = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target);
  for (const target of targets) {
    if (!/^(https:|#)/.test(target)) findings.push(`its link to ${target} is not absolute`);
  }
  if (!targets.some((target) => target.startsWith(`${repositoryUrl}/blob/main/docs/`)))
    findings.push("no link leads to the documents");
  return findings;
}

/** Returns a program as a JavaScript module, for Node without types. */
export async function asModule({ code }: Snippet): Promise<string> {
  return (await transform(code, { loader: "ts", format: "esm", target: "es2022" })).code;
}

/** Returns the imports of a program, and what is below them. */
async function splitModule(program: Snippet): Promise<{ imports: string; body: string }> {
  const code = await asModule(program);
  const imports = code.match(/^import\s[^;]*;$/gm) ?? [];
  return { imports: imports.join("\n"), body: imports.reduce((rest, statement) => rest.replace(statement, ""), code) };
}

/** Returns a program as the author of a CommonJS module writes it: with `require`, and inside an asynchronous function. */
export async function asCommonJs(program: Snippet): Promise<string> {
  const { imports, body } = await splitModule(program);
  const wrapped = `${imports}\n(async () => {\n${body}})();\n`;
  return (await transform(wrapped, { format: "cjs", target: "es2022" })).code;
}

/**
 * Returns a program as a Worker that runs it for each request, because nothing may be random outside of one, and then responds with
 * what the request contains.
 */
export async function asWorker(program: Snippet): Promise<string> {
  if (program.treatment === "worker") return asModule(program);
  const { imports, body } = await splitModule(program);
  return `${imports}
export default {
async fetch(request) {
${body}
return new Response(await request.text());
},
};
`;
}
