import { once } from "node:events";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createWebSocketStream, WebSocket } from "@hybi/ws";
import { describe, expect, it } from "vitest";
import { afterTest, open, serve } from "./support/servers.ts";

describe("a stream over a socket", () => {
  it("carries writes as messages, and messages as reads", async () => {
    const { url } = await serve({}, (socket) => {
      const duplex = createWebSocketStream(socket);
      duplex.pipe(duplex);
    });
    const duplex = createWebSocketStream(new WebSocket(url), { encoding: "utf8" });
    const sent = Array.from({ length: 50 }, (_, at) => `${at}:${"x".repeat(at * 1000)}`);
    let received = "";
    duplex.on("data", (text) => {
      received += text;
      if (received.length === sent.join("").length) duplex.end();
    });
    for (const text of sent) duplex.write(text);
    await once(duplex, "close");
    expect(received).toBe(sent.join(""));
  });

  it("pauses the socket while nobody reads", async () => {
    const { server, url } = await serve({}, () => {});
    const connection = once(server, "connection");
    const socket = await open(url);
    const [accepted] = await connection;
    const duplex = createWebSocketStream(socket, { readableHighWaterMark: 10 });
    accepted.send(Buffer.alloc(100));
    await once(socket, "message");
    expect(socket.isPaused).toBe(true);
    duplex.read();
    expect(socket.isPaused).toBe(false);
    duplex.destroy();
    await once(duplex, "close");
  });

  it("ends when the socket closes, and closes the socket when it ends", async () => {
    const { server, url } = await serve({}, (socket) => {
      socket.send("a");
      socket.close(1000);
    });
    const read: string[] = [];
    for await (const chunk of createWebSocketStream(new WebSocket(url))) read.push(String(chunk));
    expect(read).toEqual(["a"]);
    server.removeAllListeners("connection");
    const connection = once(server, "connection");
    const duplex = createWebSocketStream(new WebSocket(url));
    const [accepted] = await connection;
    const closed = once(accepted, "close");
    duplex.resume();
    await pipeline(Readable.from(["x"]), duplex, { end: true }).catch(() => {});
    expect((await closed)[0]).toBe(1005);
  });

  it("passes the error of the socket, and its own to nobody but its listeners", async () => {
    const duplex = createWebSocketStream(new WebSocket("ws://127.0.0.1:1"));
    const [error] = await once(duplex, "error").catch((thrown) => [thrown]);
    expect(error.code).toBe("ECONNREFUSED");
    const { url } = await serve();
    const socket = await open(url);
    const second = createWebSocketStream(socket);
    afterTest(() => socket.terminate());
    const closed = once(socket, "close");
    const failed = once(second, "error").catch((thrown) => [thrown]);
    second.destroy(new Error("mine"));
    expect([(await failed)[0].message, (await closed)[0]]).toEqual(["mine", 1006]);
  });

  it("in object mode has text as strings", async () => {
    const { url } = await serve({}, (socket) => {
      socket.send("text");
      socket.send(Buffer.from("bytes"));
      socket.close();
    });
    const read: unknown[] = [];
    for await (const chunk of createWebSocketStream(new WebSocket(url), { readableObjectMode: true })) read.push(chunk);
    expect(read).toEqual(["text", Buffer.from("bytes")]);
  });
});
