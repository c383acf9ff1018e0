/** The Workers of the documents, unchanged. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { listen, permessageDeflate } from "@hybi/node";
import { afterAll, beforeAll, expect, it } from "vitest";
import { root } from "../../tooling/repository.ts";
import { extractSnippets } from "../../tooling/snippets/extract.ts";
import { startWorkerd } from "./workerd.ts";

const document = "docs/guide/workers.md";
/** Below `interop`, where packages can be imported by name. */
const folder = `${import.meta.dirname}/.guide`;
const workers = extractSnippets(document, readFileSync(`${root}/${document}`, "utf8")).filter(
  ({ treatment }) => treatment === "worker",
);

beforeAll(() => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("the guide has a Worker", () => expect(workers).not.toEqual([]));

it.each(workers)(
  "the Worker at line $line of the guide responds to all requests with the reply of its backend",
  async ({ line, code }) => {
    const entry = `${folder}/${line}.ts`;
    writeFileSync(entry, code);
    const server = await listen(
      (opening) => {
        const socket = opening.accept();
        socket.onmessage = ({ data }) => socket.send(`echo: ${data}`);
      },
      { host: "127.0.0.1", extensions: [permessageDeflate()] },
    );
    const compatibilityDate = "2026-07-01";
    const workerd = await startWorkerd({ main: { entry, compatibilityDate, bindings: { BACKEND: server.url } } });
    const ask = async (index: number): Promise<string> => {
      const response = await fetch(workerd.urls.main as string, { method: "POST", body: `request ${index}` });
      return response.text();
    };
    const answers = await Promise.all(Array.from({ length: 8 }, (_, index) => ask(index)));
    expect(answers).toEqual(answers.map((_, index) => `echo: request ${index}`));
    await server.close({ timeout: 0 });
    const refused = await fetch(workerd.urls.main as string, { method: "POST", body: "hello" });
    expect(refused.status).toBe(502);
    expect(await refused.text()).not.toBe("");
    expect(workerd.log()).not.toMatch(/uncaught/i);
    await workerd.stop();
  },
);
