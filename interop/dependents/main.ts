/**
 * `pnpm test:dependents` runs programs that depend on ws, with ws and with @hybi/ws in its place, and ends with
 * `N passed, N failed`. With names, only these dependents. It installs them into a folder of its own, outside of the repository.
 *
 * - `--fast` runs only what takes seconds, and only with @hybi/ws.
 * - `--built` takes the packages as they were built last.
 * - `--write` writes docs/reference/dependents.md.
 * - `--keep FOLDER` installs into FOLDER, and leaves it; what is installed there already is used again.
 * - `--subject TARBALL` puts that package in the place of ws, instead of @hybi/ws: a version of ws with a fault, say.
 */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { Unavailable } from "../../tooling/fetched.ts";
import { root } from "../../tooling/repository.ts";
import { concludeTests } from "../../tooling/test-all/tally.ts";
import { type Dependent, dependents } from "./catalog.ts";
import { install, packOurs, pinnedVersions, type Subject } from "./columns.ts";
import { checkPage, formatPage, type Row } from "./page.ts";
import { type Outcome, runDependent } from "./run-dependent.ts";

const { values: options, positionals: names } = parseArgs({
  allowPositionals: true,
  args: process.argv.slice(2).filter((argument) => argument !== "--"),
  options: {
    fast: { type: "boolean", default: false },
    built: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
    keep: { type: "string" },
    subject: { type: "string" },
  },
});
for (const name of names)
  if (!dependents.some((dependent) => dependent.name === name))
    throw new Error(`"${name}" is no dependent in catalog.ts.`);
if (options.write && (names.length > 0 || options.fast)) throw new Error("The page is about all dependents.");

const wanted = dependents.filter(({ name, isSlow }) =>
  names.length > 0 ? names.includes(name) : !(options.fast && isSlow),
);
const skipped: string[] = [];
const runnable = wanted.filter(({ name, needs }) => {
  const isThere = needs === undefined || existsSync(`/usr/bin/${needs}`);
  if (!isThere) skipped.push(`${name}, which needs ${needs}`);
  return isThere;
});

const folder = options.keep === undefined ? mkdtempSync(join(tmpdir(), "hybi-dependents-")) : resolve(options.keep);
try {
  await runAll();
} catch (error) {
  if (!(error instanceof Unavailable)) throw error;
  console.error(error.message);
  console.log("SKIPPED: the dependents of ws, which could not be installed");
} finally {
  if (options.keep === undefined) rmSync(folder, { recursive: true, force: true });
}

async function runAll(): Promise<void> {
  const subject: Subject =
    options.subject === undefined
      ? await packOurs(join(folder, "packed"), options.built)
      : { name: "ws", tarballs: { ws: resolve(options.subject) } };
  const columns = [join(folder, "ws"), join(folder, "ours")] as const;
  if (!options.fast) await installOnce(columns[0]);
  await installOnce(columns[1], subject);

  const rows: Row[] = [];
  const queue = [...runnable];
  const work = async (): Promise<void> => {
    for (let dependent = queue.shift(); dependent !== undefined; dependent = queue.shift()) {
      const control = options.fast ? undefined : await report(dependent, "ws", columns[0]);
      rows.push({ dependent, outcomes: [control, await report(dependent, subject.name, columns[1])] });
    }
  };
  await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, work));
  rows.sort((one, other) => (one.dependent.name < other.dependent.name ? -1 : 1));

  for (const what of skipped) console.log(`SKIPPED: ${what}`);
  if (options.write) {
    const page = formatPage(rows, pinnedVersions(), process.versions.node);
    writeFileSync(join(root, "docs/reference/dependents.md"), page);
    for (const finding of checkPage(page, pinnedVersions())) console.error(`docs/reference/dependents.md: ${finding}`);
  }
  const tallyOf = (
    name: string,
    outcomes: readonly (Outcome | undefined)[],
    explained: Dependent["explained"] = {},
  ) => ({
    name,
    passed: outcomes.reduce((sum, outcome) => sum + (outcome?.passed ?? 0), 0),
    failed: outcomes.flatMap((outcome) => outcome?.failures ?? []).filter((test) => !(test in explained)).length,
    skipped: 0,
  });
  concludeTests(rows.map(({ dependent: { name, explained }, outcomes }) => tallyOf(name, outcomes, explained)));
}

async function installOnce(column: string, subject?: Subject): Promise<void> {
  const begun = Date.now();
  await install(column, subject);
  console.log(`installed with ${subject?.name ?? "ws"} in ${((Date.now() - begun) / 1_000).toFixed(1)} s`);
}

async function report(dependent: Dependent, name: string, column: string): Promise<Outcome> {
  const begun = Date.now();
  const outcome = await runDependent(dependent, column);
  const seconds = ((Date.now() - begun) / 1_000).toFixed(1).padStart(5);
  const { passed, failed, failures, output } = outcome;
  console.log(
    `${failed === 0 ? "ok    " : "FAILED"} ${seconds} s  ${dependent.name} with ${name}: ${passed} of ${passed + failed}`,
  );
  const unexplained = failures.filter((test) => dependent.explained?.[test] === undefined);
  if (unexplained.length > 0) console.log(output.trimEnd().replace(/^/gm, "    "));
  return outcome;
}
