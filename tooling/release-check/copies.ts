/** How many copies of a package are in a bundle whose modules import it, some as ESM and some as CommonJS. */
import { build } from "esbuild";

/** Returns the kinds of files of the package of `entry`, as installed in `folder`, that such a bundle holds: one, if it has one copy. */
export async function copiesIn(entry: string, folder: string): Promise<string[]> {
  const contents = `import * as imported from "${entry}"; console.log(imported, require("${entry}"));`;
  const stdin = { contents, resolveDir: folder };
  const how = { platform: "node", format: "cjs", bundle: true, write: false, metafile: true } as const;
  const { metafile } = await build({ stdin, ...how });
  const name = entry.split("/", entry.startsWith("@") ? 2 : 1).join("/");
  const files = Object.keys(metafile.inputs).filter((path) => path.includes(`node_modules/${name}/`));
  return [...new Set(files.map(kindOf))].sort();
}

function kindOf(path: string): string {
  if (path.endsWith(".cjs")) return "CommonJS";
  return path.includes("/dist/modules/") ? "modules" : "joined files";
}
