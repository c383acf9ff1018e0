/** A bundle of a client has nothing of the server, and the other way round. */
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";

const folder = dirname(fileURLToPath(import.meta.url));

/** Bundles `code` from the sources, and returns the modules of which something is left, as `websocket/src/pump/pump.ts`. */
async function modulesOf(code: string): Promise<string[]> {
  const { metafile } = await build({
    stdin: { contents: code, resolveDir: folder },
    bundle: true,
    format: "esm",
    platform: "node",
    conditions: ["@hybi/source"],
    write: false,
    metafile: true,
    logLevel: "silent",
  });
  const [output] = Object.values(metafile.outputs);
  return Object.entries(output?.inputs ?? {})
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .map(([path]) => path.replace(/^.*packages\//, ""));
}

/** What is particular to one role: folders, and modules directly in a package's `src`. */
const parts = {
  client: /^(websocket\/src\/client|node\/src\/http2\/client\.ts|(node|deno|bun)\/src\/(client|open|proxy)\.ts)/,
  server:
    /^(websocket\/src\/(server|load\/memory-budget)|(node|deno|bun)\/src\/(server|listen|secure-server|upgrade)\.ts)/,
};

const ofAdapters = ["node", "deno", "bun"].flatMap((runtime) => [
  ["connect", `@hybi/${runtime}`, "client", "server"] as const,
  ["WebSocket", `@hybi/${runtime}`, "client", "server"] as const,
  ["listen", `@hybi/${runtime}`, "server", "client"] as const,
]);

describe("a bundle", () => {
  it.each([
    ...ofAdapters,
    ["createWebSocketClass", "@hybi/websocket", "client", "server"] as const,
    ["WebSocketServer", "@hybi/websocket", "server", "client"] as const,
    ["upgrade", "@hybi/node", "server", "client"] as const,
  ])("of %s from %s has modules of the %s, and none of the %s", async (name, from, own, other) => {
    const modules = await modulesOf(`export { ${name} } from "${from}";`);
    expect(modules.filter((path) => parts[own].test(path))).not.toEqual([]);
    expect(modules.filter((path) => parts[other].test(path))).toEqual([]);
  });

  it("of connect has no WebSocketStream", async () => {
    const modules = await modulesOf('export { connect } from "@hybi/node";');
    expect(modules.filter((path) => /stream-core|websocket-stream|stream-options/.test(path))).toEqual([]);
  });
});
