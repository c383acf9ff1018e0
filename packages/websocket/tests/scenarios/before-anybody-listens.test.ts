/** Messages that arrive before a listener is added. RFC 6455 knows no such moment: what was received must never be lost. */

import { describe, expect, it } from "vitest";
import { whenOpen } from "../../src/client/when-open.ts";
import type { WebSocket } from "../../src/socket/websocket.ts";
import { createTransportPair } from "../../src/transport/pair.ts";
import { silentSink } from "../support/by-hand.ts";
import { turn, until } from "../support/clock.ts";
import { clientRequest } from "../support/http.ts";
import { story, World } from "../support/link.ts";

/** Only the messages decide how long a connection lasts, so timeouts are disabled. */
const patient = { deadlines: { ping: Number.POSITIVE_INFINITY, stalled: Number.POSITIVE_INFINITY } };

/** Runs a loop over `socket`, and reports the messages it takes and how it ended. */
function looped(socket: WebSocket): { taken: unknown[]; ended: Promise<unknown> } {
  const taken: unknown[] = [];
  const ended = (async () => {
    try {
      for await (const message of socket) taken.push(message);
      return "done";
    } catch (error) {
      return error;
    }
  })();
  return { taken, ended };
}

describe.each(["server", "client"] as const)("messages that reach a %s before it has a listener", (side) => {
  async function sockets(world = new World()): Promise<{ world: World; here: WebSocket; peer: WebSocket }> {
    const { client, server } = await world.connected();
    return side === "server" ? { world, here: server, peer: client } : { world, here: client, peer: server };
  }

  it("wait for the first listener, and stay in order with later messages [R32]", async () => {
    const { here, peer } = await sockets();
    for (const text of ["1", "2", "3"]) peer.send(text);
    await turn();
    const events = story(here);
    peer.send("4");
    expect(events).toEqual([]);
    await turn();
    expect(events).toEqual(["message 1", "message 2", "message 3", "message 4"]);
  });

  it("wait for onmessage, which receives them after the code that sets it has finished [R32]", async () => {
    const { here, peer } = await sockets();
    peer.send("1");
    await turn();
    const heard: unknown[] = [];
    here.onmessage = ({ data }) => heard.push(data);
    here.addEventListener("message", ({ data }) => heard.push(`also ${data}`));
    expect(heard).toEqual([]);
    await turn();
    expect(heard).toEqual(["1", "also 1"]);
  });

  it("wait for a loop, and for a second one after the first was left [R32]", async () => {
    const { here, peer } = await sockets();
    for (const text of ["1", "2", "3"]) peer.send(text);
    await turn();
    for await (const message of here) {
      expect(message).toBe("1");
      break;
    }
    peer.send("4");
    await turn();
    const { taken } = looped(here);
    peer.send("5");
    await turn();
    expect(taken).toEqual(["2", "3", "4", "5"]);
  });

  it("are delivered one by one to listeners that take one at a time [R32]", async () => {
    const { here, peer } = await sockets();
    const next = async () =>
      await new Promise((resolve) => here.addEventListener("message", ({ data }) => resolve(data), { once: true }));
    for (const text of ["1", "2", "3"]) peer.send(text);
    await turn();
    expect([await next(), await next(), await next()]).toEqual(["1", "2", "3"]);
    peer.send("4");
    expect(await next()).toBe("4");
  });

  it("are delivered in the binaryType set by then [R32]", async () => {
    const { here, peer } = await sockets();
    here.binaryType = "blob";
    peer.send(Uint8Array.of(1, 2));
    await turn();
    here.binaryType = "arraybuffer";
    const events = story(here);
    await turn();
    expect(events).toEqual(["message 2 bytes"]);
  });

  it("are delivered before the end of a connection whose peer closes at once [R32]", async () => {
    const { here, peer } = await sockets();
    peer.send("1");
    peer.close(4001, "bye");
    await turn();
    const events = story(here);
    await turn();
    expect(events).toEqual(["message 1", "close 3 4001 bye clean"]);
  });

  it("are delivered before the end of a connection that is lost [R32]", async () => {
    for (const end of ["listener", "loop"] as const) {
      const { world, here, peer } = await sockets();
      peer.send("1");
      await turn();
      peer.terminate();
      await turn();
      if (end === "listener") {
        const events = story(here);
        await turn();
        expect(events).toEqual(["message 1", expect.stringMatching(/^error 3 /), "close 3 1006 unclean"]);
      } else {
        const { taken, ended } = looped(here);
        expect(await ended).toMatchObject({ name: "WebSocketError", closeCode: 1006 });
        expect(taken).toEqual(["1"]);
      }
      await until(() => world.server.connections === 0);
    }
  });

  it("are delivered before the failure of a connection whose peer breaks a rule after them [R32]", async () => {
    const { world, here, peer } = await sockets();
    peer.send("1");
    await turn();
    (side === "server" ? world.near : world.far)[0]?.write([Uint8Array.of(0xff, 0xff)]);
    await turn();
    const events = story(here);
    await turn();
    expect(events[0]).toBe("message 1");
    expect(events.slice(1).map((line) => line.slice(0, 7))).toEqual(["error 3", "close 3"]);
  });

  it("are dropped by close() and terminate(), which end the connection as usual [R32]", async () => {
    for (const end of ["close", "terminate"] as const) {
      const { here, peer } = await sockets();
      peer.send("1");
      await turn();
      here[end]();
      const events = story(here);
      await until(() => here.readyState === 3 && peer.readyState === 3);
      expect(events.filter((line) => line.startsWith("message"))).toEqual([]);
      expect(events.at(-1)).toBe(end === "close" ? "close 3 1005 clean" : "close 3 1006 unclean");
    }
  });

  it("delay the end after the peer has left only briefly, and less if there is a listener for the end [R32]", async () => {
    for (const isHeard of [false, true]) {
      const { world, here, peer } = await sockets();
      const ends: number[] = [];
      if (isHeard) here.onclose = ({ code }) => ends.push(code);
      peer.send("1");
      peer.close(4001);
      await turn();
      expect(here.readyState).toBe(2);
      await world.clock.advance(isHeard ? 1_000 : 10_000);
      expect([here.readyState, ends]).toEqual([3, isHeard ? [4001] : []]);
      expect(world.server.connections).toBe(0);
      expect(looped(here).taken).toEqual([]);
    }
  });

  it("do not make sends count as sent once the connection has ended behind them [R24] [R32]", async () => {
    const { here, peer } = await sockets();
    peer.send("1");
    await turn();
    peer.terminate();
    await turn();
    expect(here.readyState).toBe(2);
    here.send("lost");
    expect(here.bufferedAmount).toBe(4);
    const events = story(here);
    await turn();
    expect(events[0]).toBe("message 1");
    expect(events.at(-1)).toBe("close 3 1006 unclean");
  });

  it("are dropped by close() and terminate() after the connection has ended, which is reported at once [R32]", async () => {
    for (const end of ["close", "terminate"] as const) {
      const { world, here, peer } = await sockets();
      peer.send("1");
      peer.close(4001);
      await turn();
      const ends: number[] = [];
      here.onclose = ({ code }) => ends.push(code);
      here[end]();
      await turn();
      expect([ends, here.readyState, world.clock.due]).toEqual([[4001], 3, []]);
    }
  });

  it("are not delivered to a listener with an aborted signal, which is not added [R32]", async () => {
    const { here, peer } = await sockets();
    for (const text of ["1", "2"]) peer.send(text);
    await turn();
    const never: unknown[] = [];
    here.addEventListener("message", () => never.push(1), { signal: AbortSignal.abort() });
    await turn();
    const events = story(here);
    await turn();
    expect([events, never]).toEqual([["message 1", "message 2"], []]);
  });

  it("delay the end only briefly for a listener that is added later [R32]", async () => {
    const { world, here, peer } = await sockets();
    peer.send("1");
    peer.close(4001);
    await turn();
    await world.clock.advance(5_000);
    const ends: number[] = [];
    here.addEventListener("close", ({ code }) => ends.push(code));
    await world.clock.advance(999);
    expect(ends).toEqual([]);
    await world.clock.advance(1);
    expect([ends, world.clock.due]).toEqual([[4001], []]);
  });

  it("do not stop reading forever: the peer's end is detected behind them [R32]", async () => {
    for (const end of ["close", "terminate"] as const) {
      const { world, here, peer } = await sockets(new World({ server: patient, client: patient }));
      const ends: number[] = [];
      here.onclose = ({ code }) => ends.push(code);
      for (let count = 0; count < 300; count++) peer.send("x".repeat(1_000));
      await turn();
      peer[end]();
      await turn();
      expect(ends).toEqual([]);
      await world.clock.advance(10_000);
      await until(() => here.readyState === 3);
      expect([ends, world.server.connections, world.clock.due]).toEqual([[end === "close" ? 1005 : 1006], 0, []]);
    }
  });

  it("wait without limit once a loop has begun [R32]", async () => {
    const { world, here, peer } = await sockets(new World({ server: patient, client: patient }));
    for (let count = 0; count < 300; count++) peer.send("x".repeat(1_000));
    await turn();
    const messages = here[Symbol.asyncIterator]();
    expect((await messages.next()).done).toBe(false);
    await world.clock.advance(100_000);
    let count = 1;
    for await (const _ of messages) if (++count === 300) break;
    expect(count).toBe(300);
  });

  it("cause no exception in an application that continues while they wait and the peer has left [R32]", async () => {
    const { here, peer } = await sockets();
    peer.send("1");
    peer.close(4001);
    await turn();
    here.send("text");
    here.send(Uint8Array.of(1));
    here.send(new Blob(["blob"]));
    here.ping();
    here.pong();
    here.pause();
    here.resume();
    here.close(1000);
    await until(() => here.readyState === 3);
  });

  it("are limited in bytes and in number, and reading pauses until they are taken [R32]", async () => {
    for (const [message, count] of [
      ["x".repeat(1000), 5_000],
      ["", 50_000],
    ] as const) {
      const { here, peer } = await sockets();
      for (let index = 0; index < count; index++) peer.send(message);
      await turn();
      await turn();
      const received = here.statistics.messagesReceived;
      // The content of one transport chunk may come on top.
      expect(received).toBeLessThan(count / 2 + 140_000 / (message.length + 2));
      await turn();
      expect(here.statistics.messagesReceived).toBe(received);
      let heard = 0;
      here.onmessage = () => heard++;
      await until(() => heard === count);
    }
  });
});

describe("the opening handshake", () => {
  it("gives a handler time for asynchronous work before it adds a listener [R32]", async () => {
    const heard: unknown[] = [];
    let proceed!: () => void;
    const asked = new Promise<void>((resolve) => {
      proceed = resolve;
    });
    const world = new World({
      handler: async (opening) => {
        const socket = opening.accept();
        await asked;
        for await (const message of socket) heard.push(message);
      },
    });
    const [near, far] = createTransportPair();
    near.start(silentSink);
    world.server.receive(far);
    near.write([clientRequest("/"), Uint8Array.of(0x81, 0x81, 0, 0, 0, 0, 0x31)]);
    await turn();
    near.write([Uint8Array.of(0x81, 0x81, 0, 0, 0, 0, 0x32, 0x88, 0x80, 0, 0, 0, 0)]);
    await turn();
    proceed();
    await until(() => heard.length === 2);
    expect(heard).toEqual(["1", "2"]);
  });

  it("gives a client time between whenOpen() and its first listener [R32]", async () => {
    const world = new World({
      handler: (opening) => {
        const socket = opening.accept();
        socket.send("welcome");
        socket.close(4000);
      },
    });
    const socket = await whenOpen(new world.WebSocket("ws://example.com/"));
    await turn();
    const events = story(socket);
    await turn();
    expect(events).toEqual(["message welcome", "close 3 4000 clean"]);
  });
});

describe("adding null", () => {
  it("with addEventListener or onmessage does not count as a listener [R32]", async () => {
    const { client, server } = await new World().connected();
    client.send("1");
    await turn();
    server.addEventListener("message", null);
    server.onmessage = null;
    await turn();
    const events = story(server);
    await turn();
    expect(events).toEqual(["message 1"]);
  });
});
