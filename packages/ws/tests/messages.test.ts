import { AsyncLocalStorage } from "node:async_hooks";
import { Blob } from "node:buffer";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { Duplex } from "node:stream";
import { closePayload, framesFrom, outlineFrames, statusCodeIn, type WrittenFrame } from "@hybi/testing/wire";
import { WebSocket } from "@hybi/ws";
import { describe, expect, it } from "vitest";
import { afterTest, open, rawClient, rawServer, serve } from "./support/servers.ts";

/** Two streams, each of which reads what is written to the other. */
function duplexPair(): [Duplex, Duplex] {
  const create = (peer: () => Duplex): Duplex =>
    new Duplex({
      read() {},
      write(chunk, _encoding, callback) {
        peer().push(chunk);
        callback();
      },
      final(callback) {
        peer().push(null);
        callback();
      },
    });
  const left: Duplex = create(() => right);
  const right: Duplex = create(() => left);
  return [left, right];
}

/** A client of a raw server that writes `frames`. */
async function receiving(...frames: WrittenFrame[]): Promise<WebSocket> {
  return new WebSocket(await rawServer((socket) => socket.write(framesFrom("server", ...frames))));
}

describe("send", () => {
  it.each([
    ["text", "a"],
    ["bytes", Buffer.from("a")],
    ["a number", 5],
    ["an ArrayBuffer", new Uint8Array([97]).buffer],
    ["a view", new Uint16Array([97])],
    ["a DataView", new DataView(new Uint8Array([1, 97]).buffer, 1)],
    ["a list of bytes", [97]],
    ["a Blob", new Blob(["a"])],
    ["nothing", undefined],
  ])("takes %s", async (_name, data) => {
    const { url } = await serve();
    const socket = await open(url);
    socket.send(data as string);
    const [received, isBinary] = await once(socket, "message");
    expect([Buffer.isBuffer(received), isBinary]).toEqual([true, !["string", "number"].includes(typeof data)]);
    const { payload } = { payload: received.toString("latin1").replace("\0", "") };
    expect(payload).toBe(data === undefined ? "" : data === 5 ? "5" : "a");
  });

  it("calls back in the asynchronous context of the caller, whoever causes the write", async () => {
    const { url } = await serve();
    const context = new AsyncLocalStorage<string>();
    const socket = await context.run("opening", () => open(url));
    const called = (send: (callback: () => void) => void): Promise<string | undefined> =>
      new Promise((resolve) => send(() => resolve(context.getStore())));
    const all = ["a", "b"].flatMap((name) =>
      context.run(name, () => [
        called((callback) => socket.send(name, callback)),
        called((callback) => socket.send(name, { binary: true }, callback)),
        called((callback) => socket.ping(name, undefined, callback)),
        called((callback) => socket.send(new Blob([name]), callback)),
      ]),
    );
    expect(await Promise.all(all)).toEqual([..."aaaabbbb"]);
  });

  it("takes the options binary, compress, mask and fin", async () => {
    const { url } = await serve();
    const socket = await open(url);
    socket.send(Buffer.from("é"), { binary: false });
    socket.send("é", { binary: true, compress: false, mask: false });
    socket.send("a", { fin: false });
    socket.ping();
    socket.send(Buffer.from("b"), { fin: false, compress: true });
    socket.send("c");
    socket.send(Buffer.from("d"), { fin: false });
    socket.send("é", { fin: true });
    const heard: string[] = [];
    socket.on("message", (data, isBinary) => heard.push(`${isBinary} ${data}`));
    while (heard.length < 4) await once(socket, "message");
    expect(heard).toEqual(["false é", "true é", "false abc", "true dé"]);
  });

  it("sends each message as one frame, whatever its length", async () => {
    const { url } = await serve({}, (socket) => {
      socket.send("x".repeat(100_000));
      socket.send(Buffer.alloc(300_000));
      socket.close(1000);
    });
    const { socket, frames } = await rawClient(url);
    while (socket.bytesRead < 400_000 + 16) await once(socket, "data");
    expect(frames().map(({ final, payload }) => [final, payload.length])).toEqual([
      [true, 100_000],
      [true, 300_000],
      [true, 2],
    ]);
  });

  it("leaves the memory of the program alone after it has returned", async () => {
    const { url } = await serve();
    const socket = await open(url);
    const data = Buffer.alloc(70_000, 1);
    socket.send(data);
    data.fill(2);
    const [received] = await once(socket, "message");
    expect([received[0], received.at(-1)]).toEqual([1, 1]);
  });

  it("calls back when the message has left, in order, also behind a Blob", async () => {
    const { url } = await serve();
    const socket = await open(url);
    const order: unknown[] = [];
    await new Promise<void>((resolve) => {
      socket.send("a", (error) => order.push(["a", error]));
      socket.send(new Blob(["b"]), { compress: true }, (error) => order.push(["b", error]));
      socket.ping("p", true, (error) => order.push(["ping", error]));
      socket.pong(() => order.push(["pong"]));
      socket.send(Buffer.alloc(1_000_000), (error) => {
        order.push(["c", error]);
        resolve();
      });
    });
    expect(order).toEqual([["a", undefined], ["b", undefined], ["ping", undefined], ["pong"], ["c", undefined]]);
    expect(socket.bufferedAmount).toBe(0);
  });

  it("calls back with an error once the connection closes, and counts what is lost", async () => {
    const { url } = await serve();
    const socket = await open(url);
    socket.close();
    const errors: unknown[] = [];
    socket.send("abc", (error) => errors.push(error));
    socket.send(new Blob(["de"]), (error) => errors.push(error));
    socket.ping("f", undefined, (error) => errors.push(error));
    await once(socket, "close");
    expect(errors.map(String)).toEqual(Array(3).fill("Error: WebSocket is not open: readyState 2 (CLOSING)"));
    expect(socket.bufferedAmount).toBe(6);
  });

  it("calls back with an error for what was cut off", async () => {
    const { url } = await serve({}, (socket) => socket.pause());
    const socket = await open(url);
    const called = new Promise((resolve) => socket.send(Buffer.alloc(50_000_000), resolve));
    socket._socket?.destroy();
    expect(await called).toBeInstanceOf(Error);
  });

  it("takes what is no function for no callback", async () => {
    const { url } = await serve();
    const socket = await open(url);
    socket.send("a", null as never, null as never);
    socket.send("b", {}, null as never);
    socket.send("c", null as never);
    const heard: string[] = [];
    socket.on("message", (data) => heard.push(String(data)));
    while (heard.length < 3) await once(socket, "message");
    expect(heard).toEqual(["a", "b", "c"]);
    socket.terminate();
    socket.send("d", {}, null as never);
    await once(socket, "close");
  });

  it("calls back with an error for what waits behind a Blob when the socket closes", async () => {
    const { url } = await serve();
    const socket = await open(url);
    const errors = Promise.all(
      [new Blob(["abc"]), "x"].map((data) => new Promise((resolve) => socket.send(data, resolve))),
    );
    socket.terminate();
    expect(await errors).toEqual([expect.any(Error), expect.any(Error)]);
    const second = await open(url);
    second.send(new Blob(["abc"]));
    expect(() => second.close(5)).toThrow(TypeError);
    second.close(1000);
    expect(String((await once(second, "message"))[0])).toBe("abc");
    expect((await once(second, "close"))[0]).toBe(1000);
  });

  it("calls back with an error for what had not left when the peer was lost", async () => {
    const results: unknown[] = [];
    const { url } = await serve({}, (socket) => {
      for (let count = 0; count < 200; count++) socket.send(Buffer.alloc(100_000), (error) => results.push(error));
    });
    const { socket } = await rawClient(url);
    socket.pause();
    await new Promise((resolve) => setImmediate(resolve));
    socket.destroy();
    while (results.length < 200) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(results.filter((error) => error instanceof Error).length).toBeGreaterThan(100);
  });

  it("throws for bytes that are no text, if nobody is called back", async () => {
    const { url } = await serve();
    const socket = await open(url);
    expect(() => socket.send(Uint8Array.of(0xff), { binary: false })).toThrow("UTF-8");
    expect(await new Promise((resolve) => socket.send(Uint8Array.of(0xff), { binary: false }, resolve))).toBeInstanceOf(
      Error,
    );
  });

  it("has left before terminate, before a Ping, and before the process exits", async () => {
    const { server, url } = await serve({}, () => {});
    const connection = once(server, "connection");
    const socket = await open(url);
    const [accepted] = await connection;
    const heard: string[] = [];
    for (const event of ["message", "ping", "pong"]) {
      accepted.on(event, (data: Buffer) => heard.push(`${event} ${String(data).slice(0, 3)}`));
    }
    socket.send("a");
    socket.send("b");
    socket.ping("x");
    socket.send("c", { fin: false });
    socket.send("d");
    socket.terminate();
    await once(accepted, "close");
    expect(heard).toEqual(["message a", "message b", "ping x", "message cd"]);
    const second = once(server, "connection");
    const program = `
      const { WebSocket } = await import("@hybi/ws");
      const socket = new WebSocket("${url}");
      socket.on("open", () => { socket.send("bye"); socket.send("x".repeat(20000)); process.exit(); });
    `;
    const args = ["--import", "tsx", "--conditions=@hybi/source", "--input-type=module", "--eval", program];
    const child = spawn(process.execPath, args, { cwd: new URL("..", import.meta.url), stdio: "inherit" });
    afterTest(() => child.kill());
    const [other] = await second;
    const lengths: number[] = [];
    other.on("message", (data: Buffer) => lengths.push(data.length));
    await once(other, "close");
    expect(lengths).toEqual([3, 20_000]);
  });

  it("reads a Blob before what is sent and closed after it", async () => {
    const { url } = await serve();
    const socket = await open(url);
    const heard: string[] = [];
    socket.on("message", (data) => heard.push(String(data)));
    socket.send(new Blob(["1"]));
    socket.send("2");
    socket.send(new Blob(["3"]));
    socket.close(1000);
    await once(socket, "close");
    expect(heard).toEqual(["1", "2", "3"]);
  });

  it("counts what has not left in bufferedAmount", async () => {
    const { url } = await serve({}, (socket) => socket.pause());
    const socket = await open(url);
    socket.send(Buffer.alloc(50_000_000));
    await new Promise((resolve) => setImmediate(resolve));
    expect(socket.bufferedAmount).toBeGreaterThan(10_000_000);
  });
});

describe("a message", () => {
  const parts: WrittenFrame[] = [
    { opcode: "binary", payload: Uint8Array.of(1, 2), final: false },
    { opcode: "continuation", payload: new Uint8Array(2000).fill(3) },
  ];

  it.each([
    ["nodebuffer", (data: unknown) => Buffer.isBuffer(data) && data.length],
    ["arraybuffer", (data: unknown) => data instanceof ArrayBuffer && data.byteLength],
    ["fragments", (data: unknown) => Array.isArray(data) && data.map((part) => Buffer.isBuffer(part) && part.length)],
    ["blob", (data: unknown) => data instanceof Blob && data.size],
  ] as const)("is received as %s", async (type, shape) => {
    const socket = await receiving({ opcode: "binary", payload: Uint8Array.of(1, 2) }, ...parts, {
      opcode: "text",
      payload: "é",
    });
    expect(socket.binaryType).toBe("nodebuffer");
    socket.binaryType = type;
    socket.binaryType = "other" as never;
    expect(socket.binaryType).toBe(type);
    const heard: unknown[] = [];
    socket.on("message", (data, isBinary) => heard.push(isBinary ? shape(data) : String(data)));
    while (heard.length < 3) await once(socket, "message");
    expect(heard).toEqual(type === "fragments" ? [[2], [2002], "é"] : [2, 2002, "é"]);
    socket.terminate();
  });

  it("in many small fragments arrives as one", async () => {
    const frames = Array.from({ length: 5000 }, (_, at) => {
      return { opcode: at === 0 ? "text" : "continuation", payload: String(at % 10), final: at === 4999 } as const;
    });
    const socket = await receiving(...frames);
    const [data] = await once(socket, "message");
    expect(String(data)).toBe("0123456789".repeat(500));
    socket.terminate();
  });

  it("rests while the socket is paused", async () => {
    const { url } = await serve();
    const socket = await open(url);
    socket.pause();
    expect(socket.isPaused).toBe(true);
    let heard = 0;
    socket.on("message", () => heard++);
    socket.send("a");
    await new Promise<void>((resolve) => setTimeout(resolve, 50));
    expect(heard).toBe(0);
    socket.resume();
    await once(socket, "message");
    expect([heard, socket.isPaused]).toEqual([1, false]);
  });

  it("that came with the opening rests while the socket is paused", async () => {
    const { server, url } = await serve({}, (socket) => {
      socket.pause();
      setTimeout(() => {
        socket.on("message", (data) => socket.send(`got ${data}`));
        socket.resume();
      }, 20);
    });
    const { socket } = await rawClient(
      url,
      {},
      "GET / HTTP/1.1",
      framesFrom("client", { opcode: "text", payload: "one" }),
    );
    await once(socket, "data");
    expect(server.clients.size).toBe(1);
  });

  it("that was read is emitted when the peer resets while the socket is paused", async () => {
    const heard: string[] = [];
    const { server, url } = await serve({}, (socket) => {
      socket.pause();
      socket.on("message", (data) => heard.push(String(data)));
      socket.on("close", (code) => heard.push(String(code)));
    });
    const connection = once(server, "connection");
    const { socket } = await rawClient(url);
    const [accepted] = await connection;
    socket.write(framesFrom("client", { opcode: "text", payload: "one" }));
    while (accepted._socket.readableLength === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    socket.resetAndDestroy();
    accepted._socket.destroy();
    await once(accepted, "close");
    expect(heard).toEqual(["one", "1006"]);
  });

  it("whose listener throws is uncaught, and harms nothing", async () => {
    const { url } = await serve();
    const socket = await open(url);
    const listeners = process.listeners("uncaughtException");
    process.removeAllListeners("uncaughtException");
    const uncaught = once(process, "uncaughtException");
    socket.once("message", () => {
      throw new Error("mine");
    });
    socket.send("a");
    expect((await uncaught)[0].message).toBe("mine");
    for (const listener of listeners) process.on("uncaughtException", listener);
    socket.send("b");
    expect(String((await once(socket, "message"))[0])).toBe("b");
  });
});

describe("ping and pong", () => {
  it("are events with their payload", async () => {
    const { server, url } = await serve();
    const connection = once(server, "connection");
    const socket = await open(url);
    const [accepted] = await connection;
    const pings = once(accepted, "ping");
    socket.ping("text");
    expect([String((await pings)[0]), String((await once(socket, "pong"))[0])]).toEqual(["text", "text"]);
    const pongs = once(accepted, "pong");
    socket.pong(7);
    expect(String((await pongs)[0])).toBe("7");
    expect(() => socket.ping("x".repeat(126))).toThrow(RangeError);
  });
});

describe("autoPong: false", () => {
  it("leaves the answers to the program, on either side", async () => {
    const { server, url } = await serve({ autoPong: false });
    const connection = once(server, "connection");
    const socket = await open(url, { autoPong: false });
    const [accepted] = await connection;
    const heard: string[] = [];
    const pongs = Promise.all([once(socket, "pong"), once(accepted, "pong")]);
    socket.on("pong", (data) => heard.push(`client ${data}`));
    accepted.on("pong", (data: Buffer) => heard.push(`server ${data}`));
    accepted.on("ping", (data: Buffer) => accepted.pong(`not ${data}`));
    socket.ping("a");
    accepted.ping("b");
    await once(socket, "ping");
    socket.pong("c");
    await pongs;
    expect(heard.sort()).toEqual(["client not a", "server c"]);
  });
});

describe("setSocket", () => {
  it("opens a client or a server over any stream", async () => {
    const [left, right] = duplexPair();
    const client = Object.assign(new WebSocket(null), { _isServer: false });
    const server = new WebSocket(null);
    const opened = once(client, "open");
    client.setSocket(left, Buffer.alloc(0), { maxPayload: 0 });
    server.setSocket(right, Buffer.alloc(0));
    await opened;
    server.on("message", (data) => server.send(String(data)));
    client.send("x");
    expect(String((await once(client, "message"))[0])).toBe("x");
    client.close(1000);
    expect((await once(server, "close"))[0]).toBe(1000);
  });
});

describe("close", () => {
  it("passes code and reason to the peer, and a code back", async () => {
    const { server, url } = await serve();
    const connection = once(server, "connection");
    const socket = await open(url);
    const [accepted] = await connection;
    const closed = once(accepted, "close");
    const ownClosed = once(socket, "close");
    socket.close(3001, Buffer.from("why"));
    expect(socket.readyState).toBe(WebSocket.CLOSING);
    const [code, reason] = await closed;
    expect([code, Buffer.isBuffer(reason), String(reason)]).toEqual([3001, true, "why"]);
    expect((await ownClosed)[0]).toBe(3001);
    expect([socket.readyState, accepted.readyState, server.clients.size]).toEqual([3, 3, 0]);
  });

  it("without a code is 1005, and a lost connection 1006", async () => {
    const { server, url } = await serve();
    const socket = await open(url);
    socket.close();
    expect((await once(socket, "close")).map(String)).toEqual(["1005", ""]);
    const connection = once(server, "connection");
    const second = await open(url);
    const [accepted] = await connection;
    accepted._socket.destroy();
    expect((await once(second, "close"))[0]).toBe(1006);
  });

  it("takes the codes that may be sent", async () => {
    const { url } = await serve();
    const socket = await open(url);
    socket.on("error", () => expect.unreachable());
    for (const code of [0, 999, 1004, 1005, 1006, 1015, 2999, 5000])
      expect(() => socket.close(code)).toThrow(TypeError);
    expect(() => socket.close(1000, "x".repeat(124))).toThrow(RangeError);
    expect(socket.readyState).toBe(WebSocket.OPEN);
    socket.close(1011, "x".repeat(123));
    expect((await once(socket, "close"))[0]).toBe(1011);
  });

  it.each([null, 5, {}])("takes %j for no reason, and a list for a mistake", async (reason) => {
    const { server, url } = await serve();
    const connection = once(server, "connection");
    const socket = await open(url);
    const closed = once((await connection)[0], "close");
    expect(() => socket.close(1000, ["a"] as never)).toThrow(TypeError);
    socket.close(1000, reason as never);
    const [code, text] = await closed;
    expect([code, String(text)]).toEqual([1000, ""]);
  });

  it("takes a reason as any bytes", async () => {
    const { server, url } = await serve();
    const connection = once(server, "connection");
    const socket = await open(url);
    const closed = once((await connection)[0], "close");
    socket.close(1000, Uint8Array.of(65, 66));
    expect(String((await closed)[1])).toBe("AB");
  });

  it("by terminate is at once", async () => {
    const { url } = await serve();
    const socket = await open(url);
    socket.terminate();
    expect(socket.readyState).toBe(WebSocket.CLOSING);
    expect((await once(socket, "close"))[0]).toBe(1006);
    socket.terminate();
    socket.close();
  });
});

describe("a frame that breaks a rule", () => {
  const control = (opcode: "ping" | "close", payload: Uint8Array | string): WrittenFrame => ({ opcode, payload });
  it.each<[string, number, WrittenFrame[]]>([
    ["WS_ERR_INVALID_OPCODE", 1002, [{ opcode: 3 }]],
    ["WS_ERR_INVALID_OPCODE", 1002, [{ opcode: "continuation" }]],
    ["WS_ERR_INVALID_OPCODE", 1002, [{ opcode: "text", final: false }, { opcode: "text" }]],
    ["WS_ERR_EXPECTED_FIN", 1002, [{ opcode: "ping", final: false }]],
    ["WS_ERR_UNEXPECTED_RSV_1", 1002, [{ opcode: "text", rsv: 0x40 }]],
    ["WS_ERR_INVALID_UTF8", 1007, [{ opcode: "text", payload: Uint8Array.of(0xff) }]],
    ["WS_ERR_INVALID_CLOSE_CODE", 1002, [control("close", closePayload(1006))]],
    ["WS_ERR_INVALID_UTF8", 1007, [control("close", Uint8Array.of(3, 232, 0xff))]],
    ["WS_ERR_INVALID_CONTROL_PAYLOAD_LENGTH", 1002, [control("close", Uint8Array.of(3))]],
  ])("is %s, and %i on the wire: %o", async (code, statusCode, frames) => {
    const errors: unknown[] = [];
    const closes: unknown[] = [];
    const { url } = await serve({}, (socket) => {
      socket.on("error", (error) => errors.push(error));
      socket.on("close", (...values) => closes.push(values.map(String)));
    });
    const { socket, frames: received } = await rawClient(url);
    socket.write(framesFrom("client", ...frames));
    await once(socket, "end");
    expect(errors).toMatchObject([{ code, violation: { section: expect.stringMatching(/^RFC/) } }]);
    expect(outlineFrames(received()).length).toBe(1);
    expect(statusCodeIn(received()[0]?.payload as Uint8Array)).toBe(statusCode);
    socket.destroy();
    expect(closes.length > 0 ? closes : [["1006", ""]]).toEqual([["1006", ""]]);
  });

  it("is one that is not masked", async () => {
    const errors: unknown[] = [];
    const { url } = await serve({}, (socket) => socket.on("error", (error) => errors.push(error)));
    const { socket } = await rawClient(url);
    socket.write(framesFrom("server", { opcode: "text", payload: "a" }));
    await once(socket.resume(), "end");
    expect(errors).toMatchObject([{ name: "RangeError", code: "WS_ERR_EXPECTED_MASK" }]);
    const url2 = await rawServer((peer) => peer.write(framesFrom("client", { opcode: "text", payload: "a" })));
    const client = new WebSocket(url2);
    const [error] = await once(client, "error");
    expect(error.code).toBe("WS_ERR_UNEXPECTED_MASK");
    client.terminate();
  });
});
