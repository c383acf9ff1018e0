/**
 * Lets `require` return the class itself, as that of `ws` does, and lets the declarations say so: everything else is a property of it,
 * or in its namespace. `import` takes it from there. Runs after tsup, which writes declarations beside its last step.
 */
import { appendFile, readFile, rm, writeFile } from "node:fs/promises";

for (const name of ["index", "browser"]) {
  await appendFile(`dist/${name}.cjs`, "module.exports = module.exports.default;\n");
}
const path = "dist/index.d.cts";
const text = await readFile(path, "utf8");
const exports = /^export \{[^}]*\bWebSocket as default\b[^}]*\};$/m;
if (!exports.test(text)) throw new Error(`${path} has no default export`);
await writeFile(path, text.replace(exports, "export = WebSocket;"));

// `import` gives the class that `require` gives, so that `instanceof` holds between modules of both kinds.
const internals = ["PerMessageDeflate", "Receiver", "Sender"];
const names = ["createWebSocketStream", "extension", ...internals, "Server", "subprotocol", "WebSocketServer"];
await writeFile(
  "dist/index.js",
  `import WebSocket from "./index.cjs";
export const { ${names.join(", ")} } = WebSocket;
export { WebSocket, WebSocket as default };
`,
);
await rm("dist/index.js.map");
