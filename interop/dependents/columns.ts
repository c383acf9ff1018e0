/** Installs the dependents into a folder: as they are locked, or with another package in the place of ws. */
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Unavailable } from "../../tooling/fetched.ts";
import { root, run } from "../../tooling/repository.ts";

const installed = join(import.meta.dirname, "installed");

/** The packages that @hybi/ws consists of. They are on no registry, so each is installed from its tarball. */
const parts = ["core", "permessage-deflate", "websocket", "node", "ws"];

/** What stands in the place of ws: the tarball of each package by its name, and the name of the one that stands there. */
export interface Subject {
  readonly name: string;
  readonly tarballs: Readonly<Record<string, string>>;
}

async function mustRun(command: readonly string[], cwd: string): Promise<void> {
  const { exitCode, output } = await run(command, { cwd, capture: true, timeoutMs: 600_000 });
  if (exitCode === 0) return;
  const words = `${command.join(" ")}\n${output.trim()}`;
  // The codes of Node and the words of pnpm for a registry that was not reached.
  if (/ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN|ENETUNREACH|error sending request|FETCH_FAIL/i.test(words))
    throw new Unavailable(words);
  throw new Error(words);
}

/** Packs @hybi/ws and what it needs into `folder`; builds it first, unless it `isBuilt`. */
export async function packOurs(folder: string, isBuilt: boolean): Promise<Subject> {
  mkdirSync(folder, { recursive: true });
  const tarballs: Record<string, string> = {};
  for (const part of parts) {
    const cwd = join(root, "packages", part);
    if (!isBuilt) await mustRun(["pnpm", "run", "build"], cwd);
    const { output } = await run(["pnpm", "pack", "--json", "--pack-destination", folder], { cwd, capture: true });
    const { name, filename } = JSON.parse(output.slice(output.indexOf("{"))) as { name: string; filename: string };
    tarballs[name === "@hybi/ws" ? "ws" : name] = filename;
  }
  return { name: "@hybi/ws", tarballs };
}

/** Installs everything into `folder`, with `subject` in the place of ws if one is given, and the scenarios beside it. */
export async function install(folder: string, subject?: Subject): Promise<void> {
  cpSync(installed, folder, { recursive: true, filter: (path) => !path.includes("node_modules") });
  cpSync(join(import.meta.dirname, "scenarios"), folder, { recursive: true });
  const settings = join(folder, "pnpm-workspace.yaml");
  if (subject !== undefined) {
    const lines = Object.entries(subject.tarballs).map(([name, path]) => `  "${name}": "file:${path}"\n`);
    writeFileSync(settings, readFileSync(settings, "utf8").replace(/^ {2}ws: .*\n/m, lines.join("")));
  }
  const how = subject === undefined ? "--frozen-lockfile" : "--no-frozen-lockfile";
  await mustRun(["pnpm", "install", how, "--prefer-offline", "--ignore-scripts"], folder);
  checkInstalled(folder, subject?.name ?? "ws");
}

/** @throws Error if a dependent would load another ws, or is of another version than the manifest says */
function checkInstalled(folder: string, name: string): void {
  const read = (path: string) => JSON.parse(readFileSync(path, "utf8")) as { name: string; version: string };
  const modules = join(folder, "node_modules");
  const copies = readdirSync(modules, { recursive: true, encoding: "utf8" }).filter((path) =>
    /(^|\/node_modules\/)ws\/package\.json$/.test(path),
  );
  if (copies.join() !== "ws/package.json") throw new Error(`ws is installed at ${copies.join(", ")}`);
  const found = read(join(modules, "ws/package.json")).name;
  if (found !== name) throw new Error(`${found} is in the place of ws, not ${name}`);
  for (const [dependent, version] of Object.entries(pinnedVersions())) {
    const installed = read(join(modules, dependent, "package.json")).version;
    if (dependent !== "ws" && installed !== version) throw new Error(`${dependent} is ${installed}, not ${version}`);
  }
}

/** The versions of the dependents, and of ws, as the manifest pins them. */
export function pinnedVersions(): Record<string, string> {
  return JSON.parse(readFileSync(join(installed, "package.json"), "utf8")).dependencies;
}
