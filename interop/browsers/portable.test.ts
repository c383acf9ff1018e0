/** Our own code, which knows no runtime, in a page: what is portable in name is so in fact. */
import { expect, it } from "vitest";
import { describeInPage } from "./world.ts";

describeInPage("our code in a page", ["ws"], (world) => {
  it("carries any messages over any cut of the bytes, compressed or not", async () => {
    const seed = Number(process.env.HYBI_SEED);
    await world.page.evaluate((given) => inPage.checkRoundTrip(given), seed);
  });

  it("speaks WebSocket over a pair of streams", async () => {
    expect(await world.page.evaluate(() => inPage.talkOverStreams())).toBe("permessage-deflate same 4000 true");
  });

  it("speaks WebSocket with a worker, over a port", async () => {
    const result = await world.page.evaluate(() => inPage.talkToWorker("/page.js"));
    expect(result).toBe("permessage-deflate same 4000 true");
  });
});
