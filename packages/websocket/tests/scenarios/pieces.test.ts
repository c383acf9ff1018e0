/** A message that is sent in pieces (RFC 6455 §5.4): backpressure, order, ends and mistakes. */
import { describe, expect, it } from "vitest";
import { turn, until } from "../support/clock.ts";
import { heldClient } from "../support/held-transport.ts";
import { story, thrown, World } from "../support/link.ts";

async function codeOf(promise: Promise<unknown>): Promise<unknown> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason as { code?: unknown; name: string },
  );
  return error?.code || error?.name;
}

describe("a message in pieces", () => {
  it("waits for room, and close() until all has left", async () => {
    const { client, transport } = await heldClient();
    const writer = client.sendInPieces("binary", { highWaterMark: 100_000 });
    const told: string[] = [];
    await writer.write(new Uint8Array(50_000));
    void writer.write(new Uint8Array(100_000)).then(() => told.push("room"));
    await turn();
    expect(told).toEqual([]);
    transport.drain();
    await turn();
    expect(told).toEqual(["room"]);
    void writer.close().then(() => told.push("left"));
    await turn();
    for (let writes = 0; writes < 5 && transport.isHeld; writes++) {
      expect(told).toEqual(["room"]);
      transport.drain();
      await turn();
    }
    expect(told).toEqual(["room", "left"]);
    expect(transport.arrived).toMatchObject([{ type: "binary", data: { length: 150_000 } }]);
  });

  it("lets control frames through, and other messages only before it begins and behind it", async () => {
    const { client, server } = await new World().connected();
    const lines = story(server);
    server.addEventListener("ping", () => lines.push("ping"));
    const writer = client.sendInPieces("text");
    client.send("urgent", { priority: 1 });
    client.send("same");
    await turn();
    await writer.write("pie");
    await turn();
    client.send("late and urgent", { priority: 1 });
    client.ping();
    await turn();
    expect(lines).toEqual(["message urgent", "ping"]);
    await writer.write("ces");
    await writer.close();
    await turn();
    expect(lines.slice(2)).toEqual(["message pieces", "message late and urgent", "message same"]);
  });

  it("is an underlying sink", async () => {
    const { client, server } = await new World().connected();
    const lines = story(server);
    const pieces = new ReadableStream<string>({
      start(controller) {
        for (const piece of ["a", "b", "c"]) controller.enqueue(piece);
        controller.close();
      },
    });
    await pieces.pipeTo(new WritableStream(client.sendInPieces("text")));
    await until(() => lines.length === 1);
    expect(lines).toEqual(["message abc"]);
  });

  it("given up before it begins lets what waits behind it leave at once", async () => {
    const { client, server } = await new World().connected();
    const lines = story(server);
    const first = client.sendInPieces("text");
    const second = client.sendInPieces("text");
    client.send("behind", () => lines.push("left"));
    const drained = client.drained().then(() => lines.push("drained"));
    await turn();
    expect(lines).toEqual([]);
    first.abort();
    await turn();
    expect(lines).toEqual([]);
    second.abort();
    await turn();
    await drained;
    expect(lines.sort()).toEqual(["drained", "left", "message behind"]);
  });

  it("given up before it begins never was; given up later, it closes the connection with 1011", async () => {
    const { client, server } = await new World().connected();
    const lines = story(server);
    const first = client.sendInPieces("text");
    const written = first.write("never sent");
    first.abort();
    first.abort();
    client.send("next");
    await written;
    expect(await codeOf(first.write("more"))).toBe("send/message-ended");
    expect(await codeOf(first.close())).toBe("send/message-ended");
    await client.drained();
    expect([client.bufferedAmount, client.readyState]).toEqual([0, 1]);
    const second = client.sendInPieces("text");
    await second.write("begun");
    await turn();
    second.abort();
    await until(() => server.readyState === 3);
    expect(lines).toEqual(["message next", "close 3 1011 message given up clean"]);
  });

  it("abort after close does nothing, and close again is the same", async () => {
    const { client, server } = await new World().connected();
    const lines = story(server);
    const writer = client.sendInPieces("text");
    const closed = writer.close();
    writer.abort();
    expect(writer.close()).toBe(closed);
    await closed;
    expect(await codeOf(writer.write("x"))).toBe("send/message-ended");
    await until(() => lines.length === 1);
    expect(lines).toEqual(["message "]);
  });

  it("behind a Blob waits for it, keeps its order, and can be given up meanwhile", async () => {
    const { client, server } = await new World().connected();
    const lines = story(server);
    client.send(new Blob(["blob"]));
    const writer = client.sendInPieces("text");
    const other = client.sendInPieces("text");
    const pieces = [writer.write("1"), writer.write("2")];
    const never = codeOf(other.write("never"));
    other.abort();
    client.send("behind");
    await turn();
    pieces.push(writer.write("3"), writer.close());
    expect(await never).toBe("send/message-ended");
    await Promise.all(pieces);
    await until(() => lines.length === 3);
    expect(lines).toEqual(["message 4 bytes", "message 123", "message behind"]);
  });

  it("rejects what is wrong, and goes on without it", async () => {
    const { client, server } = await new World().connected();
    const lines = story(server);
    const binary = client.sendInPieces("binary");
    expect(await codeOf(binary.write("text"))).toBe("send/kind");
    expect(await codeOf(binary.write(1 as never))).toBe("send/kind");
    expect(await codeOf(binary.write(new Blob([]) as never))).toBe("TypeError");
    await binary.close();
    const text = client.sendInPieces("text");
    await text.write(Uint8Array.of(0xc3));
    expect(await codeOf(text.write("x"))).toBe("send/not-utf8");
    expect(await codeOf(text.close())).toBe("send/not-utf8");
    await text.write(Uint8Array.of(0xa9));
    await text.close();
    await until(() => lines.length === 2);
    expect(lines).toEqual(["message 0 bytes", "message é"]);
    expect(thrown(() => client.sendInPieces("blob" as never)).code).toBe("option/range");
    expect(thrown(() => client.sendInPieces("text", { highWaterMark: -1 })).code).toBe("option/range");
    expect(thrown(() => client.sendInPieces("text", { priority: 0.5 })).code).toBe("send/priority");
    expect(thrown(() => client.sendInPieces("text", { binary: true } as never)).code).toBe("option/unknown");
    const early = new new World().WebSocket("ws://example.com/");
    expect(thrown(() => early.sendInPieces("text")).name).toBe("InvalidStateError");
    early.close();
  });

  it("rejects when the connection ends, and when it has ended", async () => {
    const { client, transport } = await heldClient();
    const writer = client.sendInPieces("binary", { highWaterMark: 10 });
    const waiting = writer.write(new Uint8Array(100));
    await turn();
    transport.lose(new Error("cut"));
    expect(await codeOf(waiting)).toBe("WebSocketError");
    expect(await codeOf(writer.write(new Uint8Array(1)))).toBe("endpoint/ended");
    expect(await codeOf(writer.close())).toBe("endpoint/ended");
    const late = client.sendInPieces("binary");
    expect(await codeOf(late.write(new Uint8Array(1)))).toBe("endpoint/ended");
    expect(await codeOf(late.close())).toBe("endpoint/ended");
    late.abort();
  });

  it("rejects close() when the connection ends before all has left, and the socket's close() drops what is not closed", async () => {
    const { client, transport } = await heldClient();
    const writer = client.sendInPieces("binary");
    await writer.write(new Uint8Array(100));
    await turn();
    const closed = writer.close();
    await turn();
    transport.lose(new Error("cut"));
    expect(await codeOf(closed)).toBe("WebSocketError");

    const other = await heldClient();
    other.transport.isFree = true;
    const open = other.client.sendInPieces("text");
    await open.write("not all");
    other.client.close();
    expect(await codeOf(open.write("late"))).toBe("send/after-close");
    await turn();
    other.transport.answer();
    other.transport.abort();
    await until(() => other.client.readyState === 3);
    expect(other.transport.arrived.map(({ type }) => type)).toEqual(["close"]);
  });

  it("is bounded by the limit of queued output", async () => {
    const { client } = await heldClient({ limits: { queuedOutput: 100_000 } });
    const writer = client.sendInPieces("binary");
    const results = [];
    for (let count = 0; count < 20; count++) results.push(codeOf(writer.write(new Uint8Array(20_000))));
    await turn();
    client.terminate();
    const codes = await Promise.all(results);
    expect(codes.filter((code) => code === "send/queue-full").length).toBeGreaterThan(10);
    expect(codes[0]).toBe(undefined);
  });
});
