/** One request at a time: our client in a Worker, over its TCP sockets, and both ends in its memory. */
import { permessageDeflate } from "@hybi/permessage-deflate";
import { expect, it } from "vitest";
import { describeInWorkers, echo } from "./world.ts";

const closed = { code: 4000, reason: "", wasClean: true };

describeInWorkers("a Worker", (world) => {
  it("echoes with itself over createTransportPair(), compressed or not [R09] [R10]", async () => {
    const received = Array.from({ length: 20 }, (_, index) => `message ${index}`);
    for (const compressed of [false, true]) {
      const result = await world.run("inMemory", { url: "", compressed, count: 20 });
      expect(result).toEqual({ received, code: 4000, wasClean: true });
    }
  });

  it("calls each handler once, in registration order among the listeners [R06]", async () => {
    const url = await world.serve(echo);
    const calls = ["onopen", "listener", "onmessage", "onclose"];
    expect(await world.run("handlers", { url })).toEqual(calls);
  });

  it("talks to a server over TCP and over TLS", async () => {
    for (const url of [await world.serve(echo), await world.serveSecurely(echo)]) {
      expect(await world.run("echo", { url, count: 10 })).toEqual({ ...closed, extensions: "" });
    }
  });

  it("sends and receives messages of any length, compressed or not", async () => {
    const url = await world.serve(echo, { extensions: [permessageDeflate()] });
    for (const compressed of [false, true]) expect(await world.run("lengths", { url, compressed })).toEqual([]);
  });

  it("compresses messages with the portable codec", async () => {
    const url = await world.serve(echo, { extensions: [permessageDeflate({ threshold: 0 })] });
    expect(await world.run("echo", { url, compressed: true, count: 10 })).toEqual({
      ...closed,
      extensions: expect.stringMatching(/^permessage-deflate/),
    });
  });

  it("talks over a WebSocketStream", async () => {
    const url = await world.serve(echo);
    expect(await world.run("streams", { url })).toEqual({
      received: [5, [1, 2, 3], 300_000],
      closed: { closeCode: 4000, reason: "" },
    });
  });

  it("receives the reason why a connection failed", async () => {
    const lost = { code: 1006, reason: "", wasClean: false };
    const refusing = await world.serve((opening) => opening.reject({ status: 401 }));
    expect(await world.run("until", { url: refusing })).toEqual({
      ...lost,
      message: expect.stringMatching(/The server answered 401 Unauthorized\.$/),
    });
    // Nobody listens on this port any more.
    const url = await world.serve(echo);
    await world.endTest();
    expect(await world.run("until", { url })).toEqual({ ...lost, message: expect.stringMatching(/./) });
  });

  it("receives 1006 for a lost connection, and the code of a closed one", async () => {
    const lost = await world.serve((opening) => void setTimeout((socket) => socket.terminate(), 0, opening.accept()));
    expect(await world.run("until", { url: lost })).toMatchObject({ code: 1006, wasClean: false });
    const url = await world.serve(
      (opening) => void setTimeout((socket) => socket.close(4001, "go"), 0, opening.accept()),
    );
    expect(await world.run("until", { url })).toMatchObject({ code: 4001, reason: "go", wasClean: true });
  });
});
