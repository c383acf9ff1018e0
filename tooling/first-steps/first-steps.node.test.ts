/** What a visitor types first works with nothing of this repository installed. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { packageFolders, root, run } from "../repository.ts";

const copy = mkdtempSync(join(tmpdir(), "hybi-first-"));
const isSource = (path: string): boolean => !/\/(node_modules|dist)$/.test(path);

function read(path: string): ReturnType<typeof JSON.parse> {
  return JSON.parse(readFileSync(join(root, path), "utf8"));
}

beforeAll(() => {
  for (const path of ["examples", "tooling/with-install.mjs", "tsconfig.base.json", "package.json"]) {
    cpSync(join(root, path), join(copy, path), { recursive: true, filter: isSource });
  }
  for (const folder of packageFolders()) {
    cpSync(join(root, folder), join(copy, folder), { recursive: true, filter: isSource });
  }
});
afterAll(() => rmSync(copy, { recursive: true }));

describe("pnpm demo", () => {
  it("runs with what its own package.json names, and nothing else", async () => {
    const modules = join(copy, "examples/demo/node_modules");
    mkdirSync(modules);
    symlinkSync(join(root, "packages/permessage-deflate/node_modules/pako"), join(modules, "pako"));
    const command = [join(root, "node_modules/.bin/tsx"), "--tsconfig", "tsconfig.sources.json", "main.ts"];
    const { exitCode, output } = await run(command, { cwd: join(copy, "examples/demo"), capture: true });
    expect(exitCode, output).toBe(0);
    expect(output).toContain("The closing handshake");
  });

  it("installs the versions that the repository has", () => {
    const { pako, tsx } = read("examples/demo/package.json").dependencies;
    expect(tsx).toBe(read("package.json").devDependencies.tsx);
    expect(pako).toBe(read("packages/permessage-deflate/node_modules/pako/package.json").version);
  });
});

describe("pnpm example", () => {
  const list = (name: string[]) => run(["node", "examples/run.mjs", ...name], { cwd: copy, capture: true });

  it("without a name lists all examples with a line each", async () => {
    const { exitCode, output } = await list([]);
    expect(exitCode).toBe(0);
    const names = [...output.matchAll(/\S+\.ts(?=,|$)/gm)].map(([name]) => name);
    expect(names.length).toBeGreaterThan(15);
    expect(names.filter((name) => !existsSync(join(root, "examples", name)))).toEqual([]);
    expect(output.match(/^ {4}\S/gm)?.length).toBeGreaterThan(14);
  });

  it("with an unknown name says so, and lists them", async () => {
    const { exitCode, output } = await list(["chat"]);
    expect(exitCode).toBe(1);
    expect(output).toContain("There is no example chat.");
    expect(output).toContain("chat/server.ts");
  });
});
