/** The code that page and server share, in a page. */
import { expect, it } from "vitest";
import { expected, serve } from "../../examples/both-sides/server.ts";
import { describeInPage } from "./world.ts";

describeInPage("the WebSocket of a page, from the import that page and server share", ["ws"], (world) => {
  it("has the conversation that it has in all runtimes", async () => {
    const { server, refusing } = await serve();
    expect(await world.page.evaluate((url) => inPage.converse(url), server.url)).toEqual(expected.conversation);
    expect(await world.page.evaluate((url) => inPage.fail(url), refusing)).toEqual(expected.failure);
    await server.close();
  });
});
