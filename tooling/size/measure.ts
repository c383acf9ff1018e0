/** Bundles programs as their users would, and returns how many bytes they send. */

import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build as buildWithEsbuild } from "esbuild";
import { build as buildWithVite } from "vite";
import type { Entry } from "./entries.ts";

/** Bytes of an entry, minified and gzipped, by the bundler that made it. */
export interface Size {
  readonly esbuild: number;
  readonly vite: number;
}

/** What is not bundled: modules of Node, the DEFLATE of the portable codec, and native addons that `ws` tries to load. */
const external = [/^node:/, /^pako$/, /^bufferutil$/, /^utf-8-validate$/];
const ofNode = ["events", "http", "https", "net", "tls", "crypto", "stream", "url", "zlib", "buffer"];

export type Bundler = keyof Size;

/** Each bundles an entry, whose imports are resolved from `folder`, and returns the text. */
export const bundlers: Readonly<Record<Bundler, (entry: Entry, folder: string) => Promise<string>>> = {
  esbuild: bundleWithEsbuild,
  vite: bundleWithVite,
};

/** Measures the entry, whose imports are resolved from `folder`. */
export async function measure(entry: Entry, folder: string): Promise<Size> {
  return {
    esbuild: gzippedLength(await bundleWithEsbuild(entry, folder)),
    vite: gzippedLength(await bundleWithVite(entry, folder)),
  };
}

async function bundleWithEsbuild({ code, platform }: Entry, folder: string): Promise<string> {
  const { outputFiles } = await buildWithEsbuild({
    stdin: { contents: code, resolveDir: folder },
    bundle: true,
    minify: true,
    format: "esm",
    platform,
    external: ["pako", "bufferutil", "utf-8-validate"],
    write: false,
    // Errors are thrown as well. Warnings are about imports without names, which are dropped as they should.
    logLevel: "silent",
  });
  return outputFiles.map(({ text }) => text).join("");
}

async function bundleWithVite({ code, platform }: Entry, folder: string): Promise<string> {
  // A file that exists only for the bundler.
  const path = join(folder, "size-entry.js");
  const result = await buildWithVite({
    root: folder,
    configFile: false,
    logLevel: "silent",
    // The field `browser` of a package applies to pages only.
    resolve: {
      conditions: ["module", platform],
      mainFields: platform === "browser" ? ["browser", "module"] : ["module"],
    },
    plugins: [
      {
        name: "entry",
        enforce: "pre",
        resolveId: (source) => (source === path ? path : undefined),
        load: (id) => (id === path ? code : undefined),
      },
    ],
    build: {
      write: false,
      minify: true,
      target: "es2022",
      modulePreload: false,
      // Not `lib`, for which Vite keeps the white space.
      rollupOptions: { input: path, preserveEntrySignatures: "strict", external: [...external, ...ofNode] },
    },
  });
  const outputs = [result].flat().flatMap((built) => ("output" in built ? built.output : []));
  return outputs.map((file) => (file.type === "chunk" ? file.code : "")).join("");
}

function gzippedLength(text: string): number {
  if (text === "") throw new Error("bug: the bundle is empty");
  return gzipSync(text, { level: 9 }).length;
}
