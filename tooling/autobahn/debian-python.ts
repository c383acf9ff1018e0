/**
 * Python 2.7 from Debian 11, the last release that had it, unpacked into a folder of its own. Nothing is installed and no
 * privileges are needed. apt downloads the packages from its configured mirror and checks their signatures.
 */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Unavailable } from "../fetched.ts";
import { run } from "../repository.ts";
import type { Python } from "./python.ts";

const suite = "bullseye";
const keys = "/usr/share/keyrings/debian-archive-keyring.gpg";

/** Python, pip, and the libraries that later releases have only in other versions. */
const packages = [
  "python2.7-minimal",
  "libpython2.7-minimal",
  "libpython2.7-stdlib",
  "python-pip-whl",
  "libssl1.1",
  "libffi7",
];

/**
 * Unpacks it into `folder` unless it is already there.
 *
 * @throws Unavailable when apt is missing or does not know the packages
 */
export async function fetchPython(folder: string): Promise<Python> {
  if (!existsSync(folder)) {
    const unfinished = `${folder}.${process.pid}`;
    mkdirSync(unfinished, { recursive: true });
    try {
      await download(unfinished);
      renameSync(unfinished, folder);
    } finally {
      rmSync(unfinished, { recursive: true, force: true });
    }
  }
  const wheels = join(folder, "usr/share/python-wheels");
  const libraries = readdirSync(join(folder, "usr/lib")).filter((name) => name.includes("-linux-"));
  return {
    program: join(folder, "usr/bin/python2.7"),
    env: {
      PYTHONHOME: join(folder, "usr"),
      PYTHONPATH: readdirSync(wheels)
        .map((name) => join(wheels, name))
        .join(":"),
      LD_LIBRARY_PATH: libraries.map((name) => join(folder, "usr/lib", name)).join(":"),
    },
  };
}

async function download(folder: string): Promise<void> {
  const state = join(folder, "apt");
  for (const part of ["state/lists/partial", "cache/archives/partial"]) {
    mkdirSync(join(state, part), { recursive: true });
  }
  for (const file of ["status", "apt.conf"]) writeFileSync(join(state, file), "");
  const sources = join(state, "sources.list");
  const settings = {
    "Dir::State": join(state, "state"),
    "Dir::State::status": join(state, "status"),
    "Dir::Cache": join(state, "cache"),
    "Dir::Etc::sourcelist": sources,
    "Dir::Etc::sourceparts": "-",
    "APT::Sandbox::User": "",
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
  for (const mirror of await mirrors()) {
    writeFileSync(sources, `deb [signed-by=${keys}] ${mirror} ${suite} main\n`);
    const update = await run(["apt-get", ...options, "update"], { capture: true });
    const got = await run(["apt-get", ...options, "download", ...packages], { cwd: state, capture: true });
    if (update.exitCode !== 0 || got.exitCode !== 0) continue;
    for (const file of readdirSync(state).filter((name) => name.endsWith(".deb"))) {
      const { exitCode, output } = await run(["dpkg-deb", "-x", join(state, file), folder], { capture: true });
      if (exitCode !== 0) throw new Unavailable(`${file} cannot be unpacked: ${output.trim()}`);
    }
    rmSync(state, { recursive: true });
    return;
  }
  throw new Unavailable(`Python 2.7 is not installed, and apt does not find it in ${suite}`);
}

/** Returns the mirrors that apt uses; on Debian, Debian's own is among them. */
async function mirrors(): Promise<string[]> {
  // Prints what it would fetch, even if it has never fetched anything, and fetches nothing.
  const command = ["apt-get", "--print-uris", "update"];
  const { exitCode, output } = await run(command, { capture: true }).catch(() => ({ exitCode: 1, output: "" }));
  if (exitCode !== 0) throw new Unavailable("Python 2.7 is not installed, and neither is apt to download it");
  const found = output.matchAll(/^'([^']+)\/dists\/[^']+\/InRelease'/gm);
  // Security updates have a separate tree, which lacks the other packages.
  return [...new Set([...found].map(([, mirror = ""]) => mirror))].filter((mirror) => !mirror.includes("security"));
}
