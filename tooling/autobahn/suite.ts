/** Autobahn's testsuite, installed into a cache outside the repository when first needed. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { cacheOf, Unavailable } from "../fetched.ts";
import { run } from "../repository.ts";
import { findPython } from "./find-python.ts";
import type { Python } from "./python.ts";

/** Command to run `wstest`, to which its arguments are appended, and its environment. */
export interface Suite {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Implements Autobahn's masking and UTF-8 validation in C, which makes the cases with large messages ten times as fast. It
 * must be compiled, so it is omitted where there is no compiler.
 */
const accelerator = "wsaccel==0.6.2";

/** Installed first, because other packages are built with it. */
const setuptools = "setuptools==44.1.1";

/** Cache of everything that the programs around Autobahn download and build. */
export const cache: string = cacheOf("hybi-autobahn");

/** @throws Unavailable when it cannot be installed */
export async function installSuite(): Promise<Suite> {
  mkdirSync(cache, { recursive: true });
  const python = await findPython(cache);
  const requirements = join(import.meta.dirname, "requirements.txt");
  const hash = createHash("sha256").update(readFileSync(requirements)).update(accelerator).update(python.program);
  const site = join(cache, `site-${hash.digest("hex").slice(0, 16)}`);
  if (!existsSync(site)) {
    console.log(`installing the Autobahn testsuite into ${site}`);
    await install(python, requirements, site);
  }
  // PYTHONPATH would not do: some packages share a namespace, which requires a registered site directory.
  const start = `import site; site.addsitedir(${JSON.stringify(site)}); from autobahntestsuite.wstest import run; run()`;
  return { command: [python.program, "-u", "-W", "ignore", "-c", start], env: python.env };
}

async function install(python: Python, requirements: string, site: string): Promise<void> {
  const unfinished = `${site}.${process.pid}`;
  const env = {
    ...python.env,
    // Two of the packages are built with the setuptools in the same folder.
    PYTHONPATH: [unfinished, python.env.PYTHONPATH ?? ""].filter((path) => path !== "").join(":"),
    PIP_DISABLE_PIP_VERSION_CHECK: "1",
    PIP_NO_PYTHON_VERSION_WARNING: "1",
  };
  const pip = (...args: string[]) => {
    const options = ["install", "--quiet", "--no-deps", "--target", unfinished];
    return run([python.program, "-W", "ignore", "-m", "pip", ...options, ...args], { env, capture: true });
  };
  try {
    for (const packages of [[setuptools], ["-r", requirements]]) {
      const { exitCode, output } = await pip(...packages);
      if (exitCode !== 0) throw new Unavailable(`pip could not install the testsuite:\n${output}`);
    }
    const compiled = await pip(accelerator);
    if (compiled.exitCode !== 0) {
      console.log(
        "wsaccel could not be compiled; the verdicts are the same without it, but large messages take longer",
      );
    }
    renameSync(unfinished, site);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}
