import { describe, expect, it } from "vitest";
import { run } from "../tests/program.ts";

describe("the example of a client that reconnects", () => {
  it("finds the new server with a fresh token, sends what was queued, drops what exceeds the queue, and ends when rejected", async () => {
    expect(await run(["reconnecting/main.ts"])).toEqual([
      "attempt 1",
      "one, with token 1",
      "lost: 1001 maintenance",
      "four is dropped: 8 bytes are already queued",
      "attempt 2",
      "two, with token 2",
      "three, with token 2",
      "attempt 3",
      "ended: 401, final",
    ]);
  });
});
