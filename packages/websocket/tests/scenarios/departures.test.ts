/** Knowing when messages have left: callbacks of `send`, `sendAndWait`, `drained()` and `drain`. */
import { describe, expect, it } from "vitest";
import { WebSocketError } from "../../src/dom/websocket-error.ts";
import { turn, until } from "../support/clock.ts";
import { heldClient, heldStream } from "../support/held-transport.ts";
import { thrown, World } from "../support/link.ts";

describe("the callback of send", () => {
  it("is called when the last byte has left, and not when the first has", async () => {
    const { client, transport } = await heldClient();
    const told: string[] = [];
    client.send("x".repeat(300_000), (error) => told.push(`long ${error}`));
    client.send("short", { priority: 0 }, (error) => told.push(`short ${error}`));
    await turn();
    expect(told).toEqual([]);
    transport.drain();
    await turn();
    expect([told, transport.isHeld]).toEqual([[], true]);
    for (let writes = 0; writes < 10 && transport.isHeld; writes++) {
      transport.drain();
      await turn();
    }
    expect(told).toEqual(["long undefined", "short undefined"]);
  });

  it("is never called within the call, and not at all if that throws", async () => {
    const { client, transport } = await heldClient();
    transport.isFree = true;
    let calls = 0;
    const count = (): void => void calls++;
    client.send("a", count);
    expect(calls).toBe(0);
    await turn();
    expect(calls).toBe(1);
    expect(thrown(() => client.send("b", { priority: 0.5 }, count)).code).toBe("send/priority");
    expect(thrown(() => client.send("b", {}, "late" as never)).code).toBe("option/type");
    client.close();
    client.send("c", count);
    expect(calls).toBe(1);
    await turn();
    expect(calls).toBe(2);
    const early = new new World().WebSocket("ws://example.com/");
    expect(thrown(() => early.send("d", count)).name).toBe("InvalidStateError");
    early.close();
    await turn();
    expect(calls).toBe(2);
  });

  it("takes the place of options, and further arguments of the platform are ignored as before", async () => {
    const { client, server } = await new World().connected();
    const received: unknown[] = [];
    server.onmessage = ({ data }) => received.push(data);
    ["a", "b"].forEach(client.send as (data: string) => void, client);
    client.send("c", undefined, undefined);
    await until(() => received.length === 3);
    expect(received).toEqual(["a", "b", "c"]);
    expect(client.send.length).toBe(1);
  });

  it("gets the error of a queue that is full, and those before it that of the end, in order", async () => {
    const { client } = await heldClient({ limits: { queuedOutput: 100_000 } });
    const told: string[] = [];
    const tell = (id: string) => (error?: Error) =>
      told.push(`${id} ${(error as { code?: string } | undefined)?.code || error?.name}`);
    client.send("x".repeat(200_000), tell("1"));
    client.send("y", tell("2"));
    client.send("z", tell("3"));
    await until(() => client.readyState === 3);
    await turn();
    // The third was sent to a socket that was closing already.
    expect(told).toEqual(["1 WebSocketError", "2 send/queue-full", "3 send/after-close"]);
  });

  it("that throws is reported, and harms neither the others nor the socket", async () => {
    const { client, transport, clock } = await heldClient();
    transport.isFree = true;
    let calls = 0;
    client.send("a", () => {
      throw new Error("in the callback");
    });
    client.send("b", () => calls++);
    await turn();
    expect([calls, client.readyState, clock.reported.length]).toEqual([1, 1, 1]);
  });

  it("that rejects is reported, as a listener is", async () => {
    const { client, transport, clock } = await heldClient();
    transport.isFree = true;
    client.send("a", async () => {
      throw new Error("in the callback");
    });
    await turn();
    expect(clock.reported).toMatchObject([{ message: "in the callback" }]);
  });

  it("is one: another behind it is an error", async () => {
    const { client } = await heldClient();
    expect(thrown(() => client.send("a", (() => {}) as never, () => {})).code).toBe("option/type");
    // Null is none, as wrappers pass it.
    client.send("a", null as never, null as never);
    client.send("a", (() => {}) as never, null as never);
    expect(client.bufferedAmount).toBe(2);
  });

  it("may send, close and terminate", async () => {
    const { client, transport } = await heldClient();
    transport.isFree = true;
    const told: unknown[] = [];
    client.send("a", () => client.send("b", () => client.terminate()));
    client.send("c", (error) => told.push(error));
    await until(() => client.readyState === 3);
    expect(told).toEqual([undefined]);
    expect(transport.arrived.map((event) => (event as { data?: unknown }).data)).toEqual(["a", "c", "b"]);
  });
});

describe("sendAndWait", () => {
  it("resolves when the message has left, and rejects when the connection ends before", async () => {
    const { client, transport } = await heldClient();
    const first = client.sendAndWait("a");
    await turn();
    transport.drain();
    expect(await first).toBeUndefined();
    const second = client.sendAndWait("b", { compress: false });
    await turn();
    transport.lose(new Error("cut"));
    const error = await second.catch((reason) => reason);
    expect(error).toBeInstanceOf(WebSocketError);
    expect(error).toMatchObject({ closeCode: 1006, failure: { kind: "transport" } });
    await expect(client.sendAndWait("c")).rejects.toMatchObject({ code: "endpoint/ended" });
    await expect(client.sendAndWait("c", (() => {}) as never)).rejects.toMatchObject({ code: "option/type" });
  });

  it("rejects for what a Close frame of the peer has cut off, although the end is clean", async () => {
    const { client, transport } = await heldClient();
    client.send("x".repeat(100));
    await turn();
    const cutOff = client.sendAndWait("y".repeat(2_000_000));
    transport.peer.sendClose(1000);
    transport.answer();
    for (let writes = 0; writes < 30; writes++) {
      await turn();
      transport.drain();
    }
    transport.sink.end();
    transport.abort();
    await expect(cutOff).rejects.toMatchObject({ name: "WebSocketError", closeCode: 1000 });
  });
});

describe("a writer of a WebSocketStream", () => {
  it.each([0, 1, 1000])(
    "resolves when less than %s bytes are waiting: with 0 and 1, when the message has left",
    async (mark) => {
      const { stream, transport } = await heldStream({ writeHighWaterMark: mark });
      const writer = (await stream.opened).writable.getWriter();
      const told: string[] = [];
      void writer.write("x".repeat(200_000)).then(() => told.push("left"));
      for (let writes = 0; writes < 10; writes++) {
        await turn();
        const isLeft = !transport.isHeld;
        expect(told).toEqual(isLeft ? ["left"] : []);
        if (isLeft) break;
        transport.drain();
      }
      expect(told).toEqual(["left"]);
      const late = writer.write("y".repeat(2000));
      await turn();
      transport.lose(new Error("cut"));
      await expect(late).rejects.toBeInstanceOf(WebSocketError);
    },
  );
});

describe("drained() and drain", () => {
  it("say when nothing is left, and drain is fired once for all that was sent before", async () => {
    const { client, transport } = await heldClient();
    const told: string[] = [];
    client.addEventListener("drain", ({ type }) => told.push(`${type} ${client.bufferedAmount}`));
    await client.drained();
    client.send("a");
    client.send(new Blob(["bc"]));
    expect(client.bufferedAmount).toBe(3);
    const drained = client.drained().then(() => told.push("drained"));
    for (let writes = 0; writes < 4; writes++) {
      await turn();
      expect(told).toEqual([]);
      if (client.bufferedAmount === 0) break;
      transport.drain();
      if (client.bufferedAmount === 0) break;
    }
    await drained;
    expect(told).toEqual(["drain 0", "drained"]);
    await turn();
    expect(told.length).toBe(2);
  });

  it.each(["the Close frame of the peer has cut off", "was sent after close()"])(
    "take nothing for sent that %s: drained(), room for a piece and a stream's write reject with the end, drain is not fired",
    async (why) => {
      const { client, transport } = await heldClient();
      const told: string[] = [];
      client.addEventListener("drain", () => told.push("drain"));
      client.send("x".repeat(100));
      await turn();
      const writer = client.sendInPieces("text", { highWaterMark: 100 });
      const isCutOff = why.startsWith("the");
      if (isCutOff) for (let sent = 0; sent < 20; sent++) client.send("y".repeat(100_000));
      else {
        writer.abort();
        client.close();
        client.send("late");
      }
      const drained = client.drained();
      const settled = Promise.allSettled(isCutOff ? [drained, writer.write("z".repeat(100))] : [drained]);
      drained.catch(() => told.push("rejected"));
      if (isCutOff) transport.peer.sendClose(1000);
      transport.answer();
      for (let writes = 0; writes < 10; writes++) {
        await turn();
        transport.drain();
      }
      expect(client.bufferedAmount).toBeGreaterThan(0);
      expect(told).toEqual([]);
      transport.answer();
      transport.sink.end();
      transport.abort();
      for (const { status } of await settled) expect(status).toBe("rejected");
      expect(told).toEqual(["rejected"]);
    },
  );

  it("drained() rejects when the connection ends before, or has ended", async () => {
    const { client, transport } = await heldClient();
    client.send("a");
    const drained = client.drained();
    await turn();
    transport.lose(new Error("cut"));
    await expect(drained).rejects.toMatchObject({ name: "WebSocketError" });
    await expect(client.drained()).rejects.toMatchObject({ code: "endpoint/ended" });
  });

  it("let a producer of much be bounded without polling", async () => {
    const { client, server } = await new World().connected();
    let received = 0;
    server.onmessage = () => received++;
    let most = 0;
    for (let count = 0; count < 50; count++) {
      client.send(new Uint8Array(50_000));
      most = Math.max(most, client.bufferedAmount);
      await client.drained();
    }
    await until(() => received === 50);
    expect(most).toBe(50_000);
  });
});
