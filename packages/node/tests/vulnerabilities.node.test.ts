/** Vulnerabilities of other implementations that show only over real sockets or next to Node's own HTTP. */

import { once } from "node:events";
import { createServer as createHttp2Server } from "node:http2";
import type { AddressInfo } from "node:net";
import { encodeFrame, opcodes } from "@hybi/core/frame";
import type { FieldLine, Fields } from "@hybi/core/opening";
import { type ConnectOptions, connect, upgrade, upgradeStream } from "@hybi/node";
import { describe, expect, it, onTestFinished } from "vitest";
import { openingRequest, RawClient } from "./support/raw-client.ts";
import { echo, host, openHttpServer, openPeer, openServer, openTcpServer } from "./support/servers.ts";

const frame = (text: string): Uint8Array =>
  encodeFrame({ opcode: opcodes.text, payload: Buffer.from(text), maskingKey: 0x01020304 });

describe("an HTTP server that drops fields beyond its limit", () => {
  it("rejects a request whose Upgrade field is among them, and serves the next one [V06] [R31]", async () => {
    const { port, server } = await openHttpServer();
    server.maxHeadersCount = 4;
    server.on("upgrade", (request, socket, head) => upgrade(request, socket, head, echo));
    const many = new RawClient(port);
    const padding = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`X-${index}`, "x"]));
    const lines = Object.entries(padding).map(([name, value]) => `${name}: ${value}\r\n`);
    many.socket.write(openingRequest().replace("Host:", `${lines.join("")}Host:`));
    await many.until(() => many.ended);
    // Up to Node 20, our own check rejects it for missing fields; later versions reject it for having too many.
    expect(many.text).toMatch(/^HTTP\/1\.1 (?:400|431) /);

    server.maxHeadersCount = null;
    const next = await openPeer(`ws://${host}:${port}/`);
    next.socket.send("on");
    expect(await next.next()).toEqual({ type: "text", data: "on" });
  });
});

describe("names of Object.prototype", () => {
  const inherited = ["__proto__", "constructor", "toString", "hasOwnProperty"];

  it("are ordinary field names next to Node's HTTP [V03]", async () => {
    const seen: Fields[] = [];
    const { port, server } = await openHttpServer();
    server.on("upgrade", (request, socket, head) =>
      upgrade(request, socket, head, (opening) => {
        seen.push(opening.request.fields);
        opening.accept().send("open");
      }),
    );
    const client = new RawClient(port);
    const lines = inherited.map((name) => `${name}: polluted\r\n`).join("");
    const extensions = inherited.map((name) => `${name}; ${name}=${name}`).join(", ");
    client.socket.write(openingRequest({ "Sec-WebSocket-Extensions": extensions }).replace("Host:", `${lines}Host:`));
    await client.until(() => client.text.endsWith("open"));
    for (const name of inherited) expect(seen[0]).toContainEqual([name, "polluted"]);
    expect(client.text).not.toContain("Extensions");
  });

  it("are ordinary field names over HTTP/2 [V03]", async () => {
    const seen: Fields[] = [];
    const server = createHttp2Server({ settings: { enableConnectProtocol: true } });
    server.on("stream", (stream, headers) =>
      upgradeStream(stream, headers, (opening) => {
        seen.push(opening.request.fields);
        opening.accept();
      }),
    );
    server.listen(0, host);
    await once(server, "listening");
    onTestFinished(() => void server.close());
    const fields = inherited.map((name): FieldLine => [name, "polluted"]);
    const url = `ws://${host}:${(server.address() as AddressInfo).port}/`;
    const peer = await openPeer(url, { transportOptions: { http2: true }, fields });
    // Node's header object cannot hold __proto__; the other names arrived.
    for (const name of inherited.slice(1)) expect(seen[0]).toContainEqual([name.toLowerCase(), "polluted"]);
    expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
    await peer.close(1000);
  });
});

describe("line breaks in options", () => {
  const injected = "\r\nX-Injected: 1\r\n\r\nGET /admin HTTP/1.1";
  const attempts: readonly (readonly [what: string, options: ConnectOptions])[] = [
    ["the value of a field", { fields: [["X-A", `b${injected}`]] }],
    ["the name of a field", { fields: [[`X-A${injected}`, "b"]] }],
    ["an origin", { origin: `http://a${injected}` }],
    ["a cookie", { cookies: [["a", `b${injected}`]] }],
    ["a subprotocol", { protocols: [`a${injected}`] }],
    [
      "a field for the proxy",
      { transportOptions: { proxy: { url: "http://PROXY/", fields: [["X-A", `b${injected}`]] } } },
    ],
  ];

  it.each(attempts)(
    "in %s are never sent: no connection is opened, or nothing is sent on it [V19]",
    async (_, options) => {
      let received = "";
      const port = await openTcpServer((socket) => {
        socket.on("data", (chunk) => {
          received += chunk.toString("latin1");
          socket.destroy();
        });
      });
      const { proxy } = options.transportOptions ?? {};
      const through =
        typeof proxy === "object" && "fields" in proxy
          ? { ...options, transport: { proxy: { ...proxy, url: `http://${host}:${port}/` } } }
          : options;
      await expect(connect(`ws://${host}:${port}/`, through)).rejects.toThrow();
      expect(received).toBe("");
    },
  );

  it("in a URL are removed, as the web platform requires, and are never sent [V19]", async () => {
    const seen: string[] = [];
    const server = await openServer((opening) => {
      seen.push(opening.request.resourceName);
      expect(opening.request.fields.some(([name]) => name === "X-Injected")).toBe(false);
      opening.accept();
    });
    const peer = await openPeer(`${server.url}a${injected}`);
    expect(seen).toEqual(["/aX-Injected:%201GET%20/admin%20HTTP/1.1"]);
    await peer.close(1000);
  });
});

describe("a server", () => {
  it("connects to no host that a request names: it is an origin server, not a proxy [V30]", async () => {
    let visits = 0;
    const victim = await openTcpServer((socket) => {
      visits++;
      socket.destroy();
    });
    const { port } = await openServer((opening) => opening.accept().send(opening.request.authority));
    const named = `${host}:${victim}`;
    const targets = [`GET http://${named}/ HTTP/1.1`, `GET ws://${named}/ HTTP/1.1`, `CONNECT ${named} HTTP/1.1`];
    const answers: string[] = [];
    for (const target of targets) {
      const client = new RawClient(port);
      const request = openingRequest({ Host: named, "X-Forwarded-Host": named, Forwarded: `host=${named}` });
      client.socket.write(request.replace("GET /raw HTTP/1.1", target));
      await client.until(() => client.text.endsWith(named) || client.ended);
      answers.push(client.text.slice(9, 12));
    }
    expect(answers).toEqual(["101", "101", "405"]);
    expect(visits).toBe(0);
  });

  it("reads a request and frames that arrive in one write, on its own or behind Node's HTTP [V32] [V54]", async () => {
    const own = await openServer();
    const { port, server } = await openHttpServer();
    server.on("upgrade", (request, socket, head) => upgrade(request, socket, head, echo));
    for (const each of [own.port, port]) {
      const client = new RawClient(each);
      client.socket.write(Buffer.concat([Buffer.from(openingRequest()), frame("one"), frame("two")]));
      await client.until(() => client.text.endsWith("two"));
      expect(client.received.subarray(-10).toString("latin1")).toBe("\x81\x03one\x81\x03two");
    }
  });

  it("sends only the bytes of a short Buffer, not its neighbours in Node's pool [V01] [V07]", async () => {
    const server = await openServer((opening) => {
      const socket = opening.accept();
      Buffer.from("a secret of somebody else's");
      socket.send(Buffer.from("a"));
      socket.ping(Buffer.from("b"));
    });
    const client = await RawClient.open(server.port);
    await client.until(() => client.received.length >= 6);
    expect(client.text).toBe("\x89\x01b\x82\x01a");
  });
});
