/**
 * Lets `require` return the class itself, as that of `ws` does, and lets the declarations say so: everything else is a property of it,
 * or in its namespace. Runs after tsup, which writes declarations beside its last step.
 */
import { appendFile, readFile, writeFile } from "node:fs/promises";

for (const name of ["index", "browser"]) {
  await appendFile(`dist/${name}.cjs`, "module.exports = module.exports.default;\n");
}
const path = "dist/index.d.cts";
const text = await readFile(path, "utf8");
const exports = /^export \{[^}]*\bWebSocket as default\b[^}]*\};$/m;
if (!exports.test(text)) throw new Error(`${path} has no default export`);
await writeFile(path, text.replace(exports, "export = WebSocket;"));
