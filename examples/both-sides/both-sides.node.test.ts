import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runProgram, runtimes } from "../echo/programs.ts";
import { run } from "../tests/program.ts";
import { expected, serve } from "./server.ts";

const lines = [...expected.conversation, ...expected.failure];

describe("the code of both sides", () => {
  let world: Awaited<ReturnType<typeof serve>>;
  beforeAll(async () => {
    world = await serve();
  });
  afterAll(() => world.server.close());

  it.each(runtimes)("has the same conversation in %s", async (runtime) => {
    const output = await runProgram(runtime, "../both-sides/client.ts", [world.server.url, world.refusing]);
    expect(output.split("\n")).toEqual(lines);
  });

  it("runs as an example", async () => {
    expect(await run(["both-sides/main.ts"])).toEqual(lines);
  });
});
