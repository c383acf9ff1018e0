/**
 * Writes the programs of documents and docstrings as files into a folder below `examples/`, where packages can be imported
 * by name. There they are compiled, and run in their runtime.
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { type RunResult, root, run } from "../repository.ts";
import type { Treatment } from "./extract.ts";

export interface Program {
  /** Document and line, or source file, where readers find it. */
  readonly place: string;
  readonly treatment: Treatment;
  readonly code: string;
}

/**
 * The command that runs a program. Workers are run by interop/workerd; those of READMEs, and pages, by tooling/release-check; programs
 * before and after a move by tooling/moving.
 */
const commands: Partial<Record<Treatment, readonly string[]>> = {
  run: ["tsx", "--conditions=@hybi/source"],
  deno: ["deno", "run", "-A", "--conditions", "@hybi/source"],
  bun: ["bun", "--conditions=@hybi/source"],
  test: ["vitest", "run", "--config"],
};

const endings: Record<Treatment, string> = {
  run: "ts",
  worker: "worker.ts",
  page: "page.ts",
  test: "vitest.ts",
  deno: "deno.ts",
  bun: "bun.ts",
  before: "before.ts",
  after: "after.ts",
};

/** As in vitest.workspace.ts: resolves packages to their sources, and not to the last build. */
const vitestConfig = `import { defaultServerConditions } from "vite";
import { defineConfig } from "vitest/config";

const conditions = ["@hybi/source", ...defaultServerConditions];
export default defineConfig({
  root: import.meta.dirname,
  resolve: { conditions },
  ssr: { resolve: { conditions }, noExternal: [/^@hybi\\//] },
  test: { include: ["*.vitest.ts"], testTimeout: 30_000 },
});
`;

/** A folder of programs. */
export class Programs {
  readonly all: readonly Program[];
  readonly #folder: string;
  #problems = new Map<string, string[]>();

  constructor(name: string, all: readonly Program[]) {
    this.#folder = join(root, "examples/.snippets", name);
    this.all = all;
  }

  /** The programs that are run here. */
  get runnable(): Program[] {
    return this.all.filter(({ treatment }) => commands[treatment] !== undefined);
  }

  /** Returns the compiler errors of `program`, after compilation. */
  problemsOf(program: Program): readonly string[] {
    return this.#problems.get(this.pathOf(program)) ?? [];
  }

  /** Writes the programs. */
  write(): void {
    rmSync(this.#folder, { recursive: true, force: true });
    mkdirSync(this.#folder, { recursive: true });
    writeFileSync(join(this.#folder, "vitest.config.ts"), vitestConfig);
    for (const program of this.all) writeFileSync(this.pathOf(program), program.code);
  }

  /** Writes and compiles the programs. Those of other runtimes use the types of their runtime. */
  async compile(): Promise<void> {
    this.write();
    await this.check();
  }

  /** Compiles the programs, which were written before. */
  async check(): Promise<void> {
    // An example may declare names without using them.
    const compilerOptions = { noUnusedLocals: false, noUnusedParameters: false };
    const others = ["./*.deno.ts", "./*.bun.ts"];
    const platform = ["./*.page.ts", "./*.worker.ts"];
    const own = { include: ["./*.ts"], exclude: [...others, ...platform, "./vitest.config.ts"] };
    await this.#compile("tsconfig.json", { extends: "../../tsconfig.json", compilerOptions, ...own });
    if (this.all.some(({ treatment }) => treatment === "page" || treatment === "worker")) {
      // Pages and Workers have the web platform, and nothing of Node.
      const theirOptions = { ...compilerOptions, lib: ["ES2022", "DOM", "DOM.Iterable"], types: [] };
      const include = [...platform, "../../../interop/workerd/workers.d.ts"];
      const theirs = { extends: "../../tsconfig.json", compilerOptions: theirOptions, include, exclude: [] };
      await this.#compile("tsconfig.platform.json", theirs);
    }
    if (!this.all.some(({ treatment }) => treatment === "deno" || treatment === "bun")) return;
    const theirs = { extends: "../../tsconfig.test.json", compilerOptions, include: others, exclude: [] };
    await this.#compile("tsconfig.others.json", theirs);
  }

  run({ treatment, ...program }: Program): Promise<RunResult> {
    const command = commands[treatment] ?? [];
    const config = treatment === "test" ? [join(this.#folder, "vitest.config.ts")] : [];
    return run([...command, ...config, this.pathOf({ treatment, ...program })], {
      cwd: join(root, "examples"),
      capture: true,
      // A test file takes longer than a program.
      timeoutMs: treatment === "test" ? 180_000 : 30_000,
    });
  }

  async #compile(name: string, project: object): Promise<void> {
    const path = join(this.#folder, name);
    writeFileSync(path, JSON.stringify(project));
    const { exitCode, output } = await run(["tsc", "--project", path, "--pretty", "false"], { capture: true });
    const files = this.all.map((program) => this.pathOf(program));
    if (exitCode === 0) return;
    // An error may continue in indented lines.
    for (const text of output.split(/\n(?!\s)/).filter((line) => line !== "")) {
      const path = files.find((file) => text.startsWith(`${relative(root, file)}(`));
      // An error outside of the programs concerns all of them.
      for (const key of path === undefined ? files : [path]) {
        this.#problems.set(key, [...(this.#problems.get(key) ?? []), text]);
      }
    }
  }

  /** Returns the path of the file of a program. */
  pathOf({ place, treatment }: Program): string {
    const name = place
      .replaceAll("/", "-")
      .replace(/\.(md|ts)\b/, "")
      .replace(":", "-");
    return join(this.#folder, `${name}.${endings[treatment]}`);
  }
}
