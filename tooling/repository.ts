/** Paths in this repository, and how the checks run programs and report their result. */

import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root: string = fileURLToPath(new URL("..", import.meta.url)).replace(/\/$/, "");

/** The folders of the published packages: "packages/core", … */
export function packageFolders(): string[] {
  return readdirSync(join(root, "packages"))
    .map((name) => `packages/${name}`)
    .filter((folder) => existsSync(join(root, folder, "package.json")))
    .sort();
}

/** Returns the files below `folder` (relative to the root) for which `wanted` is true, as paths relative to the root. */
export function filesBelow(folder: string, wanted: (path: string) => boolean): string[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => entry.name !== "node_modules" && entry.name !== "dist")
    .flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      return entry.isDirectory() ? filesBelow(path, wanted) : wanted(path) ? [path] : [];
    })
    .sort();
}

export interface RunResult {
  exitCode: number;
  /** Everything it wrote to stdout and stderr, if captured. */
  output: string;
}

/** Runs a program at the root of the repository, with `node_modules/.bin` in the PATH. */
export function run(
  command: readonly string[],
  options: { cwd?: string; env?: Record<string, string | undefined>; capture?: boolean; timeoutMs?: number } = {},
): Promise<RunResult> {
  const [program, ...args] = command;
  if (program === undefined) throw new Error("bug: nothing to run");
  const path = `${join(root, "node_modules/.bin")}:${process.env.PATH}`;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.cwd ?? root,
      env: { ...process.env, PATH: path, ...options.env },
      timeout: options.timeoutMs,
      stdio: ["ignore", options.capture ? "pipe" : "inherit", options.capture ? "pipe" : "inherit"],
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding("utf8").on("data", (text) => (output += text));
    child.once("error", reject);
    child.once("close", (exitCode) => resolve({ exitCode: exitCode ?? 1, output }));
  });
}

/** Ends a check: prints the findings, if any, and sets the exit code. */
export function conclude(check: string, findings: readonly string[], success: string): void {
  for (const finding of findings) console.error(`${check}: ${finding}`);
  if (findings.length === 0) console.log(`${check}: ${success}`);
  else process.exitCode = 1;
}

/** The address of the repository on its hosting site. It stands in the root's package.json, and everything else follows it. */
export const repositoryUrl: string = JSON.parse(readFileSync(join(root, "package.json"), "utf8"))
  .repository.url.replace(/^git\+/, "")
  .replace(/\.git$/, "");
