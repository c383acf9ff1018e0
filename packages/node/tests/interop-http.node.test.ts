/** Interoperation with Node's own HTTP: its client with our server, and our client with its server and `upgrade`. */
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import type { Socket } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import { encodeFrame, opcodes } from "@hybi/core/frame";
import type { Fields } from "@hybi/core/opening";
import { connect, upgrade, WebSocketServer } from "@hybi/node";
import { sampleKey } from "@hybi/testing/wire";
import type { OpeningHandler } from "@hybi/websocket";
import { describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { openingRequest, RawClient } from "./support/raw-client.ts";
import { echo, host, openHttpServer, openPeer, openServer } from "./support/servers.ts";

const headers = {
  Upgrade: "websocket",
  Connection: "Upgrade",
  "Sec-WebSocket-Key": sampleKey,
  "Sec-WebSocket-Version": "13",
};

/** Opens an HTTP server that responds to `GET /` and upgrades everything else. */
async function openUpgradingServer(handler: OpeningHandler = echo): Promise<number> {
  const { port, server } = await openHttpServer((_request, response) => response.end("plain"));
  server.on("upgrade", (incoming, socket, head) => upgrade(incoming, socket, head, handler));
  return port;
}

describe("Node's HTTP client and our server", () => {
  it("agree to upgrade, and then exchange frames", async () => {
    const { port } = await openServer();
    const outgoing = request({ host, port, headers }).end();
    const [response, socket, head] = (await once(outgoing, "upgrade")) as [IncomingMessage, Socket, Buffer];
    expect(response.statusCode).toBe(101);
    expect(response.headers["sec-websocket-accept"]).toBe("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    expect(head.length).toBe(0);
    socket.write(encodeFrame({ opcode: opcodes.text, payload: Buffer.from("hi"), maskingKey: 0x01020304 }));
    const [echoed] = await once(socket, "data");
    expect([...echoed]).toEqual([0x81, 2, 0x68, 0x69]);
    socket.destroy();
  });

  it("end with a complete response when the version is unsupported [H07]", async () => {
    const { port } = await openServer();
    const outgoing = request({ host, port, headers: { ...headers, "Sec-WebSocket-Version": "8" } }).end();
    const [response] = (await once(outgoing, "response")) as [IncomingMessage];
    expect(response.statusCode).toBe(426);
    expect(response.headers).toMatchObject({ upgrade: "websocket", "sec-websocket-version": "13" });
    const body: Buffer[] = [];
    for await (const chunk of response) body.push(chunk);
    expect(String(Buffer.concat(body))).toContain("RFC 6455 §4.4");
  });

  it.each([
    ["a POST", { method: "POST" }, 405],
    ["a plain GET", { headers: {} }, 426],
    ["a GET with a body", { headers: { ...headers, "Content-Length": "0", "Transfer-Encoding": "chunked" } }, 400],
  ] as const)("end with a response to %s [H01] [H14]", async (_, options, status) => {
    const { port } = await openServer();
    const outgoing = request({ host, port, headers, ...options }).end();
    const [response] = (await once(outgoing, "response")) as [IncomingMessage];
    expect(response.statusCode).toBe(status);
    response.resume();
    await once(response, "end");
  });
});

describe("Node's HTTP server with upgrade", () => {
  it("serves our client, the client of ws, and plain requests as before", async () => {
    const port = await openUpgradingServer();
    const ours = await openPeer(`ws://${host}:${port}/chat`);
    ours.socket.send("ours");
    expect(await ours.next()).toEqual({ type: "text", data: "ours" });
    expect(await ours.close(1000)).toMatchObject({ clean: true, statusCode: 1000 });
    const theirs = new WebSocket(`ws://${host}:${port}/chat`);
    await once(theirs, "open");
    theirs.send("theirs");
    expect(String((await once(theirs, "message"))[0])).toBe("theirs");
    theirs.close();
    const response = await fetch(`http://${host}:${port}/`);
    expect(await response.text()).toBe("plain");
  });

  it("keeps frames that arrived together with the request [H22]", async () => {
    const port = await openUpgradingServer();
    const client = new RawClient(port);
    const frame = encodeFrame({ opcode: opcodes.text, payload: Buffer.from("early"), maskingKey: 7 });
    client.socket.write(Buffer.concat([Buffer.from(openingRequest()), frame]));
    await client.until(() => client.text.endsWith("early"));
    expect(client.text).toMatch(/^HTTP\/1\.1 101 /);
  });

  it("passes the fields to the application as they arrived, and rejects by the rules of core [H06]", async () => {
    const seen: Fields[] = [];
    const port = await openUpgradingServer((opening) => {
      seen.push(opening.request.fields);
      opening.accept();
    });
    const client = new RawClient(port);
    client.socket.write(openingRequest({ "X-Twice": "1\r\nx-twice: 2" }));
    await client.until(() => client.text.includes("101"));
    expect(seen[0]).toContainEqual(["X-Twice", "1"]);
    expect(seen[0]).toContainEqual(["x-twice", "2"]);
    const other = new RawClient(port);
    other.socket.write(openingRequest({ "Sec-WebSocket-Key": "abc" }));
    await other.until(() => other.ended);
    expect(other.text).toMatch(/^HTTP\/1\.1 400 /);
    expect(other.text).toContain("RFC 6455");
  });

  it("rejects, also later [H27]", async () => {
    const port = await openUpgradingServer(async (opening) => {
      await nextTurn();
      opening.reject({ status: 403, body: "not you" });
    });
    const error = await connect(`ws://${host}:${port}/`).catch((thrown) => thrown);
    expect(error.failure.response.status).toBe(403);
    expect(String(Buffer.from(error.failure.body))).toBe("not you");
  });

  it("shares one WebSocketServer between all its requests", async () => {
    const sockets = new WebSocketServer((opening) => opening.accept());
    const { port, server } = await openHttpServer();
    server.on("upgrade", (incoming, socket, head) => upgrade(incoming, socket, head, sockets));
    const [one, two] = [await openPeer(`ws://${host}:${port}/`), await openPeer(`ws://${host}:${port}/`)];
    expect(sockets.broadcast("to all")).toBe(2);
    expect([await one.next(), await two.next()]).toEqual([
      { type: "text", data: "to all" },
      { type: "text", data: "to all" },
    ]);
    await sockets.close();
    expect(await two.closed).toMatchObject({ clean: true, statusCode: 1001 });
  });
});
