import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import webpack from "webpack";
import WebpackDevServer from "webpack-dev-server";
import { Peer } from "./support.mjs";

test("a page hears that its module has changed, and fetches the update", { timeout: 60_000 }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "hybi-hmr-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, "index.js"), "export const value = 'first';\nmodule.hot.accept();\n");
  const compiler = webpack({
    mode: "development",
    context: folder,
    entry: "./index.js",
    output: { path: join(folder, "dist"), filename: "main.js" },
    devtool: false,
    infrastructureLogging: { level: "none" },
    stats: "none",
  });
  const server = new WebpackDevServer(
    { host: "127.0.0.1", port: "auto", hot: true, webSocketServer: "ws", client: { logging: "none" }, static: false },
    compiler,
  );
  await server.start();
  t.after(() => server.stop());
  const { port } = server.server.address();
  const origin = `http://127.0.0.1:${port}`;
  assert.match(await (await fetch(`${origin}/main.js`)).text(), /'first'/);

  const peer = new Peer(t, `ws://127.0.0.1:${port}/ws`, [], { origin });
  const until = async (type) => {
    for (;;) {
      const message = JSON.parse(await peer.next());
      if (message.type === type) return message.data;
    }
  };
  /** Writes the module until the page is told: what is written while the watcher begins may go unnoticed. */
  const change = async (text, type) => {
    const write = () => writeFileSync(join(folder, "index.js"), text);
    write();
    const again = setInterval(write, 2_000);
    return until(type).finally(() => clearInterval(again));
  };
  const first = await until("hash");
  await until("ok");
  await change("export const value = 'second';\nmodule.hot.accept();\n", "invalid");
  let second = await until("hash");
  while (second === first) second = await until("hash");
  await until("ok");
  const update = await (await fetch(`${origin}/main.${first}.hot-update.js`)).text();
  assert.match(update, /second/);

  const [error] = await change("export const = ;\n", "errors");
  assert.match(`${error.moduleName} ${error.message}`, /index\.js.* export const = ;/s);

  // A page of another site is let in by the protocol, and then told to go.
  const stranger = new Peer(t, `ws://127.0.0.1:${port}/ws`, [], { origin: "http://evil.example" });
  assert.deepEqual(JSON.parse(await stranger.next()), { type: "error", data: "Invalid Host/Origin header" });
  await stranger.closed;
});
