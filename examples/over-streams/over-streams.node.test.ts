import { describe, expect, it } from "vitest";
import { run } from "../tests/program.ts";

describe("the example of a transport over streams", () => {
  it("exchanges messages with a program through its standard input and output, and closes cleanly [R33]", async () => {
    const lines = await run(["over-streams/main.ts"]);
    expect(lines[0]).toMatch(/^hello from process \d+$/);
    expect(lines.slice(1)).toEqual(["and bytes unchanged: 1,2,3", "closed: 1000, clean", "the program has exited: 0"]);
  });
});
