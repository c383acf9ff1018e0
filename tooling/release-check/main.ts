/**
 * `pnpm release:check` checks what users will install. It builds and packs each published package, checks the tarball with
 * publint, attw and our own rules, installs all tarballs with npm into an empty folder, as a user without any settings, and
 * there runs every command, imports every entry point and runs the program of every README: as ESM and as CommonJS, in Node,
 * Deno and Bun, bundled in a page and in a Worker, and with the compiler. For JSR it rehearses the publication of the sources.
 * Where Chromium is missing, no page is opened, and the last line says so.
 *
 * `--keep FOLDER` leaves the tarballs, the sources for JSR and the script that publishes them in FOLDER. `--write` instead
 * writes what follows from the manifests: every `jsr.json`, and the address of the repository.
 */

import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { conclude, packageFolders, repositoryUrl, root, run } from "../repository.ts";
import {
  entryPoints,
  entryPointsForBundlers,
  formatConsumer,
  formatImportAll,
  isPortable,
  runtimesOf,
} from "./consumer.ts";
import { copiesIn } from "./copies.ts";
import { stageJsr, staleJsr, writeJsr } from "./jsr.ts";
import { linters } from "./lint.ts";
import { checkManifest, checkTarballFiles, type Manifest, undeclaredImports, unreachableModules } from "./manifest.ts";
import { type Failures, type Programs, runInPages, runInWorkers, whyNoPage } from "./portable.ts";
import { formatPublishScript, inOrderOfDependencies } from "./publish.ts";
import { asCommonJs, asModule, asWorker, firstProgram, programFor } from "./readme.ts";
import { replaceRepositoryUrl } from "./repository-url.ts";

const { values: options } = parseArgs({ options: { keep: { type: "string" }, write: { type: "boolean" } } });

interface Packed {
  readonly folder: string;
  readonly tarball: string;
  readonly manifest: Manifest;
  readonly readme: string;
}

const findings: string[] = [];
const binaries = join(root, "node_modules/.bin");

/** Runs a step. Its output is reported only if it fails. */
async function step(
  what: string,
  command: readonly string[],
  cwd: string,
  env: Record<string, string> = {},
): Promise<string> {
  const begun = Date.now();
  const { exitCode, output } = await run(command, { cwd, env, capture: true, timeoutMs: 600_000 });
  const seconds = ((Date.now() - begun) / 1_000).toFixed(1);
  console.log(`${exitCode === 0 ? "ok     " : "FAILED "} ${seconds.padStart(5)} s  ${what}`);
  if (exitCode !== 0) findings.push(`${what}\n${output}`);
  return output;
}

/** Runs the programs of a place that is no command of a shell, and reports each. */
async function runPrograms(
  what: string,
  programs: Programs,
  runAll: (programs: Programs) => Promise<Failures>,
): Promise<void> {
  const begun = Date.now();
  const failures = await runAll(programs);
  const seconds = ((Date.now() - begun) / 1_000).toFixed(1);
  for (const name of programs.keys()) {
    const failure = failures.get(name);
    console.log(`${failure === undefined ? "ok     " : "FAILED "} ${seconds.padStart(5)} s  packages/${name}: ${what}`);
    if (failure !== undefined) findings.push(`packages/${name}: ${what}\n${failure}`);
  }
}

/** Runs `work` for each item, for as many at a time as there are cores. */
async function forEach<Item>(items: readonly Item[], work: (item: Item) => Promise<unknown>): Promise<void> {
  const rest = items.values();
  const workers = Array.from({ length: availableParallelism() }, async () => {
    for (const item of rest) await work(item);
  });
  await Promise.all(workers);
}

async function pack(folder: string, target: string, work: string): Promise<Packed> {
  const text = await step(
    `${folder}: pack`,
    ["pnpm", "pack", "--json", "--pack-destination", target],
    join(root, folder),
  );
  const tarball: string = JSON.parse(text.slice(text.indexOf("{"))).filename;
  const files = (await run(["tar", "-tzf", tarball], { capture: true })).output.trim().split("\n");
  const unpacked = mkdtempSync(join(work, "unpacked-"));
  await run(["tar", "-xzf", tarball, "-C", unpacked, "--strip-components=1"], { capture: true });
  const built = files
    .filter((file) => /\.(js|cjs|d\.ts|d\.cts)$/.test(file))
    .map((file) => file.replace("package/", ""));
  const read = (file: string): string => readFileSync(join(unpacked, file), "utf8");
  const manifest: Manifest = JSON.parse(read("package.json"));
  const readme = files.includes("package/README.md") ? read("README.md") : "";
  const textOf = new Map(built.map((file) => [file, read(file)]));
  findings.push(
    ...[
      ...checkManifest(manifest, folder, repositoryUrl),
      ...checkTarballFiles(files),
      ...undeclaredImports(manifest, [...textOf.values()]),
      ...unreachableModules(manifest, textOf),
    ].map((finding) => `${folder}: ${finding}`),
  );
  for (const [name, command] of linters(tarball)) await step(`${folder}: ${name}`, command, root);
  return { folder, tarball, manifest, readme };
}

/**
 * Installs all tarballs into `consumer`, and there does with them what users do; `beside` is done at the same time. Returns what
 * could not be done on this machine.
 */
async function consume(
  packed: readonly Packed[],
  consumer: string,
  env: Record<string, string>,
  beside: () => Promise<unknown>,
): Promise<string[]> {
  mkdirSync(consumer);
  writeFileSync(join(consumer, "package.json"), JSON.stringify({ private: true, type: "module" }));
  const install = ["npm", "install", "--ignore-scripts", "--loglevel=error"];
  await step("install with npm", [...install, ...packed.map(({ tarball }) => tarball)], consumer, env);

  const nameOf = (folder: string): string => folder.replace("packages/", "");
  for (const { folder, manifest } of packed) {
    const programs = formatConsumer(nameOf(folder), entryPoints(manifest));
    for (const [file, text] of programs) writeFileSync(join(consumer, file), text);
    // Programs that must compile with the built declarations, where these are not those of the sources.
    const declarations = join(root, folder, "tests/declarations");
    if (!existsSync(declarations)) continue;
    for (const file of readdirSync(declarations))
      copyFileSync(join(declarations, file), join(consumer, `${nameOf(folder)}-${file}`));
  }
  // npm does not install peers that are optional. Only the arbitraries need one.
  const peerless = packed
    .filter(({ folder }) => runtimesOf(nameOf(folder)).some(({ runtime }) => runtime === "Node"))
    .flatMap(({ manifest }) => entryPoints(manifest))
    .filter((entry) => entry !== "@hybi/testing");
  writeFileSync(join(consumer, "peerless.mjs"), peerless.map((entry) => `import "${entry}";\n`).join(""));
  await step("all but the arbitraries, without optional peers", ["node", "peerless.mjs"], consumer, env);
  const peers = packed.flatMap(({ manifest }) => Object.entries(manifest.peerDependencies ?? {}));
  await step("install the peers", [...install, ...peers.map(([name, range]) => `${name}@${range}`)], consumer, env);

  const runs: [what: string, command: readonly string[], shows?: string][] = [];
  for (const { folder, manifest } of packed) {
    for (const command of Object.keys(manifest.bin ?? {}))
      runs.push([`${folder}: ${command} runs`, ["npx", "--no-install", command, "--help"], `  ${command} `]);
  }
  for (const { runtime, command } of runtimesOf("")) {
    const names = packed
      .map(({ folder }) => nameOf(folder))
      .filter((name) => runtimesOf(name).some((one) => one.runtime === runtime));
    for (const format of ["mjs", "cjs"]) {
      const file = `import-all-${runtime.toLowerCase()}.${format}`;
      writeFileSync(join(consumer, file), formatImportAll(names, format));
      runs.push([`${runtime} imports ${names.length} packages, ${format}`, [...command, file]]);
    }
  }
  for (const { folder, readme } of packed) {
    const program = firstProgram(readme);
    if (program === undefined) continue;
    const name = `${nameOf(folder)}-readme`;
    writeFileSync(join(consumer, `${name}.mts`), program.code);
    writeFileSync(join(consumer, `${name}.mjs`), await asModule(program));
    writeFileSync(join(consumer, `${name}.cjs`), await asCommonJs(program));
    for (const { runtime, command, readmeFormats } of runtimesOf(nameOf(folder))) {
      for (const format of readmeFormats)
        runs.push([`${folder}: README in ${runtime}, ${format}`, [...command, `${name}.${format}`]]);
    }
  }
  const pages = new Map<string, string>();
  const workers = new Map<string, string>();
  for (const { folder, readme } of packed.filter(({ folder }) => isPortable(nameOf(folder)))) {
    const name = nameOf(folder);
    const inPage = programFor("page", readme);
    const inWorker = programFor("worker", readme);
    if (inPage === undefined || inWorker === undefined) continue;
    pages.set(name, join(consumer, `${name}-page.mjs`));
    workers.set(name, join(consumer, `${name}-worker.mjs`));
    writeFileSync(join(consumer, `${name}-page.mjs`), await asModule(inPage));
    writeFileSync(join(consumer, `${name}-worker.mjs`), await asWorker(inWorker));
  }
  const types = ["--types", "node", "--typeRoots", join(root, "node_modules/@types"), "--skipLibCheck"];
  const sources = readdirSync(consumer).filter((file) => /\.[cm]ts$/.test(file));
  for (const resolution of [
    ["--module", "nodenext"],
    ["--module", "esnext", "--moduleResolution", "bundler"],
  ]) {
    const files = resolution.includes("bundler") ? sources.filter((file) => file.endsWith(".mts")) : sources;
    const options = ["--noEmit", "--strict", "--target", "es2022", ...types, ...resolution];
    // The native compiler, and the last version of the JavaScript one.
    for (const compiler of ["tsc", "tsc6"])
      runs.push([`types, ${compiler} ${resolution.join(" ")}`, [join(binaries, compiler), ...options, ...files]]);
  }
  const noPage = whyNoPage();
  if (noPage !== undefined) console.log(`SKIPPED          READMEs in a page: ${noPage}`);
  // What takes longest begins first.
  const work: (() => Promise<unknown>)[] = [
    beside,
    ...(noPage === undefined ? [() => runPrograms("README in a page", pages, runInPages)] : []),
    () => runPrograms("README in a Worker", workers, runInWorkers),
    ...runs.reverse().map(([what, command, shows = ""]) => async () => {
      const output = await step(what, command, consumer, env);
      if (!output.includes(shows)) findings.push(`${what}, but does not show its usage`);
    }),
  ];
  await forEach(work, (one) => one());

  // An adapter exports permessageDeflate, and a program that does not use it gets nothing of it.
  for (const adapter of ["node", "deno", "bun"]) {
    const contents = `import { connect } from "@hybi/${adapter}"; connect("ws://127.0.0.1/");`;
    const stdin = { contents, resolveDir: consumer };
    const bundle = await build({ stdin, bundle: true, platform: "node", format: "esm", write: false });
    const isFree = !/node:zlib|pako/i.test(bundle.outputFiles[0]?.text ?? "pako");
    console.log(`${isFree ? "ok     " : "FAILED "} packages/${adapter}: a bundle without compression`);
    if (!isFree) findings.push(`packages/${adapter}: a bundle of connect contains DEFLATE`);
  }
  // A bundle has one copy of each class, whether its modules import or require the package.
  for (const entry of packed.flatMap(({ manifest }) => entryPointsForBundlers(manifest))) {
    const copies = await copiesIn(entry, consumer);
    console.log(`${copies.length === 1 ? "ok     " : "FAILED "} ${entry}: one copy in a mixed bundle`);
    if (copies.length !== 1) findings.push(`${entry}: a mixed bundle contains ${copies.join(" and ")}`);
  }
  return noPage === undefined ? [] : ["READMEs in a page"];
}

/** Writes what can be published into `kept`. Everything else is in `work`, outside of the repository, whose files it must not find. */
async function check(kept: string, work: string): Promise<void> {
  // The tests ask the same, within seconds; but a release writes versions after they have run.
  findings.push(...staleJsr(root));
  if (findings.length === 0) await step("build", ["pnpm", "build"], root);
  // What follows takes minutes, and fails for the same reason or for none.
  if (findings.length > 0) return conclude("release", findings, "");
  mkdirSync(join(kept, "npm"), { recursive: true });
  const all: Packed[] = [];
  await forEach(packageFolders(), async (folder) => all.push(await pack(folder, join(kept, "npm"), work)));
  const packed = inOrderOfDependencies(all);

  // A home without settings and caches. Only the registry is as this machine is configured.
  const registry = (await run(["npm", "config", "get", "registry"], { capture: true })).output.trim();
  const home = join(work, "home");
  mkdirSync(home);
  const env = { HOME: home, NPM_CONFIG_REGISTRY: registry, npm_config_registry: registry };
  stageJsr(root, join(kept, "jsr"));
  const skipped = await consume(packed, join(work, "consumer"), env, () =>
    step("JSR: dry run", ["deno", "publish", "--dry-run", "--allow-dirty"], join(kept, "jsr"), env),
  );

  const version = packed[0]?.manifest.version ?? "";
  for (const { folder, manifest } of packed) {
    if (manifest.version !== version) findings.push(`${folder} has another version than ${version}`);
  }
  writeFileSync(join(kept, "publish"), formatPublishScript(packed), { mode: 0o755 });
  const result = `${packed.length} packages of ${version} can be published, installed and used`;
  conclude("release", findings, skipped.length === 0 ? result : `${result}; SKIPPED: ${skipped.join(", ")}`);
}

if (options.write) {
  const refusal = await replaceRepositoryUrl(root, repositoryUrl);
  if (refusal !== undefined) findings.push(refusal);
  else {
    writeJsr(root);
    await run(["biome", "format", "--write", "packages"], { capture: true });
  }
  conclude("release", findings, "what follows from the manifests is written");
} else {
  const kept = options.keep === undefined ? undefined : resolve(options.keep);
  if (kept !== undefined && existsSync(kept)) throw new Error(`${kept} exists: remove it, or name another for --keep`);
  const work = mkdtempSync(join(tmpdir(), "hybi-release-"));
  try {
    await check(kept ?? work, work);
  } finally {
    rmSync(work, { recursive: true });
  }
}
