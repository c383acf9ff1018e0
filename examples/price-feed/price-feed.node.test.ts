import { describe, expect, it } from "vitest";
import { run } from "../tests/program.ts";

describe("the example of a price feed", () => {
  it("delivers each price between the pieces of the download, although all pieces were sent before", async () => {
    expect(await run(["price-feed/main.ts"])).toEqual([
      "101, during the download",
      "102, during the download",
      "103, during the download",
      "104, after the download",
    ]);
  });
});
