/** Our own runtime-independent code runs in a page: it is portable in fact, not only in name. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { root } from "../../tooling/repository.ts";
import { extractSnippets } from "../../tooling/snippets/extract.ts";
import { buildProgram } from "./build-page.ts";
import { describeInPage } from "./world.ts";

/** The programs of the guide that need no runtime; the first one runs over createTransportPair(). */
const guide = "docs/guide/websocket.md";
const programs = extractSnippets(guide, readFileSync(`${root}/${guide}`, "utf8")).filter(
  ({ treatment, code }) =>
    treatment === "run" && !/from "(node:|@hybi\/(node|deno|bun|testing|conformance))/.test(code),
);

describeInPage("our code in a page", ["ws"], (world) => {
  it("delivers any messages over any chunks, compressed or not", async () => {
    const seed = Number(process.env.HYBI_SEED);
    await world.page.evaluate((given) => inPage.checkRoundTrip(given), seed);
  });

  it("speaks WebSocket over createTransportPair(), and calls functions of the platform with the right receiver [R09]", async () => {
    const result = "permessage-deflate same 4000 true";
    expect(await world.page.evaluate(() => inPage.talkOverPair())).toEqual([result, result, result]);
  });

  it("calls each handler of a socket once [R06]", async () => {
    const calls = ["onopen", "listener", "onmessage", "onclose"];
    expect(await world.page.evaluate(() => inPage.callsOfHandlers())).toEqual(calls);
  });

  it.each(programs)("runs the program at line $line of the guide [R09]", async ({ code }) => {
    const script = await buildProgram(code);
    await world.page.evaluate((text) => inPage.runModule(text), script);
  });

  it("speaks WebSocket over a pair of streams", async () => {
    expect(await world.page.evaluate(() => inPage.talkOverStreams())).toBe("permessage-deflate same 4000 true");
  });

  it("speaks WebSocket with a worker, over a port", async () => {
    const result = await world.page.evaluate(() => inPage.talkToWorker("/page.js"));
    expect(result).toBe("permessage-deflate same 4000 true");
  });
});
