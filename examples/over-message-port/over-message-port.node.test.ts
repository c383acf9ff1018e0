import { describe, expect, it } from "vitest";
import { run } from "../tests/program.ts";

const binaries = new URL("../../node_modules/.bin/", import.meta.url).pathname;

describe("the example of a transport over a message port", () => {
  it.each([
    ["Node", undefined],
    ["Deno", [`${binaries}deno`, "run", "-A", "--conditions", "@hybi/source"]],
    ["Bun", [`${binaries}bun`, "--conditions=@hybi/source"]],
  ])("exchanges messages with a worker in %s, which accepts bytes and rejects text [R33]", async (_, command) => {
    const lines = await run(["over-message-port/main.ts"], command);
    expect(lines).toEqual(["the worker has counted 1000000", "closed: 1003 Only bytes are counted. clean"]);
  });
});
