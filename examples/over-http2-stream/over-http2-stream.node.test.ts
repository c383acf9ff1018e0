import { describe, expect, it } from "vitest";
import { run } from "../tests/program.ts";

describe("the example of a transport over an HTTP/2 stream", () => {
  it("talks through one stream while another answers an ordinary request, and closes well [R33]", async () => {
    const lines = await run(["over-http2-stream/main.ts"]);
    expect([...lines].sort()).toEqual([
      "an ordinary answer",
      "and bytes as they were: 1,2,3",
      "closed: 1000, clean",
      "hello, through stream 3",
    ]);
    expect(lines.at(-1)).toBe("closed: 1000, clean");
  });
});
