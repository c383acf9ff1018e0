import { once } from "node:events";
import { createServer, get, type IncomingMessage } from "node:http";
import { connect } from "node:net";
import { framesFrom, statusCodeIn } from "@hybi/testing/wire";
import { WebSocket, WebSocketServer } from "@hybi/ws";
import { describe, expect, it } from "vitest";
import { afterTest, httpServer, open, portOf, rawClient, serve } from "./support/servers.ts";

describe("a WebSocketServer", () => {
  it.each([[{}], [{ port: 0, noServer: true }], [{ server: createServer(), noServer: true }]])(
    "takes one of port, server and noServer, and not %o",
    (options) => {
      expect(() => new WebSocketServer(options)).toThrow(TypeError);
      expect(() => new WebSocketServer()).toThrow("One and only one");
    },
  );

  it("listens on a port and host, and calls back", async () => {
    const called = new Promise<void>((resolve) => {
      const server = new WebSocketServer({ port: 0, host: "127.0.0.1", backlog: 5 }, () => resolve());
      afterTest(() => server.close());
      once(server, "listening").then(() => {
        expect(server.address()).toMatchObject({ address: "127.0.0.1", family: "IPv4", port: expect.any(Number) });
      });
    });
    await called;
  });

  it("emits error when its port is taken", async () => {
    const { server } = await serve();
    const second = new WebSocketServer({ port: portOf(server), host: "127.0.0.1" });
    const [error] = await once(second, "error");
    expect(error.code).toBe("EADDRINUSE");
  });

  it("answers requests without Upgrade with 426, which names the protocol", async () => {
    const { url } = await serve();
    const [response] = await once(get(url.replace("ws", "http")), "response");
    expect([response.statusCode, response.headers.upgrade]).toEqual([426, "websocket"]);
    response.resume();
  });

  it("accepts upgrades of a server of the application, until it is closed", async () => {
    const http = await httpServer();
    const server = new WebSocketServer({ server: http });
    const url = `ws://127.0.0.1:${portOf(http)}`;
    const connection = once(server, "connection");
    const socket = await open(url);
    const [accepted, request] = await connection;
    expect([accepted instanceof WebSocket, request.url, server.clients.has(accepted)]).toEqual([true, "/", true]);
    expect(server.address()).toEqual(http.address());
    socket.close();
    await once(socket, "close");
    const closed = once(server, "close");
    server.close();
    await closed;
    expect(http.listening).toBe(true);
    expect(http.listenerCount("upgrade")).toBe(0);
  });

  it("accepts with noServer what is passed to handleUpgrade", async () => {
    const http = await httpServer();
    const server = new WebSocketServer({ noServer: true });
    expect(() => server.address()).toThrow("noServer");
    http.on("upgrade", (request, socket, head) => {
      server.handleUpgrade(request, socket, head, (client, of) => {
        server.emit("connection", client, of, "user");
        // The same socket a second time is a mistake of the program.
        expect(() => server.handleUpgrade(request, socket, head, () => {})).toThrow("more than once");
      });
    });
    server.on("connection", (client, _request, ...rest: unknown[]) => client.send(String(rest[0])));
    const socket = new WebSocket(`ws://127.0.0.1:${portOf(http)}`);
    afterTest(() => socket.terminate());
    expect(String((await once(socket, "message"))[0])).toBe("user");
  });

  it("handles only its path, or what shouldHandle says", async () => {
    const { url } = await serve({ path: "/chat" });
    expect((await rawClient(url, {}, "GET /other HTTP/1.1")).status).toBe(400);
    expect((await rawClient(url, {}, "GET /chat?a=1 HTTP/1.1")).status).toBe(101);
    const { server, url: second } = await serve();
    server.shouldHandle = async (request) => request.url === "/later";
    expect((await rawClient(second, {}, "GET / HTTP/1.1")).status).toBe(400);
    expect((await rawClient(second, {}, "GET /later HTTP/1.1")).status).toBe(101);
  });

  it("asks verifyClient, which returns or calls back", async () => {
    const seen: unknown[] = [];
    const { url } = await serve({
      verifyClient: (info: { origin: string; secure: boolean; req: IncomingMessage }) => {
        seen.push([info.origin, info.secure, info.req.url]);
        return info.req.url === "/yes";
      },
    });
    expect((await rawClient(url, { Origin: "http://a" }, "GET /no HTTP/1.1")).status).toBe(401);
    expect((await rawClient(url, {}, "GET /yes HTTP/1.1")).status).toBe(101);
    expect(seen).toEqual([
      ["http://a", false, "/no"],
      [undefined, false, "/yes"],
    ]);
    const { url: second } = await serve({
      verifyClient: (info, callback) => {
        setImmediate(() => callback(info.req.url === "/yes", 403, "not you", { "X-Why": "because" }));
      },
    });
    const refused = await rawClient(second, {}, "GET /no HTTP/1.1");
    expect([refused.status, refused.head.includes("X-Why: because")]).toEqual([403, true]);
    expect((await rawClient(second, {}, "GET /yes HTTP/1.1")).status).toBe(101);
  });

  it.each(["X: a\r\nY", "X", "X\r\nY"])(
    "answers 500 when verifyClient adds what would be two lines, as %j",
    async (name) => {
      const { server, url } = await serve({
        verifyClient: (_info, callback) => callback(false, 403, "no\r\n", { [name]: name === "X" ? "a\nb" : "a" }),
      });
      const { socket, status, head } = await rawClient(url);
      if (!socket.closed) await once(socket, "close");
      expect([status, /^[xy]/im.test(head)]).toEqual([500, false]);
      const errors: Error[] = [];
      server.on("wsClientError", (error: Error, client) => {
        errors.push(error);
        client.end("HTTP/1.1 501 Not Implemented\r\n\r\n");
      });
      expect((await rawClient(url)).status).toBe(501);
      expect(errors.map(String)).toEqual(["TypeError: Invalid character in a header line"]);
      server.options.verifyClient = (_info, callback) => callback(false, 403, "no", null as never);
      expect((await rawClient(url)).status).toBe(403);
    },
  );

  it("refuses a client that has gone while verifyClient decided", async () => {
    let decide: (() => void) | undefined;
    const { server, url } = await serve({
      verifyClient: (_info, callback) => {
        decide = () => callback(true);
      },
    });
    server.on("connection", () => expect.unreachable());
    const raw = connect(Number(new URL(url).port), "127.0.0.1");
    const asked = once(server._server as never, "upgrade");
    raw.write("GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n");
    raw.write("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n");
    const [, socket] = await asked;
    raw.destroy();
    await once(socket.resume(), "end");
    decide?.();
    expect(server.clients.size).toBe(0);
  });

  it("chooses the first subprotocol, or that of handleProtocols, which may be set later", async () => {
    const { server, url } = await serve();
    expect((await open(url, ["b", "a"])).protocol).toBe("b");
    server.options.handleProtocols = (protocols, request) =>
      request.url === "/" ? ([...protocols].at(-1) ?? false) : false;
    expect((await open(url, ["b", "a"])).protocol).toBe("a");
    const none = await rawClient(url, { "Sec-WebSocket-Protocol": "a" }, "GET /none HTTP/1.1");
    expect([none.status, none.head.toLowerCase().includes("sec-websocket-protocol")]).toEqual([101, false]);
    server.options.handleProtocols = () => "other";
    const wrong = await rawClient(url, { "Sec-WebSocket-Protocol": "a" });
    expect(wrong.status).toBe(500);
  });

  it("keeps no clients with clientTracking false", async () => {
    const { server, url } = await serve({ clientTracking: false });
    await open(url);
    expect(server.clients).toBe(undefined);
  });

  it("fails messages above maxPayload with 1009", async () => {
    const errors: unknown[] = [];
    const { url } = await serve({ maxPayload: 10 }, (socket) => socket.on("error", (error) => errors.push(error)));
    const socket = await open(url);
    socket.send("x".repeat(11));
    expect((await once(socket, "close"))[0]).toBe(1009);
    expect(errors).toMatchObject([
      { name: "RangeError", code: "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH", violation: { code: "message/too-big" } },
    ]);
  });

  it("fails messages of more than maxFragments with 1008", async () => {
    const codes: unknown[] = [];
    const { url } = await serve({ maxFragments: 3 }, (socket) =>
      socket.on("error", (error) => codes.push((error as { code?: string }).code)),
    );
    const { socket, frames } = await rawClient(url);
    const part = { opcode: "continuation", payload: "x", final: false } as const;
    socket.write(framesFrom("client", { ...part, opcode: "text" }, part, part, part));
    await once(socket, "end");
    expect(frames().map(({ payload }) => statusCodeIn(payload))).toEqual([1008]);
    expect(codes).toEqual(["WS_ERR_TOO_MANY_BUFFERED_PARTS"]);
  });

  it("makes sockets of the option WebSocket", async () => {
    class Mine extends WebSocket {
      readonly mine = "mine";
    }
    const { server, url } = await serve();
    server.options.WebSocket = Mine;
    const connection = once(server, "connection");
    await open(url);
    const [socket] = await connection;
    expect([socket instanceof Mine, socket.mine, socket.url, socket.readyState]).toEqual([true, "mine", "", 1]);
  });

  it("checks text also with skipUTF8Validation", async () => {
    const { url } = await serve({ skipUTF8Validation: true }, (socket) => socket.on("error", () => {}));
    const { socket } = await rawClient(url);
    const closed = once(socket.resume(), "end");
    socket.write(Uint8Array.of(0x81, 0x81, 0, 0, 0, 0, 0xff));
    await closed;
  });

  it("destroys the socket after closeTimeout when the peer does not close", async () => {
    const { server, url } = await serve({ closeTimeout: 50 }, (socket) => socket.close(1001));
    const connection = once(server, "connection");
    await rawClient(url);
    const [socket] = await connection;
    expect((await once(socket, "close"))[0]).toBe(1006);
  });

  it("accepts version 8, whose frames are the same, and names its versions to others", async () => {
    const { server, url } = await serve();
    const connection = once(server, "connection");
    const socket = await open(url, { protocolVersion: 8, origin: "http://a" });
    expect((await connection)[1].headers["sec-websocket-origin"]).toBe("http://a");
    socket.send("x");
    expect(String((await once(socket, "message"))[0])).toBe("x");
    const other = await rawClient(url, { "Sec-WebSocket-Version": "12" });
    expect([other.status, /Sec-WebSocket-Version: 13, 8/.test(other.head)]).toEqual([426, true]);
  });
});

describe("the events of a WebSocketServer", () => {
  it("let listeners of headers add lines, but none that is two", async () => {
    const { server, url } = await serve();
    server.on("headers", (headers, request) => headers.push(`X-Path: ${request.url}`));
    expect((await rawClient(url, {}, "GET /a HTTP/1.1")).head).toContain("\r\nX-Path: /a\r\n");
    server.on("headers", (headers) => headers.push("X-Two: a\r\nX-More: b"));
    const { status, head } = await rawClient(url, {}, "GET /a HTTP/1.1");
    expect([status, head.includes("X-")]).toEqual([500, false]);
  });

  it("pass bad requests to wsClientError, or answer them", async () => {
    const { server, url } = await serve();
    const bad = { "Sec-WebSocket-Key": "short" };
    expect((await rawClient(url, bad)).status).toBe(400);
    server.on("wsClientError", (error, socket, request) => {
      socket.end(`HTTP/1.1 418 Own\r\nConnection: close\r\n\r\n`);
      expect([error.message, request.url]).toEqual(["Missing or invalid Sec-WebSocket-Key header", "/"]);
      expect(error).toMatchObject({ violation: { code: "opening/key-malformed" } });
    });
    expect((await rawClient(url, bad)).status).toBe(418);
  });

  it("emit close when a server of its own is closed and its clients have gone", async () => {
    const { server, url } = await serve();
    const socket = await open(url);
    const order: string[] = [];
    server.on("close", () => order.push("event"));
    const called = new Promise<void>((resolve) => server.close(() => resolve(void order.push("callback"))));
    socket.on("close", () => order.push("client"));
    socket.close();
    await called;
    expect(order).toEqual(["client", "event", "callback"]);
    expect(server.address()).toBe(null);
    const again = new Promise((resolve) => server.close(resolve));
    expect(await again).toMatchObject({ message: "The server is not running" });
  });

  it("refuse with 503 while the server closes", async () => {
    const http = await httpServer();
    const server = new WebSocketServer({ noServer: true });
    http.on("upgrade", (request, socket, head) => server.handleUpgrade(request, socket, head, () => {}));
    server.close();
    expect((await rawClient(`ws://127.0.0.1:${portOf(http)}`)).status).toBe(503);
  });
});
