/**
 * Lets `require` return the class itself, as that of `ws` does, and lets the declarations say so: everything else is a property of it,
 * or in its namespace. `import` takes it from there. Runs after tsup, which writes declarations beside its last step; with
 * `--no-dts` there are none.
 */
import { appendFile, readFile, rm, writeFile } from "node:fs/promises";

for (const name of ["index", "browser"]) {
  await appendFile(`dist/${name}.cjs`, "module.exports = module.exports.default;\n");
}
const internals = ["PerMessageDeflate", "Receiver", "Sender"];
const names = ["createWebSocketStream", "extension", ...internals, "Server", "subprotocol", "WebSocketServer"];

if (!process.argv.includes("--no-dts")) await finishDeclarations();

// `import` gives the class that `require` gives, so that `instanceof` holds between modules of both kinds.
await writeFile(
  "dist/index.js",
  `import WebSocket from "./index.cjs";
export const { ${names.join(", ")} } = WebSocket;
export { WebSocket, WebSocket as default };
`,
);
await rm("dist/index.js.map");

async function finishDeclarations(): Promise<void> {
  // Private fields would make a class of its own of each declaration, and of a stand-in that a test makes. Those of `ws` have none.
  const declarations = (await readFile("dist/index.d.ts", "utf8")).replaceAll(/^ {4}#private;\n/gm, "");
  await writeFile("dist/index.d.ts", declarations);

  // What `require` returns is the class, and all else is a property of it. Classes of their own: `declare module "ws"` of a program may add
  // to `Server` and `WebSocket` there, which are no aliases for that.
  const exports = /^export \{[^}]*\bWebSocket as default\b[^}]*\};$/m;
  if (!exports.test(declarations)) throw new Error("dist/index.d.ts has no default export");
  const parameters = `<
        Class extends typeof SocketClass = typeof SocketClass,
        Request extends typeof IncomingMessage = typeof IncomingMessage,
    >`;
  await writeFile(
    "dist/index.d.cts",
    declarations.replace(
      exports,
      `declare const SocketClass: typeof WebSocket;
interface SocketClass extends WebSocket {}
declare const ServerClass: typeof WebSocketServer;

declare namespace WebSocket {
    export { ${["createWebSocketStream", "extension", "subprotocol", ...internals].join(", ")} };
    export const WebSocket: typeof SocketClass;
    export interface WebSocket extends SocketClass {}
    export class Server${parameters} extends ServerClass<Class, Request> {}
    export const WebSocketServer: typeof Server;
    export interface WebSocketServer${parameters} extends Server<Class, Request> {}
}

export = WebSocket;`,
    ),
  );
}
