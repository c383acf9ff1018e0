/** What `pnpm test` and `pnpm example` do before main.ts, with programs in place of pnpm and tsx. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root, run } from "../repository.ts";

const copy = mkdtempSync(join(tmpdir(), "hybi-begin-"));
const outdated = "ERR_PNPM_OUTDATED_LOCKFILE  Cannot install: run `pnpm install --no-frozen-lockfile`";

function plant(path: string, script: string): void {
  writeFileSync(join(copy, path), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

beforeAll(() => {
  for (const path of [
    "tooling/with-install.mjs",
    "tooling/test-all/begin.mjs",
    "examples/run.mjs",
    "examples/README.md",
  ])
    cpSync(join(root, path), join(copy, path));
  for (const folder of ["good", "bad", "node_modules/.bin", "examples/chat"])
    mkdirSync(join(copy, folder), { recursive: true });
  plant("good/pnpm", "echo Done");
  plant("bad/pnpm", `echo '${outdated}'; exit 3`);
  plant("node_modules/.bin/tsx", 'echo "tsx $*"');
  writeFileSync(join(copy, "examples/chat/server.ts"), "");
});
afterAll(() => rmSync(copy, { recursive: true }));

function begin(pnpm: "good" | "bad", ...command: string[]): Promise<{ exitCode: number; output: string }> {
  const env = { PATH: `${join(copy, pnpm)}:${process.env.PATH}` };
  return run([process.execPath, ...command], { cwd: copy, env, capture: true });
}

const test = "tooling/test-all/begin.mjs";

describe.each([[test], ["examples/run.mjs", "chat/server.ts"]])("node %s", (...command) => {
  it("shows what pnpm says when the installation fails, and exits with its exit code", async () => {
    const { exitCode, output } = await begin("bad", ...command);
    expect(output).toContain(outdated);
    expect(exitCode).toBe(3);
  });

  it("does not show what pnpm does otherwise", async () => {
    const { exitCode, output } = await begin("good", ...command);
    expect(output).not.toContain("Done");
    expect(output).toMatch(/^tsx /m);
    expect(exitCode).toBe(0);
  });
});

describe("pnpm test", () => {
  it.each<[args: string[], announced: RegExp]>([
    [[], /^The fast tests/],
    [["--reporter=dot"], /^The fast tests/],
    [["--reporter", "dot", "--bail", "1"], /^The fast tests/],
    [["-t", "closing"], /^The fast tests/],
  ])("runs the fast tests with %j", async (args, announced) => {
    const { output } = await begin("good", test, ...args);
    expect(output).toMatch(announced);
    expect(output).toContain(`tsx ${["tooling/test-all/main.ts", "--fast", ...args].join(" ")}\n`);
  });

  it.each<[args: string[], announced: string]>([
    [["closing"], "The tests whose path contains closing, in Node."],
    [
      ["-t", "name", "closing", "frame"],
      "The tests whose path contains closing or whose path contains frame, in Node.",
    ],
    [["--project", "tooling"], "The tests of the project tooling, in Node."],
    [["--project=tooling", "-t", "name"], "The tests of the project tooling, in Node."],
    [["--all"], "All tests, in Node, then Deno, Bun, workerd and a bare engine: about 9 minutes on two cores."],
    [
      ["--all", "-t", "name"],
      "All tests, in Node, then Deno, Bun, workerd and a bare engine: about 9 minutes on two cores.",
    ],
    [
      ["--all", "closing"],
      "The tests whose path contains closing, in Node, then Deno, Bun, workerd and a bare engine.",
    ],
  ])("runs what is chosen by %j", async (args, announced) => {
    const { output } = await begin("good", test, ...args);
    expect(output.split("\n")[0]).toBe(announced);
    expect(output).toContain(`tsx ${["tooling/test-all/main.ts", ...args].join(" ")}\n`);
  });
});
