import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { Agent, type ClientRequest, createServer, type IncomingMessage } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { selfSigned } from "@hybi/testing/adapter-contract";
import { framesFrom } from "@hybi/testing/wire";
import { WebSocket, WebSocketServer } from "@hybi/ws";
import { describe, expect, it, vi } from "vitest";
import { accept, afterTest, open, portOf, rawServer, serve } from "./support/servers.ts";

/** Waits for the error and the close of a client that does not open. */
async function failureOf(socket: WebSocket): Promise<Error> {
  afterTest(() => socket.terminate());
  const closed = new Promise<unknown[]>((resolve) => socket.once("close", (...values) => resolve(values)));
  const error = await new Promise<Error>((resolve) => socket.once("error", resolve));
  expect((await closed).map(String)).toEqual(["1006", ""]);
  expect(socket.readyState).toBe(WebSocket.CLOSED);
  return error;
}

describe("a client that never opens", () => {
  const calls = ["terminate", "close", "pause", "resume", "ping", "send"] as const;
  const pairs = calls.flatMap((first) => calls.map((second) => [first, second] as const));

  /** Calls them; before the opening is over `send` and `ping` throw that it is not. */
  function callAll(socket: WebSocket, names: readonly (typeof calls)[number][]): unknown[] {
    return names.flatMap((name) => {
      const isEarly = socket.readyState === WebSocket.CONNECTING && (name === "send" || name === "ping");
      try {
        Reflect.apply(socket[name], socket, []);
        return isEarly ? [`${name} did not throw`] : [];
      } catch (error) {
        return isEarly ? [] : [error];
      }
    });
  }

  it.each(pairs)("may be told to %s and %s, at once or when it has failed", async (first, second) => {
    const url = await rawServer(
      (socket) => socket.destroy(),
      () => "HTTP/1.1 200 OK\r\n\r\n",
    );
    const early = new WebSocket(url);
    const failed = failureOf(early);
    expect(callAll(early, [first, second])).toEqual([]);
    await failed;
    const late = new WebSocket(url);
    const thrown = new Promise<unknown[]>((resolve) => {
      late.once("error", () => resolve(callAll(late, [first, second])));
    });
    await failureOf(late);
    expect(await thrown).toEqual([]);
    expect(callAll(late, [first, second])).toEqual([]);
    expect(late.isPaused).toBe(false);
  });
});

describe("the address of a client", () => {
  it.each(["no address", "ftp://a/", "ws://a/#b", "ws+unix:"])("is not %s", (address) => {
    expect(() => new WebSocket(address)).toThrow(SyntaxError);
  });

  it("may be a URL, of http too", async () => {
    const { url } = await serve();
    const socket = await open(new URL(`${url.replace("ws:", "http:")}/path?a=b`));
    expect(socket.url).toBe(`${url}/path?a=b`);
  });

  it("may have credentials, which are sent decoded as Authorization", async () => {
    const { server, url } = await serve();
    const connection = once(server, "connection");
    await open(url.replace("ws://", "ws://us%65r:p%40ss@"));
    const [, request] = await connection;
    expect(request.headers.authorization).toBe(`Basic ${Buffer.from("user:p@ss").toString("base64")}`);
  });

  it("may be a Unix socket", async () => {
    const folder = mkdtempSync(join(tmpdir(), "ws-"));
    const http = createServer();
    const server = new WebSocketServer({ server: http });
    http.listen(join(folder, "s"));
    afterTest(() => {
      for (const client of server.clients) client.terminate();
      http.close();
      rmSync(folder, { recursive: true });
    });
    await once(http, "listening");
    const connection = once(server, "connection");
    await open(`ws+unix:${join(folder, "s")}:/path?a`);
    expect((await connection)[1].url).toBe("/path?a");
  });
});

describe("an option of a client", () => {
  it("is no version but 8 and 13, and no subprotocol that is malformed or repeated", () => {
    expect(() => new WebSocket("ws://a", { protocolVersion: 9 })).toThrow(RangeError);
    for (const protocols of [["a", "a"], ["a b"], [""]]) {
      expect(() => new WebSocket("ws://a", protocols)).toThrow(SyntaxError);
    }
  });

  it("headers, origin and subprotocols are sent", async () => {
    const { server, url } = await serve();
    const connection = once(server, "connection");
    await open(url, "chat", { headers: { Cookie: "a=b", "X-Mine": "1" }, origin: "http://here" });
    const { headers } = (await connection)[1];
    expect([headers.cookie, headers["x-mine"], headers.origin]).toEqual(["a=b", "1", "http://here"]);
    expect(headers["sec-websocket-protocol"]).toBe("chat");
    expect(headers["sec-websocket-extensions"]).toBe("permessage-deflate; client_max_window_bits");
  });

  it("agent and createConnection make the socket", async () => {
    const { url } = await serve();
    const agent = new Agent();
    let made = 0;
    const { createConnection } = agent as unknown as { createConnection: (...values: never[]) => never };
    Object.assign(agent, {
      createConnection: (...values: never[]) => [made++, createConnection.apply(agent, values)][1],
    });
    await open(url, { agent });
    expect(made).toBe(1);
    const { port } = new URL(url);
    const socket = await open("ws://example.com/", { createConnection: () => connect(Number(port), "127.0.0.1") });
    socket.send("x");
    expect(String((await once(socket, "message"))[0])).toBe("x");
  });

  it("finishRequest may change the request, and ends it", async () => {
    const { server, url } = await serve();
    const connection = once(server, "connection");
    await open(url, {
      finishRequest: (request, websocket) => {
        request.setHeader("X-Late", String(websocket.readyState));
        setImmediate(() => request.end());
      },
    });
    expect((await connection)[1].headers["x-late"]).toBe("0");
  });

  it("handshakeTimeout bounds the opening", async () => {
    const server = createServer().on("upgrade", () => {});
    server.listen(0, "127.0.0.1");
    afterTest(() => {
      server.closeAllConnections();
      server.close();
    });
    await once(server, "listening");
    const error = await failureOf(new WebSocket(`ws://127.0.0.1:${portOf(server)}`, { handshakeTimeout: 30 }));
    expect(error.message).toBe("Opening handshake has timed out");
  });

  it("maxPayload bounds messages", async () => {
    const url = await rawServer((socket) => socket.write(framesFrom("server", { opcode: "text", payload: "12345" })));
    const socket = new WebSocket(url, { maxPayload: 4 });
    afterTest(() => socket.terminate());
    expect(await once(socket, "open").then(() => once(socket, "message").catch((error) => error))).toMatchObject({
      code: "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH",
    });
  });

  it("generateMask fills the masking keys, and must be random", async () => {
    const { url } = await serve();
    let made = 0;
    const generateMask = (mask: Buffer): void => {
      made++;
      for (let at = 0; at < 4; at++) mask[at] = (made * 31 + at * 101 + 7) & 0xff;
    };
    const socket = await open(url, { generateMask });
    socket.send("x");
    expect(String((await once(socket, "message"))[0])).toBe("x");
    expect(made).toBeGreaterThan(0);
    expect((await failureOf(new WebSocket(url, { generateMask() {} }))).message).toContain("random");
  });

  it("allowSynchronousEvents false gives each event a turn of its own", async () => {
    const many = Array.from({ length: 200 }, (_, at) => ({ opcode: "text", payload: String(at) }) as const);
    const url = await rawServer((socket) => {
      socket.end(framesFrom("server", ...many, { opcode: "ping" }, { opcode: "close" }));
    });
    const socket = new WebSocket(url, { allowSynchronousEvents: false });
    afterTest(() => socket.terminate());
    const heard: string[] = [];
    let turns = 0;
    let wasInTurn = false;
    const note = (what: string): void => {
      heard.push(what);
      expect(wasInTurn).toBe(false);
      wasInTurn = true;
      turns++;
      queueMicrotask(() => {
        wasInTurn = false;
      });
    };
    socket.on("message", (data) => note(String(data)));
    socket.on("ping", () => note("ping"));
    expect((await once(socket, "close"))[0]).toBe(1005);
    expect(heard).toEqual([...many.map(({ payload }) => payload), "ping"]);
    expect(turns).toBe(201);
  });

  it("rejectUnauthorized and the others of TLS are passed on", async () => {
    const https = createSecureServer(await selfSigned());
    const server = new WebSocketServer({ server: https });
    https.listen(0, "127.0.0.1");
    afterTest(() => {
      for (const client of server.clients) client.terminate();
      https.close();
    });
    await once(https, "listening");
    const url = `wss://127.0.0.1:${portOf(https)}`;
    expect(await failureOf(new WebSocket(url))).toMatchObject({ code: expect.stringContaining("SELF_SIGNED") });
    const socket = await open(url, { rejectUnauthorized: false });
    expect((socket._socket as { encrypted?: boolean }).encrypted).toBe(true);
  });
});

describe("redirects", () => {
  async function redirecting(to: string, status = 302): Promise<string> {
    const server = createServer((_request, response) => response.end());
    server.on("upgrade", (_request, socket) => {
      socket.end(`HTTP/1.1 ${status} Found\r\nLocation: ${to}\r\nConnection: close\r\n\r\n`);
    });
    server.listen(0, "127.0.0.1");
    afterTest(() => {
      server.closeAllConnections();
      server.close();
    });
    await once(server, "listening");
    return `ws://127.0.0.1:${portOf(server)}`;
  }

  it("are followed on request, without credentials to another host", async () => {
    const { server, url } = await serve();
    const connection = once(server, "connection");
    const from = await redirecting(`${url}/there`);
    const socket = await open(from, { followRedirects: true, headers: { Cookie: "secret", "X-Kept": "1" } });
    const { headers } = (await connection)[1];
    expect([socket.url, headers.cookie, headers["x-kept"]]).toEqual([`${url}/there`, undefined, "1"]);
  });

  it("are events, whose listeners take the decision about credentials", async () => {
    const { server, url } = await serve();
    const connection = once(server, "connection");
    const socket = new WebSocket(await redirecting(url), { followRedirects: true, headers: { Cookie: "secret" } });
    const opened = once(socket, "open");
    const [to, request] = await once(socket, "redirect");
    expect([to, typeof request.setHeader]).toEqual([`${url}/`, "function"]);
    expect((await connection)[1].headers.cookie).toBe("secret");
    await opened;
    socket.terminate();
  });

  it("are at most maxRedirects, and lead to addresses of WebSockets", async () => {
    const loop = await redirecting("/");
    const error = await failureOf(new WebSocket(loop, { followRedirects: true, maxRedirects: 2 }));
    expect(error.message).toBe("Maximum redirects exceeded");
    const wrong = await failureOf(new WebSocket(await redirecting("ftp://a/"), { followRedirects: true }));
    expect(wrong).toBeInstanceOf(SyntaxError);
  });

  it.each<readonly [what: string, to: string, options: WebSocket.ClientOptions, message: string]>([
    ["the agent does not take", "wss://127.0.0.1:9/", { agent: new Agent() }, 'Protocol "https:" not supported'],
    ["leads to a socket of this machine", "ws+unix:/tmp/no.sock:/x", {}, "The redirect leads to a Unix socket"],
    ["leads there by TLS", "wss+unix:/tmp/no.sock:/x", {}, "The redirect leads to a Unix socket"],
    ["has a host that is none", "ws://a b/", {}, "Invalid URL"],
  ])("that %s fails the socket", async (_what, to, options, message) => {
    const error = await failureOf(new WebSocket(await redirecting(to), { ...options, followRedirects: true }));
    expect(error.message).toContain(message);
  });

  it("at which a function of the program throws fail the socket", async () => {
    const { server, url } = await serve();
    const from = await redirecting(url);
    const listened = new WebSocket(from, { followRedirects: true });
    listened.on("redirect", () => {
      throw new Error("not there");
    });
    let calls = 0;
    const throwing = (): never => {
      throw new Error(`not there, ${calls}`);
    };
    const connected = new WebSocket(from, {
      followRedirects: true,
      createConnection: (options: object) => (calls++ === 0 ? connect(options as never) : throwing()),
    });
    const finished = new WebSocket(from, {
      followRedirects: true,
      finishRequest: (request) => void (calls++ < 2 ? request.end() : throwing()),
    });
    const errors = await Promise.all([listened, connected, finished].map(failureOf));
    expect(errors.map(({ message }) => message)).toEqual(Array(3).fill(expect.stringContaining("not there")));
    expect(server.clients.size).toBe(0);
    expect(() => new WebSocket(from, { handshakeTimeout: 1, finishRequest: throwing })).toThrow("not there");
  });

  it("lead from a Unix socket to itself only", async () => {
    const directory = mkdtempSync(join(tmpdir(), "hybi-"));
    const path = join(directory, "socket");
    let location = `ws+unix:${path}:/there?a:b`;
    const server = createServer();
    const wss = new WebSocketServer({ noServer: true });
    const seen: unknown[] = [];
    server.on("upgrade", (request, socket, head) => {
      seen.push(request.url);
      if (request.url !== "/") wss.handleUpgrade(request, socket, head, (client) => client.close());
      else socket.end(`HTTP/1.1 302 Found\r\nLocation: ${location}\r\nConnection: close\r\n\r\n`);
    });
    server.listen(path);
    afterTest(() => {
      server.close();
      rmSync(directory, { recursive: true, force: true });
    });
    await once(server, "listening");
    await open(`ws+unix:${path}:/`, { followRedirects: true });
    location = `ws+unix:${path}2:/there`;
    const error = await failureOf(new WebSocket(`ws+unix:${path}:/`, { followRedirects: true }));
    expect(error.message).toContain("leads to a Unix socket");
    expect(seen).toEqual(["/", "/there?a:b", "/"]);
  });

  it("are refusals without followRedirects", async () => {
    const error = await failureOf(new WebSocket(await redirecting("/")));
    expect(error.message).toBe("Unexpected server response: 302");
  });
});

describe("a response", () => {
  it.each([
    ["Invalid Sec-WebSocket-Accept header", (key: string) => accept(`${key}x`)],
    ["Invalid Upgrade header", (key: string) => accept(key).replace("Upgrade: websocket", "Upgrade: other")],
    [
      "Server sent a subprotocol but none was requested",
      (key: string) => accept(key).replace("\r\n\r\n", "\r\nSec-WebSocket-Protocol: a\r\n\r\n"),
    ],
    [
      "Server indicated an extension that was not requested",
      (key: string) => accept(key).replace("\r\n\r\n", "\r\nSec-WebSocket-Extensions: x\r\n\r\n"),
    ],
    [
      "Invalid Sec-WebSocket-Extensions header",
      (key: string) => accept(key).replace("\r\n\r\n", "\r\nSec-WebSocket-Extensions: ;;\r\n\r\n"),
    ],
  ])("fails the client: %s", async (message, answer) => {
    const error = await failureOf(new WebSocket(await rawServer(() => {}, answer)));
    expect(error.message).toBe(message);
    expect(error).toMatchObject({ violation: { section: expect.stringContaining("RFC") } });
  });

  it("fails the client when a requested subprotocol is missing or another", async () => {
    const url = await rawServer(() => {});
    expect((await failureOf(new WebSocket(url, "a"))).message).toBe("Server sent no subprotocol");
    const other = await rawServer(
      () => {},
      (key) => accept(key).replace("\r\n\r\n", "\r\nSec-WebSocket-Protocol: b\r\n\r\n"),
    );
    expect((await failureOf(new WebSocket(other, "a"))).message).toBe("Server sent an invalid subprotocol");
  });

  it("is passed to listeners of upgrade, which may close the socket", async () => {
    const { url } = await serve();
    const socket = new WebSocket(url);
    const [response] = await once(socket, "upgrade");
    expect([response.statusCode, response.headers.upgrade]).toEqual([101, "websocket"]);
    socket.terminate();
    const second = new WebSocket(url);
    second.on("upgrade", () => second.close());
    second.on("open", () => expect.unreachable());
    expect((await failureOf(second)).message).toBe("WebSocket was closed before the connection was established");
  });

  it("that is no upgrade is an error, unless a listener of unexpected-response takes it", async () => {
    const server = createServer().on("upgrade", (_request, socket) =>
      socket.end("HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno"),
    );
    server.listen(0, "127.0.0.1");
    afterTest(() => {
      server.closeAllConnections();
      server.close();
    });
    await once(server, "listening");
    const url = `ws://127.0.0.1:${portOf(server)}`;
    expect((await failureOf(new WebSocket(url))).message).toBe("Unexpected server response: 401");
    const socket = new WebSocket(url);
    socket.on("error", () => {});
    const [request, response] = await once(socket, "unexpected-response");
    expect([response.statusCode, request.getHeader("upgrade"), socket.readyState]).toEqual([401, "websocket", 0]);
    let body = "";
    for await (const chunk of response) body += chunk;
    expect(body).toBe("no");
    socket.terminate();
  });

  it.each<readonly [what: string, take: (request: ClientRequest, response: IncomingMessage) => void, left: number]>([
    ["destroys the request", (request) => request.destroy(), 0],
    ["aborts the request", (request) => request.abort(), 0],
    ["destroys the response", (_request, response) => response.destroy(), 0],
    ["reads the response", (_request, response) => response.resume(), 0],
    ["does nothing", () => {}, 1],
  ])("that a listener takes which %s leaves so many timers: handshakeTimeout", async (_what, take, left) => {
    const url = await rawServer(
      () => {},
      () => "HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno",
    );
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    afterTest(() => vi.useRealTimers());
    const socket = new WebSocket(url, { handshakeTimeout: 300 });
    afterTest(() => socket.terminate());
    const heard: string[] = [];
    socket.on("error", ({ message }) => heard.push(message));
    socket.on("close", (code) => heard.push(String(code)));
    const [request, response] = await once(socket, "unexpected-response");
    expect(vi.getTimerCount()).toBe(1);
    take(request, response);
    if (left === 0) await once(request, "close");
    expect(vi.getTimerCount()).toBe(left);
    vi.advanceTimersByTime(300);
    await new Promise(setImmediate);
    expect(heard).toEqual(left === 0 ? [] : ["Opening handshake has timed out", "1006"]);
  });

  it("that never comes, because nobody listens, is the error of the socket", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const port = portOf(server);
    server.close();
    await once(server, "close");
    expect(await failureOf(new WebSocket(`ws://127.0.0.1:${port}`))).toMatchObject({ code: "ECONNREFUSED" });
  });
});

describe("closing before the connection is open", () => {
  it.each(["close", "terminate"] as const)("by %s is an error", async (method) => {
    const { server, url } = await serve();
    server.on("connection", () => expect.unreachable());
    const socket = new WebSocket(url);
    socket[method]();
    expect(socket.readyState).toBe(WebSocket.CLOSING);
    expect((await failureOf(socket)).message).toBe("WebSocket was closed before the connection was established");
    expect(() => socket.send("x")).not.toThrow();
  });

  it("is an error of send, ping and pong", () => {
    const socket = new WebSocket("ws://127.0.0.1:1");
    socket.on("error", () => {});
    for (const method of ["send", "ping", "pong"] as const) {
      expect(() => socket[method]("x")).toThrow("WebSocket is not open: readyState 0 (CONNECTING)");
    }
    socket.terminate();
  });
});
