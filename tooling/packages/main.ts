/**
 * `pnpm check:packages` checks what users will install. It builds and packs each published package, checks the tarball
 * with publint, attw and our own rules, installs all tarballs with npm into an empty folder, and there runs every command
 * and imports every entry point: as ESM and as CommonJS, in Node, Deno and Bun, and with the compiler.
 */

import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { conclude, packageFolders, root, run } from "../repository.ts";
import { entryPoints, formatConsumer, runtimesOf } from "./consumer.ts";
import { checkManifest, checkTarballFiles, type Manifest } from "./manifest.ts";

const findings: string[] = [];
const work = mkdtempSync(join(tmpdir(), "hybi-packages-"));
const binaries = join(root, "node_modules/.bin");

/** Runs a step. Its output is reported only if it fails. */
async function step(what: string, command: readonly string[], cwd: string): Promise<string> {
  const { exitCode, output } = await run(command, { cwd, capture: true });
  console.log(`${exitCode === 0 ? "ok     " : "FAILED "} ${what}`);
  if (exitCode !== 0) findings.push(`${what}\n${output}`);
  return output;
}

async function pack(folder: string): Promise<{ folder: string; tarball: string; manifest: Manifest }> {
  const target = join(work, folder);
  mkdirSync(target, { recursive: true });
  await step(`${folder}: pack`, ["pnpm", "pack", "--pack-destination", target], join(root, folder));
  const tarball = join(target, readdirSync(target)[0] ?? "missing.tgz");
  const files = (await run(["tar", "-tzf", tarball], { capture: true })).output.trim().split("\n");
  const text = (await run(["tar", "-xzOf", tarball, "package/package.json"], { capture: true })).output;
  const manifest: Manifest = JSON.parse(text);
  const ours = [...checkManifest(manifest), ...checkTarballFiles(files)];
  findings.push(...ours.map((finding) => `${folder}: ${finding}`));
  await step(`${folder}: publint`, ["publint", "--strict", tarball], root);
  // The profile excludes the resolution of TypeScript before 4.7, which does not support `exports` and hence no `/frame`.
  await step(`${folder}: attw`, ["attw", "--profile", "node16", tarball], root);
  return { folder, tarball, manifest };
}

try {
  await step("build", ["pnpm", "build"], root);
  const packed = [];
  for (const folder of packageFolders()) packed.push(await pack(folder));

  const consumer = join(work, "consumer");
  mkdirSync(consumer);
  writeFileSync(join(consumer, "package.json"), JSON.stringify({ private: true, type: "module" }));
  const tarballs = packed.map(({ tarball }) => tarball);
  // Named one by one, because npm does not install peers that are optional.
  const peers = packed.flatMap(({ manifest }) => Object.entries(manifest.peerDependencies ?? {}));
  const names = [...tarballs, ...peers.map(([name, range]) => `${name}@${range}`)];
  await step("install with npm", ["npm", "install", "--ignore-scripts", "--loglevel=error", ...names], consumer);

  for (const { folder, manifest } of packed) {
    const name = folder.replace("packages/", "");
    for (const [file, text] of formatConsumer(name, entryPoints(manifest))) writeFileSync(join(consumer, file), text);
    for (const command of Object.keys(manifest.bin ?? {})) {
      const output = await step(`${folder}: ${command} runs`, ["npx", "--no-install", command, "--help"], consumer);
      if (!output.includes(`  ${command} `)) findings.push(`${command} --help does not show its usage`);
    }
    for (const { runtime, command } of runtimesOf(name)) {
      for (const format of ["mjs", "cjs"]) {
        await step(`${folder}: ${runtime} imports ${format}`, [...command, `${name}.${format}`], consumer);
      }
    }
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
    for (const compiler of ["tsc", "tsc6"]) {
      await step(
        `types, ${compiler} ${resolution.join(" ")}`,
        [join(binaries, compiler), ...options, ...files],
        consumer,
      );
    }
  }
  // An adapter exports permessageDeflate, and a program that does not use it gets nothing of it.
  for (const adapter of ["node", "deno", "bun"]) {
    const contents = `import { connect } from "@hybi/${adapter}"; connect("ws://127.0.0.1/");`;
    const stdin = { contents, resolveDir: consumer };
    const bundle = await build({ stdin, bundle: true, platform: "node", format: "esm", write: false });
    const isFree = !/node:zlib|pako/i.test(bundle.outputFiles[0]?.text ?? "pako");
    console.log(`${isFree ? "ok     " : "FAILED "} packages/${adapter}: a bundle without compression`);
    if (!isFree) findings.push(`packages/${adapter}: a bundle of connect contains DEFLATE`);
  }
  conclude("packages", findings, `${packed.length} packages can be installed, imported and type-checked`);
} finally {
  rmSync(work, { recursive: true });
}
