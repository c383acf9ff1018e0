/**
 * The neutral suites of the portable packages, in a page and in a dedicated worker of it, beside each other. Those of core run in the
 * page only: it names no global in which the two differ, which `pnpm check:purity` shows.
 */

import { describeSuites, type Environment } from "../suites/describe-suites.ts";
import type { Outcome, Settings } from "../suites/harness/main.ts";
import { World } from "./world.ts";

/** Globals of the page. */
interface InPage {
  /** What the script of the suites defines, here and in the worker. */
  readonly hybiSuites: { run(file: string, settings: Settings): Promise<Outcome[]> };
  /** The worker that has loaded the same script. */
  suitesWorker: Worker;
}

/**
 * After the script of the suites: the worker runs a file for each message that comes with a port, and answers there. Errors that
 * tests report on purpose reach the page as `error` events of the worker, and end nothing.
 */
const serveInWorker = `
if (!("document" in globalThis)) globalThis.addEventListener("message", async ({ data, ports: [port] }) => {
  try {
    port.postMessage({ outcomes: await hybiSuites.run(data.file, data.settings) });
  } catch (error) {
    port.postMessage({ error: String(error?.stack ?? error) });
  }
});`;

async function open(script: string): Promise<World> {
  const world = new World("ws");
  await world.begin(script + serveInWorker);
  return world;
}

async function startPage(script: string): Promise<Environment> {
  const world = await open(script);
  return {
    run: (file, settings) =>
      world.page.evaluate(([one, given]) => (globalThis as unknown as InPage).hybiSuites.run(one, given), [
        file,
        settings,
      ] as const),
    end: () => world.end(),
  };
}

async function startWorker(script: string): Promise<Environment> {
  const world = await open(script);
  await world.page.evaluate(() => {
    const worker = new Worker("/page.js");
    worker.addEventListener("error", (event) => event.preventDefault());
    (globalThis as unknown as InPage).suitesWorker = worker;
  });
  return {
    run: (file, settings) =>
      world.page.evaluate(
        (message) =>
          new Promise<Outcome[]>((resolve, reject) => {
            const { port1, port2 } = new MessageChannel();
            port1.onmessage = ({ data }) => ("error" in data ? reject(new Error(data.error)) : resolve(data.outcomes));
            (globalThis as unknown as InPage).suitesWorker.postMessage(message, [port2]);
          }),
        { file, settings },
      ),
    end: () => world.end(),
  };
}

const browser = process.env.HYBI_BROWSER;
await Promise.all([
  describeSuites(`a page of ${browser}`, ({ script }) => startPage(script)),
  describeSuites(`a worker of ${browser}`, ({ script }) => startWorker(script), {
    packages: ["permessage-deflate", "websocket"],
  }),
]);
