/**
 * Runs before anything is installed, so it is JavaScript that Node 20 reads: installs the repository, unless all is there, and then
 * runs a program of it in TypeScript.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Runs `command` in `folder` of the repository, once it is installed; exits with its exit code. */
export function runInstalled(folder, command) {
  // What it does is of interest only if it fails: pnpm prints most errors, with their remedy, to stdout.
  const install = spawnSync("pnpm", ["install", "--frozen-lockfile", "--reporter=append-only"], {
    cwd: root,
    stdio: ["ignore", "pipe", "inherit"],
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  if (install.status !== 0) {
    if (install.stdout) console.error(install.stdout.trimEnd());
    exit(install);
  }
  const path = `${root}node_modules/.bin:${process.env.PATH}`;
  const options = { cwd: root + folder, stdio: "inherit", env: { ...process.env, PATH: path } };
  exit(spawnSync(command[0], command.slice(1), options));
}

function exit({ status, error }) {
  if (error !== undefined) console.error(error.message);
  process.exit(status ?? 1);
}
