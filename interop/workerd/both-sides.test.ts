/** The code that page and server share, in a Worker. */
import { expect, it } from "vitest";
import { expected, serve } from "../../examples/both-sides/server.ts";
import { describeInWorkers } from "./world.ts";

describeInWorkers("the WebSocket of a Worker, from the import that page and server share", (world) => {
  it("has the conversation that it has in all runtimes", async () => {
    const { server, refusing } = await serve();
    expect(await world.run("converse", { url: server.url })).toEqual(expected.conversation);
    expect(await world.run("fail", { url: refusing })).toEqual(expected.failure);
    await server.close();
  });
});
