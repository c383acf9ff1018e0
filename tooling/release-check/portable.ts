/**
 * Runs the programs of READMEs where there are no modules of Node: bundled in a page, in the Chromium of the system, and in a
 * Worker, in workerd.
 */
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { build } from "esbuild";
import { WebSocketServer } from "ws";
import { browsers } from "../../interop/browsers/browsers.ts";
import { startWorkerd } from "../../interop/workerd/workerd.ts";

/** Paths of programs in a folder of installed packages, by the name of their package. */
export type Programs = ReadonlyMap<string, string>;

/** Which of the programs failed, and what was said. */
export type Failures = Map<string, string>;

const { chromium } = browsers;

/** Why no page can be opened on this machine; undefined if it can. */
export function whyNoPage(): string | undefined {
  if (existsSync(chromium.program)) return undefined;
  return `${chromium.program} is not installed; on Debian, install ${chromium.package}`;
}

/** A server on a free port that sends each message back, and responds to requests with one of `files`. */
async function serve(files: ReadonlyMap<string, string>): Promise<{ address: string; close: () => void }> {
  const server = createServer(({ url = "" }, response) => {
    const text = files.get(url);
    if (text === undefined) response.statusCode = 404;
    response.setHeader("Content-Type", url.endsWith(".js") ? "text/javascript" : "text/html");
    response.end(text);
  });
  new WebSocketServer({ server }).on("connection", (socket) => {
    socket.on("message", (data, binary) => socket.send(data, { binary }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { address, close: () => void server.close() };
}

/** Runs each program as the module of a page, which must load, and must not throw before it ends. */
export async function runInPages(programs: Programs): Promise<Failures> {
  const failures: Failures = new Map();
  const files = new Map([["/", '<!doctype html><meta charset="utf-8"><title>README</title>']]);
  for (const [name, path] of programs) {
    const { outputFiles } = await build({
      entryPoints: [path],
      bundle: true,
      write: false,
      platform: "browser",
      format: "esm",
      target: "es2022",
      logLevel: "error",
    });
    files.set(`/${name}.js`, outputFiles[0]?.text ?? "");
  }
  const site = await serve(files);
  const browser = await chromium.type.launch({ ...chromium.options, executablePath: chromium.program });
  for (const name of programs.keys()) {
    const page = await browser.newPage();
    await page.goto(`http://${site.address}/`);
    await page.evaluate(`import("/${name}.js")`).catch((error: Error) => failures.set(name, error.message));
    await page.close();
  }
  await browser.close();
  site.close();
  return failures;
}

/** What each Worker is asked. It responds with the same, when its program has ended. */
const question = "hello";

/** Runs each program as a Worker, with the URL of a server that sends each message back in `env.BACKEND`. */
export async function runInWorkers(programs: Programs): Promise<Failures> {
  const failures: Failures = new Map();
  const backend = await serve(new Map());
  const settings = [...programs].map(([name, entry]) => [
    name,
    {
      entry,
      conditions: ["workerd"],
      compatibilityDate: "2026-07-01",
      bindings: { BACKEND: `ws://${backend.address}/` },
    },
  ]);
  const workerd = await startWorkerd(Object.fromEntries(settings));
  for (const name of programs.keys()) {
    const response = await fetch(workerd.urls[name] ?? "", { method: "POST", body: question });
    const answer = await response.text();
    if (!response.ok || answer !== question) failures.set(name, `${response.status}: ${answer}\n${workerd.log()}`);
  }
  await workerd.stop();
  backend.close();
  return failures;
}
