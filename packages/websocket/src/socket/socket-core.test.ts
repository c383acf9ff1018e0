import { prepareText } from "@hybi/core";
import { describe, expect, it } from "vitest";
import { turn, until } from "../../tests/support/clock.ts";
import { story, thrown, World } from "../../tests/support/link.ts";
import { CloseEvent, ControlEvent } from "../dom/socket-events.ts";

describe("the extensions of the interface", () => {
  it("send Pings and Pongs, and report received ones [X20] [X22]", async () => {
    const { client, server } = await new World().connected();
    const lines: string[] = [];
    for (const type of ["ping", "pong"] as const) {
      server.addEventListener(type, (event) => lines.push(`${event.type} ${[...event.payload]}`));
      client.addEventListener(type, (event) => lines.push(`client ${event.type} ${[...event.payload]}`));
    }
    client.ping(Uint8Array.of(1));
    client.pong(Uint8Array.of(2));
    await until(() => lines.length === 3);
    expect(lines.sort()).toEqual(["client pong 1", "ping 1", "pong 2"]);
    expect(client.statistics).toMatchObject({ roundTripTime: 0, pingsTaken: 1, bufferedLength: 0 });
    expect(thrown(() => client.ping(new Uint8Array(126))).code).toBe("control/payload-too-long");
    client.pong();
    client.close();
    client.ping();
    client.pong();
    await turn();
    expect(client.statistics.pingsTaken).toBe(1);
  });

  it("have statistics before there is a connection, and count messages and bytes afterwards", async () => {
    const world = new World();
    const early = new world.WebSocket("ws://example.com/");
    expect(early.statistics).toMatchObject({ bytesReceived: 0, messagesSent: 0, roundTripTime: undefined });
    expect(thrown(() => early.sendPrepared(prepareText("x"))).name).toBe("InvalidStateError");
    await until(() => early.readyState === 1);
    early.send("hello");
    await turn();
    expect(early.statistics).toMatchObject({ messagesSent: 1, bytesTaken: 11 });
    expect(world.accepted[0]?.statistics).toMatchObject({ messagesReceived: 1, bytesReceived: 11 });
  });

  it("drop the transport with terminate(), which is not clean, but no error once the socket was open", async () => {
    const { client, server } = await new World().connected();
    const [near, far] = [story(client), story(server)];
    client.terminate();
    expect(client.readyState).toBe(2);
    await until(() => near.length === 1 && far.length === 2);
    expect(near).toEqual(["close 3 1006 unclean"]);
    expect(far).toEqual(["error 3 The peer dropped the transport.", "close 3 1006 unclean"]);
  });

  it("allow terminate() and close() within a message event", async () => {
    const { client, server } = await new World().connected();
    const near = story(client);
    client.onmessage = () => client.terminate();
    server.send("1");
    server.send("2");
    await until(() => near.length === 2);
    expect(near).toEqual(["message 1", "close 3 1006 unclean"]);
  });

  it("remove listeners", async () => {
    const { client, server } = await new World().connected();
    const heard: unknown[] = [];
    const listener = () => heard.push("removed");
    client.addEventListener("message", listener);
    client.addEventListener("message", { handleEvent: ({ data }) => heard.push(data) });
    client.removeEventListener("message", listener);
    server.send("x");
    await until(() => heard.length === 1);
    expect(heard).toEqual(["x"]);
  });

  it("discard binary messages while there is no listener", async () => {
    const { client, server } = await new World().connected();
    server.send(Uint8Array.of(1));
    server.send("x");
    await turn();
    expect(client.statistics.messagesReceived).toBe(2);
  });
});

describe("an error in a handler", () => {
  it("is reported, and does not affect the socket", async () => {
    const world = new World();
    const { client, server } = await world.connected();
    client.onmessage = () => {
      throw new Error("in the handler");
    };
    const events = story(client);
    server.send("1");
    server.send("2");
    await until(() => events.length === 2);
    expect(world.clock.reported).toEqual([new Error("in the handler"), new Error("in the handler")]);
    expect(client.readyState).toBe(1);
  });
});

describe("a message that cannot be sent", () => {
  it("closes the socket when its buffer is full, and counts as buffered", async () => {
    const world = new World();
    const { client } = await world.connected({ limits: { queuedOutput: 1_000 } });
    const events = story(client);
    client.send(new Uint8Array(2_000));
    client.send(new Uint8Array(500));
    expect(client.readyState).toBe(2);
    expect(client.bufferedAmount).toBe(2_500);
    await until(() => events.length === 2);
    expect(events[0]).toMatch(/^error 3 The output queue is full/);
    expect(client.bufferedAmount).toBe(2_500);
  });

  it("closes the socket when it is a prepared message and the buffer is full", async () => {
    const { client } = await new World().connected({ limits: { queuedOutput: 1_000 } });
    client.send(new Uint8Array(2_000));
    client.sendPrepared(prepareText("abc"));
    expect([client.readyState, client.bufferedAmount]).toEqual([2, 2_003]);
  });

  it("throws for an invalid option, and changes nothing", async () => {
    const { client } = await new World().connected();
    expect(thrown(() => client.send("x", { priority: 0.5 })).code).toBe("send/priority");
    expect([client.readyState, client.bufferedAmount]).toEqual([1, 0]);
  });

  it("is dropped with the connection when it is a Blob that cannot be read", async () => {
    const { client } = await new World().connected();
    const events = story(client);
    class Unreadable extends Blob {
      override arrayBuffer(): Promise<ArrayBuffer> {
        return Promise.reject(new Error("the file has changed"));
      }
    }
    client.send(new Unreadable(["123"]));
    client.send("behind");
    await until(() => events.length === 2);
    expect(events).toEqual(["error 3 the file has changed", "close 3 1006 unclean"]);
    expect(client.bufferedAmount).toBe(9);
  });

  it("counts as buffered when it waits for a Blob while the connection is lost", async () => {
    const world = new World();
    const { client } = await world.connected();
    const events = story(client);
    let read: () => void = () => {};
    class Slow extends Blob {
      override arrayBuffer(): Promise<ArrayBuffer> {
        return new Promise((resolve) => (read = () => resolve(new ArrayBuffer(3))));
      }
    }
    client.send(new Slow(["123"]));
    client.send("behind");
    world.near[0]?.lose(new Error("cable cut"));
    await until(() => events.length === 2);
    read();
    await turn();
    expect(client.bufferedAmount).toBe(9);
    expect(events).toHaveLength(2);
  });

  it("counts as buffered when it is a Blob that was read after the peer closed", async () => {
    const { client, server } = await new World().connected();
    const events = story(client);
    let read: () => void = () => {};
    class Slow extends Blob {
      override arrayBuffer(): Promise<ArrayBuffer> {
        return new Promise((resolve) => (read = () => resolve(new ArrayBuffer(3))));
      }
    }
    client.send(new Slow(["123"]));
    server.close(1000);
    client.addEventListener("close", () => read());
    await until(() => events.length === 1);
    expect(client.bufferedAmount).toBe(3);
  });
});

describe("the event classes", () => {
  it("can be instantiated by the application", () => {
    expect(new CloseEvent("close")).toMatchObject({ type: "close", wasClean: false, code: 0, reason: "" });
    expect(new CloseEvent("close", { wasClean: true, code: 1000, reason: "x" }).wasClean).toBe(true);
    expect(new ControlEvent("ping", Uint8Array.of(1)).payload).toEqual(Uint8Array.of(1));
  });
});
