/** Bounded buffering: writers wait for the transport, and an application that does not read stops its peer. */
import { describe, expect, it } from "vitest";
import type { WebSocket } from "../../src/socket/websocket.ts";
import { turn, until } from "../support/clock.ts";
import { story, World } from "../support/link.ts";

const writeBudget = 131_072;

describe("a peer that does not read", () => {
  it("makes sent data wait in the endpoint, with one write in the transport", async () => {
    const world = new World();
    const { client, server } = await world.connected();
    server.pause();
    await turn();
    for (let count = 0; count < 100; count++) client.send(new Uint8Array(100_000));
    await turn();
    const inTransport = world.near[0]?.bytesInFlight ?? 0;
    expect(inTransport).toBeGreaterThan(0);
    expect(inTransport).toBeLessThan(writeBudget + 65_536 + 100);
    expect(client.statistics.bufferedLength).toBeGreaterThan(10_000_000);
    const messages: number[] = [];
    server.onmessage = ({ data }) => messages.push((data as ArrayBuffer).byteLength);
    server.resume();
    await until(() => messages.length === 100);
    await until(() => client.statistics.bufferedLength === 0);
    expect(client.bufferedAmount).toBe(0);
  });

  it("is sent a Ping and a more urgent message first, but after bytes that have already left [X24]", async () => {
    const world = new World();
    const { client, server } = await world.connected();
    server.binaryType = "arraybuffer";
    server.pause();
    await turn();
    const events = story(server);
    server.addEventListener("ping", () => events.push("ping"));
    for (let count = 0; count < 3; count++) client.send(new Uint8Array(1_000_000));
    await turn();
    client.ping();
    client.send("urgent", { priority: 1 });
    server.resume();
    await until(() => events.length === 5);
    expect(events).toEqual([
      ...["ping", "message 1000000 bytes", "message urgent", "message 1000000 bytes", "message 1000000 bytes"],
    ]);
  });

  it("does not keep a Pong from being sent between the fragments of a large message [X20] [X24]", async () => {
    const world = new World();
    const { client, server } = await world.connected();
    const pongs: number[] = [];
    server.send(new Uint8Array(5_000_000));
    client.addEventListener("pong", () => pongs.push(client.statistics.bytesReceived));
    client.ping(Uint8Array.of(1));
    await until(() => pongs.length === 1);
    expect(pongs[0]).toBeLessThan(1_000_000);
  });
});

describe("a loop over messages", () => {
  it("stops the peer while 64 KiB are queued, and resumes once half of them are taken", async () => {
    const { client, server } = await new World({ pair: { chunkSize: 8_192 } }).connected();
    client.binaryType = "arraybuffer";
    const messages = client[Symbol.asyncIterator]();
    for (let count = 0; count < 2_000; count++) server.send(new Uint8Array(1_000).fill(count));
    await turn();
    expect(2_000_000 - server.bufferedAmount).toBeLessThan(65_536 + 8_192 + writeBudget + 70_000);
    for (let count = 0; count < 2_000; count++) {
      const { value } = await messages.next();
      expect(new Uint8Array(value as ArrayBuffer)[0]).toBe(count & 0xff);
    }
    await until(() => server.bufferedAmount === 0);
  });

  it("ends with the connection, and throws when it was not closed cleanly", async () => {
    const world = new World();
    const { client, server } = await world.connected();
    const heard: unknown[] = [];
    const loop = (async () => {
      for await (const message of server) heard.push(message);
    })();
    client.send("one");
    client.send("two");
    client.close(1000);
    await loop;
    expect(heard).toEqual(["one", "two"]);
    for await (const message of server[Symbol.asyncIterator]()) heard.push(message);
    expect(heard).toHaveLength(2);

    const other = await world.connected();
    const lost = (async () => {
      for await (const message of other.server) heard.push(message);
    })();
    other.client.terminate();
    await expect(lost).rejects.toMatchObject({ name: "WebSocketError", closeCode: 1006 });
  });

  it("may be left, after which the socket keeps working and another loop may begin", async () => {
    const { client, server } = await new World().connected();
    const heard: unknown[] = [];
    client.send("x".repeat(70_000));
    client.send("y".repeat(70_000));
    for await (const message of server) {
      heard.push((message as string)[0]);
      break;
    }
    await turn();
    client.send("later");
    for await (const message of server) {
      heard.push(message);
      if (message === "later") break;
    }
    expect(heard[0]).toBe("x");
    expect(heard.at(-1)).toBe("later");
  });

  it("resumes reading when it is left while much was queued", async () => {
    const { client, server } = await new World().connected();
    const messages = server[Symbol.asyncIterator]();
    for (let count = 0; count < 10; count++) client.send("x".repeat(70_000));
    await turn();
    expect(client.bufferedAmount).toBeGreaterThan(0);
    expect(await messages.return?.()).toEqual({ done: true, value: undefined });
    await until(() => client.bufferedAmount === 0);
  });

  it("throws the error of the connection once, even to a consumer that was not waiting yet", async () => {
    const world = new World();
    const { server } = await world.connected();
    const messages = server[Symbol.asyncIterator]();
    world.near[0]?.lose(new Error("cable cut"));
    await until(() => server.readyState === 3);
    await expect(messages.next()).rejects.toMatchObject({ message: "cable cut" });
    expect(await messages.next()).toEqual({ done: true, value: undefined });
  });
});

describe("pause() and resume()", () => {
  /** Fills the queue of a loop over `client`'s messages, which then pauses reading itself. */
  async function rested() {
    const { client, server } = await new World({ pair: { chunkSize: 8_192 } }).connected();
    const messages = client[Symbol.asyncIterator]();
    for (let count = 0; count < 1_000; count++) server.send("x".repeat(1_000));
    await turn();
    const received = client.statistics.messagesReceived;
    expect(received).toBeGreaterThan(60);
    expect(received).toBeLessThan(200);
    const take = async (count: number): Promise<void> => {
      for (let taken = 0; taken < count; taken++) await messages.next();
      await turn();
    };
    return { client, server, messages, take, received };
  }

  it("called by the application are not undone by a loop that has emptied its queue [R13]", async () => {
    const { client, take, received } = await rested();
    client.pause();
    await take(received);
    expect(client.statistics.messagesReceived).toBe(received);
    client.resume();
    await take(1_000 - received);
    expect(client.statistics.messagesReceived).toBe(1_000);
  });

  it("called by the application do not undo the pause of a loop whose queue is full [R13]", async () => {
    const { client, take, received } = await rested();
    client.pause();
    await turn();
    client.resume();
    await turn();
    client.resume();
    await turn();
    expect(client.statistics.messagesReceived).toBe(received);
    await take(received);
    expect(client.statistics.messagesReceived).toBeGreaterThan(received);
  });

  it("called by the application stay in effect when the loop is left, and the loop's pause does not [R13]", async () => {
    const { client, messages, received } = await rested();
    client.pause();
    await messages.return?.();
    await turn();
    expect(client.statistics.messagesReceived).toBe(received);
    client.resume();
    await until(() => client.statistics.messagesReceived === 1_000);
  });

  it("of an accepted socket stay in effect although reading was paused until it was accepted [R13]", async () => {
    let accept: () => void = () => {};
    const accepted: WebSocket[] = [];
    const world = new World({
      handler: async (opening) => {
        await new Promise<void>((resolve) => (accept = resolve));
        const socket = opening.accept();
        socket.pause();
        accepted.push(socket);
      },
    });
    const client = new world.WebSocket("ws://example.com/");
    await turn();
    accept();
    await until(() => client.readyState === 1);
    await turn();
    client.send("unread");
    await turn();
    expect(accepted[0]?.statistics.messagesReceived).toBe(0);
    accepted[0]?.resume();
    await until(() => accepted[0]?.statistics.messagesReceived === 1);
  });

  it("never prevent a closing handshake from completing, even when called after close() [R13]", async () => {
    const { client, server } = await rested();
    client.pause();
    server.close(1000);
    const events = story(client);
    client.close(1000);
    client.pause();
    await until(() => events.length === 1);
    expect(events).toEqual(["close 3 1000 clean"]);
  });

  it("are not affected by a loop that is left twice while another one runs [R13]", async () => {
    const { client, server } = await new World().connected();
    const first = client[Symbol.asyncIterator]();
    await first.return?.();
    const second = client[Symbol.asyncIterator]();
    await first.return?.();
    server.send("x");
    expect(await second.next()).toEqual({ done: false, value: "x" });
  });

  it("may be called before the socket is open, and several times", async () => {
    const world = new World();
    const client = new world.WebSocket("ws://example.com/");
    client.pause();
    const events = story(client);
    // The response is read all the same.
    await until(() => events.length === 1);
    client.resume();
    client.resume();
    client.pause();
    client.pause();
    await turn();
    world.accepted[0]?.send("unread");
    await turn();
    expect(events).toEqual(["open"]);
    client.close();
    await until(() => events.length === 2);
    expect(events).toEqual(["open", "close 3 1005 clean"]);
  });

  it("let Pings be sent, so that a lost peer is noticed, but await no Pong, which would not be read [X23] [A06]", async () => {
    const world = new World({
      server: { deadlines: { ping: Number.POSITIVE_INFINITY, stalled: Number.POSITIVE_INFINITY } },
    });
    const { client } = await world.connected();
    client.pause();
    await world.clock.advance(600_000);
    expect(client.statistics.pingsTaken).toBe(24);
    expect([client.readyState, client.statistics.roundTripTime]).toEqual([1, undefined]);
    client.resume();
    await world.clock.advance(20_000);
    expect(client.readyState).toBe(1);
  });
});

describe("a socket that is paused while it is connecting", () => {
  it("reads the response, opens, and reads no message until it is resumed", async () => {
    const world: World = new World({
      handler: (opening) => {
        const socket = opening.accept();
        world.accepted.push(socket);
        setTimeout(() => socket.send("first"));
      },
    });
    const client = new world.WebSocket("ws://example.com/");
    const heard: unknown[] = [];
    client.onmessage = ({ data }) => heard.push(data);
    client.pause();
    await until(() => client.readyState === 1 && world.accepted.length === 1);
    await turn();
    await turn();
    expect([heard, client.isPaused]).toEqual([[], true]);
    client.resume();
    await until(() => heard.length === 1);
  });

  it("is not paused if it was resumed before it opened", async () => {
    const world = new World();
    const client = new world.WebSocket("ws://example.com/");
    client.pause();
    client.resume();
    const heard: unknown[] = [];
    client.onmessage = ({ data }) => heard.push(data);
    await until(() => client.readyState === 1 && world.accepted.length === 1);
    world.accepted[0]?.send("read");
    await until(() => heard.length === 1);
  });
});
