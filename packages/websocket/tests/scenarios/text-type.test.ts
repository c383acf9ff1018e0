/** Text as bytes: an option of the server, of `accept`, and of a client, and an attribute of every socket. */
import { describe, expect, it } from "vitest";
import type { MessageData } from "../../src/dom/message-data.ts";
import { reconnect } from "../../src/reconnect/reconnect.ts";
import type { WebSocket } from "../../src/socket/websocket.ts";
import { turn, until } from "../support/clock.ts";
import { heldClient } from "../support/held-transport.ts";
import { thrown, World } from "../support/link.ts";

/** Notes messages, in one line each. */
function note(socket: WebSocket): string[] {
  const lines: string[] = [];
  socket.onmessage = ({ data, kind }) => lines.push(`${kind} ${describeData(data)}`);
  return lines;
}

function describeData(data: MessageData): string {
  if (typeof data === "string") return `string ${data}`;
  if (data instanceof Uint8Array) return `bytes ${new TextDecoder().decode(data)}`;
  return Object.prototype.toString.call(data).slice(8, -1);
}

describe("textType", () => {
  it.each([
    ["the server", { server: { textType: "bytes" } }, {}],
    ["accept", {}, { textType: "bytes" }],
    ["accept, against the server", { server: { textType: "string" } }, { textType: "bytes", binaryType: "bytes" }],
  ] as const)("of %s is that of accepted sockets", async (_, options, answer) => {
    const world: World = new World({
      ...options,
      handler: (opening) => world.accepted.push(opening.accept(answer)),
    });
    const { client, server } = await world.connected();
    const lines = note(server);
    client.send("hé");
    client.send("x".repeat(100_000));
    client.send(Uint8Array.of(0x41));
    await until(() => lines.length === 3);
    expect([server.textType, client.textType]).toEqual(["bytes", "string"]);
    const binary = "binaryType" in answer ? "binary bytes A" : "binary ArrayBuffer";
    expect(lines).toEqual(["text bytes hé", `text bytes ${"x".repeat(100_000)}`, binary]);
  });

  it("of a client is an option and an attribute, which ignores what is none", async () => {
    const { client, server } = await new World().connected({ textType: "bytes", binaryType: "arraybuffer" });
    const lines = note(client);
    server.send("a");
    await until(() => lines.length === 1);
    client.textType = "text" as never;
    expect([client.textType, client.binaryType]).toEqual(["bytes", "arraybuffer"]);
    client.binaryType = "bytes";
    client.textType = "string";
    expect([client.textType, client.binaryType]).toEqual(["string", "bytes"]);
    server.send("b");
    server.send(new Uint8Array(0));
    await until(() => lines.length === 3);
    expect(lines).toEqual(["text bytes a", "text string b", "binary bytes "]);
  });

  it("is checked as an option, and is none of streams", async () => {
    const world = new World();
    expect(thrown(() => new world.WebSocket("ws://example.com/", { textType: "blob" as never })).code).toBe(
      "option/range",
    );
    expect(thrown(() => new World({ server: { textType: 1 as never } })).code).toBe("option/type");
    const options = { textType: "bytes" } as object;
    expect(thrown(() => new world.WebSocketStream("ws://example.com/", options)).code).toBe("option/unknown");
  });

  it("holds for messages that wait for a listener, and for loops, which get arrays of their own", async () => {
    const { client, server } = await new World().connected({ textType: "bytes" });
    server.send("1");
    server.send("22");
    await turn();
    const lines = note(client);
    await until(() => lines.length === 2);
    expect(lines).toEqual(["text bytes 1", "text bytes 22"]);
    const taken: string[] = [];
    server.send("333");
    const loop = client[Symbol.asyncIterator]();
    const { value } = await loop.next();
    taken.push(describeData(value as MessageData));
    expect(taken).toEqual(["bytes 333"]);
    expect((value as Uint8Array).buffer.byteLength).toBe(3);
    expect(lines.at(-1)).toBe("text bytes 333");
  });

  it("is the same through a client that comes back", async () => {
    const world = new World();
    const client = reconnect(() => new world.WebSocket("ws://example.com/", { textType: "bytes" }));
    const lines: string[] = [];
    client.addEventListener("message", (event) => {
      const { data, kind } = event as MessageEvent & { readonly kind?: unknown };
      lines.push(`${kind} ${describeData(data as MessageData)}`);
    });
    await until(() => world.accepted.length === 1);
    world.accepted[0]?.send("a");
    await until(() => lines.length === 1);
    expect(lines).toEqual(["text bytes a"]);
    client.close();
  });

  it("fails a connection whose text is no UTF-8, as for strings", async () => {
    const { client, transport } = await heldClient({ textType: "bytes" });
    const codes: unknown[] = [];
    client.onerror = ({ failure }) => codes.push(failure.kind === "violation" && failure.violation.code);
    client.onmessage = () => codes.push("message");
    transport.isFree = true;
    transport.sink.data(Uint8Array.of(0x81, 2, 0xc3, 0x28));
    await turn();
    transport.abort();
    await until(() => client.readyState === 3);
    expect(codes).toEqual(["message/utf8-invalid"]);
  });
});

describe("what a program may do by itself", () => {
  it("repeat the reason of a Close frame in the reply, with echoReason on either side", async () => {
    const world = new World({ server: { echoReason: true } });
    const { client } = await world.connected();
    const closed = await world.connected({ echoReason: true });
    const other = await world.connected();
    const reasons: string[] = [];
    client.addEventListener("close", ({ reason }) => reasons.push(`client ${reason}`));
    closed.server.addEventListener("close", ({ reason }) => reasons.push(`server ${reason}`));
    other.server.addEventListener("close", ({ reason }) => reasons.push(`other ${reason}`));
    client.close(3000, "why");
    await until(() => client.readyState === 3);
    for (const { server } of [closed, other]) {
      server.close(3000, "why");
      await until(() => server.readyState === 3);
    }
    expect(reasons).toEqual(["client why", "server why", "other "]);
  });

  it("answer Pings, with autoPong: false on either side", async () => {
    const world = new World({ server: { autoPong: false } });
    const { client, server } = await world.connected();
    const lines: string[] = [];
    const text = (payload: Uint8Array): string => new TextDecoder().decode(payload);
    client.addEventListener("pong", ({ payload }) => lines.push(`pong ${text(payload)}`));
    server.addEventListener("ping", ({ payload }) => lines.push(`ping ${text(payload)}`));
    client.ping("one");
    await turn();
    expect(lines).toEqual(["ping one"]);
    server.addEventListener("ping", ({ payload }) => server.pong(payload), { once: true });
    client.ping("two");
    await turn();
    expect(lines).toEqual(["ping one", "ping two", "pong two"]);
    const other = await world.connected({ autoPong: false });
    other.server.addEventListener("pong", () => lines.push("answered"));
    other.server.ping("three");
    await turn();
    other.client.pong("four");
    await turn();
    expect(lines.slice(3)).toEqual(["answered"]);
    expect(other.server.statistics.roundTripTime).toBe(undefined);
  });

  it("and a stream answers them all the same: it has no event for them", async () => {
    const world = new World({
      server: { autoPong: false },
      handler: (opening) => void opening.acceptStream(),
    });
    const client = new world.WebSocket("ws://example.com/");
    await until(() => client.readyState === 1);
    const pongs: string[] = [];
    client.addEventListener("pong", ({ payload }) => pongs.push(new TextDecoder().decode(payload)));
    client.ping("still there?");
    await until(() => pongs.length === 1);
    expect(pongs).toEqual(["still there?"]);
    const options = { autoPong: false } as object;
    expect(thrown(() => new world.WebSocketStream("ws://example.com/", options)).code).toBe("option/unknown");
  });

  it("answer as many Pings as it likes: what is not read by the peer is bounded", async () => {
    const { client, transport } = await heldClient({ autoPong: false, limits: { queuedOutput: 10_000 } });
    client.addEventListener("ping", ({ payload }) => client.pong(payload));
    for (let count = 0; count < 1000; count++) {
      transport.sink.data(Uint8Array.of(0x89, 100, ...new Uint8Array(100)));
      await Promise.resolve();
    }
    await turn();
    // What is over the limit is dropped; a peer that does not read loses only answers to itself.
    expect(client.statistics.bufferedLength).toBeLessThan(21_000);
    expect(client.readyState).toBe(1);
  });

  it("ask whether reading is paused", async () => {
    const { client, server } = await new World().connected();
    const seen = [client.isPaused];
    client.pause();
    seen.push(client.isPaused);
    client.resume();
    seen.push(client.isPaused);
    client.pause();
    client.close();
    seen.push(client.isPaused);
    client.pause();
    seen.push(client.isPaused);
    await until(() => server.readyState === 3 && client.readyState === 3);
    seen.push(client.isPaused);
    expect(seen).toEqual([false, true, false, false, false, false]);
  });
});
