import { describe, expect, it } from "vitest";
import { run } from "../tests/program.ts";

describe("the example of a client that comes back", () => {
  it("finds the new server with a fresh token, says what waited, drops what was too much, and ends when refused", async () => {
    expect(await run(["reconnecting/main.ts"])).toEqual([
      "attempt 1",
      "one, with token 1",
      "lost: 1001 maintenance",
      "four is dropped: 8 bytes wait already",
      "attempt 2",
      "two, with token 2",
      "three, with token 2",
      "attempt 3",
      "ended: 401, final",
    ]);
  });
});
