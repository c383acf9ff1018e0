import { describe, expect, it } from "vitest";
import { run } from "../tests/program.ts";

describe("the example of a transport over an HTTP/2 stream", () => {
  it("exchanges messages through one stream while another handles an ordinary request, and closes cleanly [R33]", async () => {
    const lines = await run(["over-http2-stream/main.ts"]);
    expect([...lines].sort()).toEqual([
      "an ordinary response",
      "and bytes unchanged: 1,2,3",
      "closed: 1000, clean",
      "hello, through stream 3",
    ]);
    expect(lines.at(-1)).toBe("closed: 1000, clean");
  });
});
