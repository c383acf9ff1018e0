/** Programs of other projects, installed or built when first needed, in a cache outside the repository. */
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { run } from "./repository.ts";

/** Thrown when something is not available on this machine; the message says why. */
export class Unavailable extends Error {}

/** Returns the folder of the cache called `name`. */
export function cacheOf(name: string): string {
  return join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), name);
}

/** Fills `folder` with `fill` if it does not exist. Returns it. */
export async function filledOnce(folder: string, fill: (folder: string) => Promise<void>): Promise<string> {
  if (existsSync(folder)) return folder;
  mkdirSync(dirname(folder), { recursive: true });
  try {
    // Build it at its final path, because a Python environment cannot be moved.
    await fill(folder);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
  return folder;
}

/** Runs `command`. @throws Unavailable with its output if it fails */
export async function must(command: readonly string[], cwd?: string): Promise<void> {
  const options = { capture: true, ...(cwd !== undefined && { cwd }) };
  const { exitCode, output } = await run(command, options).catch((error: Error) => ({
    exitCode: 1,
    output: error.message,
  }));
  if (exitCode !== 0) throw new Unavailable(`${command.join(" ")}: ${output.trim()}`);
}

/** The version of Python's websockets used in comparisons. */
export const websocketsVersion = "17.4";

/** Returns a Python with websockets installed, in a folder below `cache`. */
export async function websocketsPython(cache: string): Promise<string> {
  const folder = await filledOnce(join(cache, `websockets-${websocketsVersion}`), async (folder) => {
    await must(["python3", "-m", "venv", folder]);
    await must([join(folder, "bin/python"), "-m", "pip", "install", "--quiet", `websockets==${websocketsVersion}`]);
  });
  return join(folder, "bin/python");
}
