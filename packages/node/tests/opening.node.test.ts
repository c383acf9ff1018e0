/** The opening handshake over real sockets, successful and failing. */
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Deadline } from "@hybi/core";
import { encodeFrame, opcodes } from "@hybi/core/frame";
import { connect, type OpeningError } from "@hybi/node";
import { responseText } from "@hybi/testing/wire";
import type { Failure } from "@hybi/websocket";
import { describe, expect, it, onTestFinished } from "vitest";
import { openingRequest, RawClient } from "./support/raw-client.ts";
import { echo, host, openHandwrittenServer, openPeer, openServer, openTcpServer } from "./support/servers.ts";
import { until } from "./support/turns.ts";

const early = encodeFrame({ opcode: opcodes.text, payload: Buffer.from("early"), maskingKey: 0x11223344 });

describe("the server, in the opening handshake,", () => {
  it("listens on a Unix socket, which clients reach whatever the host of their URL is", async () => {
    const folder = mkdtempSync(join(tmpdir(), "hybi-socket-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const path = join(folder, "app.sock");
    const seen: string[] = [];
    await openServer(
      (opening) => {
        seen.push(opening.request.authority);
        echo(opening);
      },
      { host: undefined, path },
    );
    const peer = await openPeer("ws://app.example/chat", { transportOptions: { path } });
    peer.socket.send("locally");
    expect(await peer.next()).toEqual({ type: "text", data: "locally" });
    expect(seen).toEqual(["app.example"]);
    expect(await peer.close(1000)).toMatchObject({ clean: true });
  });

  it("accepts a request that arrives byte by byte [H23]", async () => {
    const { port } = await openServer();
    const client = new RawClient(port);
    for (const byte of Buffer.concat([Buffer.from(openingRequest()), early])) {
      await new Promise<void>((resolve) => client.socket.write(Uint8Array.of(byte), () => resolve()));
    }
    await client.until(() => client.text.endsWith("early"));
    expect(client.text).toMatch(/^HTTP\/1\.1 101 /);
  });

  it("responds with 408 to a request that never ends, and closes the connection [H20]", async () => {
    const failures: Failure[] = [];
    const server = await openServer(echo, {
      deadlines: { opening: 60, closing: 60 },
      onFailure: (failure) => failures.push(failure),
    });
    const client = new RawClient(server.port);
    client.socket.write("GET / HTTP/1.1\r\nHost: ");
    await client.until(() => client.ended);
    expect(client.text).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
    expect(failures).toMatchObject([{ kind: "too-late", violation: { code: "deadline/opening" } }]);
    // The server does not wait for the client to close its half.
    await until(() => server.connections === 0);
  });

  it("keeps what arrives before a slow handler accepts, and stops reading meanwhile [H27]", async () => {
    let answer: (value: undefined) => void = () => {};
    const { port } = await openServer(
      async (opening) => {
        await new Promise((resolve) => (answer = resolve));
        echo(opening);
      },
      { limits: { earlyData: 1_048_576, message: 2 * 16_777_216 } },
    );
    const client = new RawClient(port);
    const flood = Buffer.alloc(16_777_216);
    client.socket.write(Buffer.concat([Buffer.from(openingRequest()), early]));
    await until(() => client.socket.bytesWritten > 0);
    client.socket.write(encodeFrame({ opcode: opcodes.binary, payload: flood, maskingKey: 1 }));
    for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(client.received.length).toBe(0);
    answer(undefined);
    await client.until(() => client.text.includes("early"));
    await client.until(() => client.received.length > flood.length);
  }, 20_000);

  it("responds with 500 when the handler throws, and reports the error to the application", async () => {
    const errors: unknown[] = [];
    const { port } = await openServer(
      () => {
        throw new Error("broken");
      },
      { onError: (error) => errors.push(error) },
    );
    const client = new RawClient(port);
    client.socket.write(openingRequest());
    await client.until(() => client.ended);
    expect(client.text).toMatch(/^HTTP\/1\.1 500 /);
    expect(errors).toMatchObject([{ message: "broken" }]);
  });

  it("survives clients that leave at any point of the handshake", async () => {
    const server = await openServer();
    const { port } = server;
    const request = openingRequest();
    for (const length of [0, 1, 20, request.length - 1, request.length]) {
      const client = new RawClient(port);
      await client.connected();
      if (length > 0) client.socket.write(request.slice(0, length));
      await until(() => server.connections > 0);
      client.socket.resetAndDestroy();
      await until(() => server.connections === 0);
    }
    expect((await RawClient.open(port)).ended).toBe(false);
  });

  it.each([
    ["noise", Buffer.from(Array.from({ length: 300 }, (_, index) => (index * 89) & 0xff)), 400],
    ["a TLS ClientHello", Buffer.from("160301007a010000760303", "hex"), 400],
    ["a head without end", Buffer.from(`GET / HTTP/1.1\r\n${"X-A: b\r\n".repeat(200)}`), 431],
    ["a target of 20 KiB", Buffer.from(`GET /${"a".repeat(20_000)}`), 414],
  ])("responds to %s with a status and nothing else [H20]", async (_, bytes, status) => {
    const { port } = await openServer();
    const client = new RawClient(port);
    client.socket.write(bytes);
    await client.until(() => client.ended);
    expect(client.text).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  });
});

describe("the client, in the opening handshake,", () => {
  it("parses the bytes after the 101 response as frames, even a Close [C13]", async () => {
    const url = await openHandwrittenServer((socket, accepted) => {
      socket.end(Buffer.concat([Buffer.from(accepted), Buffer.from([0x81, 2, 0x68, 0x69, 0x88, 2, 0x0f, 0xa0])]));
    });
    const peer = await openPeer(url);
    expect(await peer.next()).toEqual({ type: "text", data: "hi" });
    expect(await peer.closed).toMatchObject({ clean: true, statusCode: 4000 });
  });

  it("reports the response of a server that rejects [C01]", async () => {
    const url = await openHandwrittenServer((socket) => {
      socket.end("HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic\r\nContent-Length: 5\r\n\r\nwho?\n");
    });
    const error = await connect(url).catch((thrown: OpeningError) => thrown);
    const { failure } = error as OpeningError;
    if (failure.kind !== "rejected") throw error;
    expect(failure.response).toMatchObject({
      status: 401,
      fields: [["WWW-Authenticate", "Basic"], expect.anything()],
    });
    expect(String(Buffer.from(failure.body))).toBe("who?\n");
  });

  it("reports the rule that a server breaks [C05]", async () => {
    const url = await openHandwrittenServer((socket) => {
      socket.end(responseText({ "Sec-WebSocket-Accept": "AAAA" }));
    });
    await expect(connect(url)).rejects.toMatchObject({
      failure: { kind: "violation", violation: { code: "opening/accept-mismatch" } },
    });
  });

  it("reports a server that closes the connection", async () => {
    const port = await openTcpServer((socket) => socket.once("data", () => socket.end()));
    await expect(connect(`ws://${host}:${port}/`)).rejects.toMatchObject({
      failure: { kind: "violation", violation: { code: "opening/transport-ended" } },
    });
    const resetting = await openTcpServer((socket) => socket.once("data", () => socket.resetAndDestroy()));
    await expect(connect(`ws://${host}:${resetting}/`)).rejects.toMatchObject({
      failure: { kind: "transport", error: { code: "ECONNRESET" } },
      cause: { code: "ECONNRESET" },
    });
  });

  it("reports why a server cannot be reached", async () => {
    const port = await openTcpServer(() => {});
    const client = await openClosedPort(port);
    await expect(connect(`ws://${host}:${client}/`)).rejects.toMatchObject({
      name: "OpeningError",
      cause: { code: "ECONNREFUSED" },
    });
  });

  it("gives up at its deadline on a server that does not respond", async () => {
    const sockets: Socket[] = [];
    const port = await openTcpServer((socket) => sockets.push(socket.resume()));
    const opening: Deadline["at"] = 60;
    const attempt = connect(`ws://${host}:${port}/`, { deadlines: { opening, closing: 60 } });
    await expect(attempt).rejects.toMatchObject({
      failure: { kind: "too-late", violation: { code: "deadline/opening" } },
    });
    const [socket] = sockets;
    if (socket !== undefined && !socket.readableEnded) await once(socket, "end");
  });

  it("gives up when its signal is aborted, and drops the socket", async () => {
    const controller = new AbortController();
    const arrived: Socket[] = [];
    const port = await openTcpServer((socket) => {
      arrived.push(socket);
      controller.abort(new Error("never mind"));
    });
    await expect(connect(`ws://${host}:${port}/`, { signal: controller.signal })).rejects.toThrow("never mind");
    const [socket] = arrived;
    socket?.resume();
    if (socket !== undefined) await once(socket, "end");
    await expect(connect(`ws://${host}:${port}/`, { signal: controller.signal })).rejects.toThrow("never mind");
  });

  it("rejects invalid arguments before opening anything", async () => {
    await expect(connect("ftp://example.com/")).rejects.toMatchObject({ name: "SyntaxError" });
    await expect(connect("ws://127.0.0.1/#")).rejects.toMatchObject({ name: "SyntaxError" });
    await expect(connect("ws://127.0.0.1/", { protocols: ["a b"] })).rejects.toMatchObject({ name: "SyntaxError" });
    await expect(connect("ws://127.0.0.1/", { fields: [["A B", ""]] })).rejects.toMatchObject({
      code: "http/field-name",
    });
  });
});

/** Returns a port on which nothing listens: one that the system has just assigned and released. */
async function openClosedPort(not: number): Promise<number> {
  const { createServer } = await import("node:net");
  const server = createServer().listen(0, host);
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port === not ? openClosedPort(not) : port;
}
