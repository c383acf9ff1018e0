/** Finds a Python 2.7 with pip, in which Autobahn's testsuite is written: an installed one, or Debian's. */
import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { Unavailable } from "../fetched.ts";
import { run } from "../repository.ts";
import { fetchPython } from "./debian-python.ts";
import type { Python } from "./python.ts";

/**
 * Returns a Python 2.7 that can install packages, from the PATH, from pyenv, or unpacked into `cache`.
 * `HYBI_PYTHON2=debian` ignores installed ones.
 *
 * @throws Unavailable when there is none and none can be downloaded
 */
export async function findPython(cache: string): Promise<Python> {
  const candidates = process.env.HYBI_PYTHON2 === "debian" ? [] : ["python2.7", ...pyenvPythons()];
  for (const program of candidates) {
    const python = { program, env: {} };
    if (await canInstall(python)) return python;
  }
  const python = await fetchPython(join(cache, "python2.7"));
  if (await canInstall(python)) return python;
  throw new Unavailable("Debian's Python 2.7 does not run on this machine");
}

function pyenvPythons(): string[] {
  const versions = join(process.env.PYENV_ROOT ?? join(homedir(), ".pyenv"), "versions");
  if (!existsSync(versions)) return [];
  return readdirSync(versions)
    .filter((name) => name.startsWith("2.7."))
    .map((name) => join(versions, name, "bin/python2.7"));
}

async function canInstall({ program, env }: Python): Promise<boolean> {
  const probe = "import sys, ssl, zlib, pip; assert sys.version_info[:2] == (2, 7)";
  const { exitCode } = await run([program, "-c", probe], { env, capture: true }).catch(() => ({ exitCode: 1 }));
  return exitCode === 0;
}
