/** Bundles a program the way the packages are bundled for publishing, so that users' code is measured. */
import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const bundles = new Map<string, Promise<string>>();

/** Bundles the program `name`, once, and returns the path of the bundle. */
export function bundle(name: string): Promise<string> {
  let made = bundles.get(name);
  if (made === undefined) {
    made = make(name);
    bundles.set(name, made);
  }
  return made;
}

async function make(name: string): Promise<string> {
  const folder = fileURLToPath(new URL("dist/", import.meta.url));
  await mkdir(folder, { recursive: true });
  const outfile = `${folder}${name.replaceAll("/", "-")}.mjs`;
  await build({
    entryPoints: [fileURLToPath(new URL(`${name}.ts`, import.meta.url))],
    outfile,
    bundle: true,
    format: "esm",
    target: "es2022",
    platform: "node",
    conditions: ["@hybi/source"],
    external: ["ws"],
    logLevel: "warning",
  });
  return outfile;
}
