/** The WebSocketStream interface (WHATWG WebSockets, WebSocketStream). */

import { describe, expect, it } from "vitest";
import { WebSocketStream } from "../../src/client/websocket-stream.ts";
import { closeError, ProgramWebSocketError, WebSocketError } from "../../src/dom/websocket-error.ts";
import type { IncomingOpening } from "../../src/server/incoming-opening.ts";
import { turn, until } from "../support/clock.ts";
import { codeOf, statusOf } from "../support/failures.ts";
import { story, thrown, World } from "../support/link.ts";

async function rejection(promise: Promise<unknown>): Promise<WebSocketError> {
  return promise.then(
    () => {
      throw new Error("it was resolved");
    },
    (error: WebSocketError) => error,
  );
}

async function opened(world = new World(), options = {}) {
  const stream = new world.WebSocketStream("ws://example.com/x", options);
  const { readable, writable } = await stream.opened;
  await until(() => world.accepted.length > 0);
  const server = world.accepted.at(-1);
  if (server === undefined) throw new Error("nobody was accepted");
  return { world, stream, server, reader: readable.getReader(), writer: writable.getWriter() };
}

describe("the WebSocketStream", () => {
  it("resolves opened with streams, protocol and extensions [W15]", async () => {
    const world = new World({ handler: (opening) => opening.accept({ subprotocol: "b" }) });
    const stream = new world.WebSocketStream("http://example.com/x", { protocols: ["a", "b"] });
    expect(stream.url).toBe("ws://example.com/x");
    const info = await stream.opened;
    expect(info).toMatchObject({ protocol: "b", extensions: "" });
    expect(info.readable).toBeInstanceOf(ReadableStream);
    expect(info.writable).toBeInstanceOf(WritableStream);
    expect(stream).toBeInstanceOf(WebSocketStream);
    expect({}).not.toBeInstanceOf(world.WebSocketStream);
    expect(world.WebSocketStream.name).toBe("WebSocketStream");
  });

  it.each(["ftp://example.com/", "ws://example.com/#", "ws://"])("throws a SyntaxError for %j", (url) => {
    expect(thrown(() => new new World().WebSocketStream(url)).name).toBe("SyntaxError");
  });

  it("throws a SyntaxError for duplicate subprotocols", () => {
    const { WebSocketStream: Stream } = new World();
    expect(thrown(() => new Stream("ws://example.com/", { protocols: ["a", "a"] })).name).toBe("SyntaxError");
  });

  it("reads text as strings and binary data as bytes, and writes strings, buffers and views [W15]", async () => {
    const { server, reader, writer } = await opened();
    server.binaryType = "arraybuffer";
    const lines = story(server);
    await writer.write("text");
    await writer.write(Uint8Array.of(1, 2, 3));
    await writer.write(new ArrayBuffer(4));
    await writer.write(new DataView(new ArrayBuffer(9), 1, 5));
    await until(() => lines.length === 4);
    expect(lines).toEqual(["message text", "message 3 bytes", "message 4 bytes", "message 5 bytes"]);
    server.send("back");
    server.send(Uint8Array.of(4, 5, 6, 7));
    expect(await reader.read()).toEqual({ done: false, value: "back" });
    const { value } = await reader.read();
    expect(value).toEqual(Uint8Array.of(4, 5, 6, 7));
    expect((value as Uint8Array).buffer.byteLength).toBe(4);
  });

  it("rejects a Blob, and sends other values as strings", async () => {
    const { server, writer } = await opened();
    const lines = story(server);
    await writer.write(17 as never);
    await until(() => lines.length === 1);
    expect(lines).toEqual(["message 17"]);
    await expect(writer.write(new Blob(["x"]) as never)).rejects.toThrow(TypeError);
  });

  it("makes writes wait until the transport has room [W15]", async () => {
    const { server, writer } = await opened();
    server.onmessage = () => {};
    server.pause();
    await turn();
    let written = 0;
    for (let count = 0; count < 10; count++) void writer.write(new Uint8Array(100_000)).then(() => written++);
    await turn();
    expect(written).toBeLessThan(3);
    server.resume();
    await until(() => written === 10);
  });

  it("stops the peer while nothing is read, and buffers at most its high-water mark and one chunk [W15]", async () => {
    const world = new World({ pair: { chunkSize: 16_384 } });
    const { server, reader } = await opened(world, { readHighWaterMark: 32_768 });
    for (let count = 0; count < 1_000; count++) server.send(new Uint8Array(1_000).fill(count));
    await turn();
    const held = 1_000 * 1_000 - server.bufferedAmount;
    expect(held).toBeLessThan(32_768 + 16_384 + 131_072 + 2_000);
    for (let count = 0; count < 1_000; count++) {
      const { value } = await reader.read();
      expect((value as Uint8Array)[0]).toBe(count & 0xff);
    }
    await until(() => server.bufferedAmount === 0);
  });

  it("closes with the arguments of close(), and resolves closed with the peer's code and reason [W15]", async () => {
    const { stream, server, reader, writer } = await opened();
    const lines = story(server);
    expect(thrown(() => stream.close({ closeCode: 1001 })).name).toBe("InvalidAccessError");
    expect(thrown(() => stream.close({ reason: "x".repeat(124) })).name).toBe("SyntaxError");
    stream.close({ closeCode: 3001, reason: "bye" });
    stream.close();
    expect(await stream.closed).toEqual({ closeCode: 3001, reason: "" });
    await turn();
    expect(lines).toEqual(["close 3 3001 bye clean"]);
    expect(await reader.read()).toEqual({ done: true, value: undefined });
    expect((await rejection(writer.closed)).name).toBe("InvalidStateError");
    stream.close();
  });

  it("ends its streams when the peer closes, after delivering earlier messages [W15]", async () => {
    const { stream, server, reader, writer } = await opened();
    server.send("last");
    server.close(4000, "over");
    expect(await stream.closed).toEqual({ closeCode: 4000, reason: "over" });
    expect((await reader.read()).value).toBe("last");
    expect((await reader.read()).done).toBe(true);
    expect((await rejection(writer.write("late"))).name).toBe("InvalidStateError");
  });

  it("closes without a code when its writable is closed, and waits for the peer [W15]", async () => {
    const { stream, server, writer } = await opened();
    const lines = story(server);
    await writer.write("first");
    await writer.close();
    await turn();
    expect(lines).toEqual(["message first", "close 3 1005 clean"]);
    expect(await stream.closed).toEqual({ closeCode: 1005, reason: "" });
  });

  it("takes the codes of programs from a WebSocketError only if it is no page", async () => {
    const reason = new ProgramWebSocketError("", { closeCode: 1011 });
    // The connection is closed all the same, without the code.
    const aborted = await opened();
    await expect(aborted.writer.abort(reason)).rejects.toMatchObject({ name: "InvalidAccessError" });
    expect(await aborted.stream.closed).toEqual({ closeCode: 1005, reason: "" });
    const cancelled = await opened();
    await expect(cancelled.reader.cancel(reason)).rejects.toMatchObject({ name: "InvalidAccessError" });
    expect(await cancelled.stream.closed).toEqual({ closeCode: 1005, reason: "" });
    expect(reason).toBeInstanceOf(WebSocketError);
    expect(closeError(1006, "")).toBeInstanceOf(ProgramWebSocketError);
    class Kicked extends ProgramWebSocketError {}
    expect([new Kicked() instanceof Kicked, new Kicked() instanceof ProgramWebSocketError]).toEqual([true, true]);
    expect([reason instanceof Kicked, closeError(1006, "") instanceof Kicked]).toEqual([false, false]);
  });

  it.each([
    [
      "aborting its writable",
      (writer: WritableStreamDefaultWriter, _: unknown, reason: unknown) => writer.abort(reason),
    ],
    [
      "cancelling its readable",
      (_: unknown, reader: ReadableStreamDefaultReader, reason: unknown) => reader.cancel(reason),
    ],
  ])("closes on %s, with the code of a WebSocketError [W15]", async (_, end) => {
    const cases: [unknown, string][] = [
      [new WebSocketError("", { closeCode: 4005, reason: "enough" }), "close 3 4005 enough clean"],
      [new WebSocketError("", { reason: "only" }), "close 3 1000 only clean"],
      [new ProgramWebSocketError("", { closeCode: 4005, reason: "enough" }), "close 3 4005 enough clean"],
      [new ProgramWebSocketError("", { reason: "only" }), "close 3 1000 only clean"],
      [new WebSocketError(), "close 3 1005 clean"],
      [new Error("else"), "close 3 1005 clean"],
      [closeError(1006, "another's"), "close 3 1005 clean"],
    ];
    for (const [reason, line] of cases) {
      const { server, writer, reader, stream } = await opened();
      const lines = story(server);
      await end(writer as never, reader as never, reason);
      await stream.closed;
      await turn();
      expect(lines).toEqual([line]);
    }
  });

  it("discards messages that arrive after its readable was cancelled", async () => {
    const { server, reader, stream } = await opened();
    server.send("unread");
    await reader.cancel();
    server.send("unread");
    expect(await stream.closed).toMatchObject({ closeCode: 1005 });
  });

  it("rejects opened and closed with the reason when the opening handshake fails [W15]", async () => {
    const world = new World({ handler: (opening) => opening.reject({ status: 403, body: "no" }) });
    const stream = new world.WebSocketStream("ws://example.com/");
    const error = await rejection(stream.opened);
    expect(error).toBeInstanceOf(WebSocketError);
    expect(error).toMatchObject({
      name: "WebSocketError",
      closeCode: 1006,
      reason: "",
      message: "The server answered 403 Forbidden.",
    });
    expect(statusOf(error.failure)).toBe(403);
    expect(await rejection(stream.closed)).toBe(error);
  });

  it("rejects when there is no transport", async () => {
    const stream = new WebSocketStream("ws://example.com/");
    expect((await rejection(stream.opened)).message).toMatch(/options.openTransport/);
  });

  it("rejects closed, and errors its streams, when the end is not clean [W15]", async () => {
    const { world, stream, reader, writer } = await opened();
    world.near[0]?.lose(new Error("cable cut"));
    const error = await rejection(stream.closed);
    expect(error).toMatchObject({ closeCode: 1006, message: "cable cut" });
    expect(await rejection(reader.read())).toBe(error);
    expect(await rejection(writer.write("late"))).toBe(error);
    expect((await stream.opened).protocol).toBe("");
  });

  it("rejects closed when the peer breaks the protocol, and when it leaves", async () => {
    const { world, stream } = await opened();
    world.far[0]?.write([Uint8Array.of(0xc1, 0x00)]);
    expect(codeOf((await rejection(stream.closed)).failure)).toBe("frame/rsv-unowned");
    const other = await opened();
    other.world.far[0]?.end();
    expect((await rejection(other.stream.closed)).message).toBe("The peer closed the transport without a Close frame.");
  });

  it("aborts the opening with the signal's reason when its signal is aborted [W15]", async () => {
    const world = new World({ handler: () => new Promise(() => {}) });
    const controller = new AbortController();
    const stream = new world.WebSocketStream("ws://example.com/", { signal: controller.signal });
    await until(() => world.server.connections === 1);
    await turn();
    controller.abort(new Error("changed my mind"));
    expect((await rejection(stream.opened)).message).toBe("changed my mind");
    expect((await rejection(stream.closed)).message).toBe("changed my mind");
    const early = new world.WebSocketStream("ws://example.com/", { signal: AbortSignal.abort() });
    expect((await rejection(early.opened)).name).toBe("AbortError");
  });

  it("ignores its signal once it is open [W15]", async () => {
    const controller = new AbortController();
    const { stream, server, reader } = await opened(new World(), { signal: controller.signal });
    controller.abort();
    server.send("still there");
    expect((await reader.read()).value).toBe("still there");
    stream.close();
    await stream.closed;
  });

  it("aborts the opening when close() is called", async () => {
    const world = new World();
    const stream = new world.WebSocketStream("ws://example.com/");
    stream.close();
    stream.close();
    expect((await rejection(stream.opened)).message).toBe("The connection was given up.");
  });

  it("follows redirects when the application allows it", async () => {
    const world = new World({
      handler: (opening: IncomingOpening): unknown =>
        opening.request.resourceName === "/"
          ? opening.reject({ status: 307, fields: [["Location", "/there"]] })
          : world.accepted.push(opening.accept()),
    });
    const stream = new world.WebSocketStream("ws://example.com/", { followRedirects: 1 });
    await stream.opened;
    expect(world.accepted[0]?.url).toBe("ws://example.com/there");
  });

  it("can also be accepted by a server", async () => {
    const streams: WebSocketStream[] = [];
    const world = new World({
      handler: (opening) => streams.push(opening.acceptStream({}, { readHighWaterMark: 10 })),
    });
    const client = new world.WebSocket("ws://example.com/path");
    const lines = story(client);
    await until(() => streams.length === 1 && client.readyState === 1);
    const [stream] = streams;
    if (stream === undefined) throw new Error("no stream");
    expect(stream.url).toBe("ws://example.com/path");
    const { readable, writable } = await stream.opened;
    void readable.pipeTo(writable).catch(() => {});
    client.send("echo");
    client.ping();
    await until(() => lines.length === 2);
    client.close(1000);
    expect(await stream.closed).toEqual({ closeCode: 1000, reason: "" });
    expect(lines).toEqual(["open", "message echo", "close 3 1000 clean"]);
  });
});
