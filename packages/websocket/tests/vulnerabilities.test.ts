/** Vulnerabilities of other implementations that an interface can have over any transport. */
import { UsageError } from "@hybi/core";
import type { Fields } from "@hybi/core/opening";
import { describe, expect, it } from "vitest";
import { createWebSocketClass } from "../src/client/create-websocket-class.ts";
import { WebSocketServer } from "../src/server/server.ts";
import { createTransportPair } from "../src/transport/pair.ts";
import { TestClock, until } from "./support/clock.ts";
import { thrown, World } from "./support/link.ts";

describe("a redirect", () => {
  it("to another origin drops credentials, however they were given [V05] [V24]", async () => {
    const clock = new TestClock();
    const seen: [authority: string, fields: Fields][] = [];
    const targets = ["ws://b.example/", "ws://b.example:81/", "wss://b.example:81/", "ws://a.example/"];
    const server = new WebSocketServer(
      (opening) => {
        seen.push([opening.request.authority, opening.request.fields]);
        const Location = targets.shift();
        if (Location === undefined) opening.accept();
        else opening.reject({ status: 302, fields: [["Location", Location]] });
      },
      { runtime: { clock } },
    );
    const Client = createWebSocketClass(
      () => {
        const [near, far] = createTransportPair();
        server.receive(far);
        return near;
      },
      { runtime: { clock } },
    );
    const socket = new Client("ws://user:secret@a.example/", {
      cookies: [["session", "secret"]],
      fields: [
        ["Proxy-Authorization", "Basic secret"],
        ["X-Own", "1"],
      ],
      followRedirects: 9,
    });
    let isClosed = false;
    socket.onclose = () => {
      isClosed = true;
    };
    await until(() => isClosed);
    // A redirect from wss to ws is never followed.
    expect(seen.map(([authority]) => authority)).toEqual(["a.example", "b.example", "b.example:81", "b.example:81"]);
    const secrets = seen.map(([, fields]) => fields.filter(([name]) => /authorization|cookie/i.test(name)).length);
    expect(secrets).toEqual([3, 0, 0, 0]);
    expect(seen.every(([, fields]) => fields.some(([name]) => name === "X-Own"))).toBe(true);
  });
});

describe("a socket given a value that is not bytes", () => {
  it.each([100, {}, new Uint16Array(100), new ArrayBuffer(100), [1, 2]])(
    "sends no Ping or Pong for %j, and keeps running [V01]",
    async (payload) => {
      const { client, server } = await new World().connected();
      const received: unknown[] = [];
      for (const type of ["ping", "pong"] as const)
        server.addEventListener(type, (event) => received.push(event.payload));
      server.addEventListener("message", ({ data }) => received.push(data));
      expect(() => client.ping(payload as Uint8Array)).toThrow(UsageError);
      expect(() => client.pong(payload as Uint8Array)).toThrow(UsageError);
      client.send("on");
      await until(() => received.length > 0);
      expect(received).toEqual(["on"]);
    },
  );

  it.each([
    [Uint8Array.of(104, 105), "104,105"],
    [Uint16Array.of(104, 105), "104,105"],
    [{ length: 100 }, "[object Object]"],
    [100, "100"],
  ])("closes with %j converted to a string, and nothing else from memory [V07]", async (reason, text) => {
    const { client, server } = await new World().connected();
    const reasons: string[] = [];
    server.addEventListener("close", (event) => reasons.push(event.reason));
    client.close(1000, reason as unknown as string);
    await until(() => reasons.length > 0);
    expect(reasons).toEqual([text]);
  });

  it("rejects a reason that is too long as a string, whatever its own length property says [V07]", async () => {
    const { client } = await new World().connected();
    expect(thrown(() => client.close(1000, new Uint8Array(100) as unknown as string)).name).toBe("SyntaxError");
    expect(client.readyState).toBe(1);
    client.terminate();
  });

  it("sends exactly the bytes that a view shows, of whatever type and length [V07]", async () => {
    const { client, server } = await new World().connected();
    server.binaryType = "arraybuffer";
    const lengths: number[] = [];
    server.addEventListener("message", ({ data }) => lengths.push((data as ArrayBuffer).byteLength));
    const buffer = new ArrayBuffer(40_000);
    for (const view of [
      new Uint16Array(buffer, 8, 50),
      new Float64Array(buffer, 8, 4000),
      new DataView(buffer, 1, 7),
    ]) {
      client.send(view);
    }
    await until(() => lengths.length === 3);
    expect(lengths).toEqual([100, 32_000, 7]);
  });
});
