import { once } from "node:events";
import { connect, createServer as createPlainServer } from "node:net";
import { constants, deflateRawSync } from "node:zlib";
import { framesFrom } from "@hybi/testing/wire";
import { WebSocket, WebSocketServer } from "@hybi/ws";
import { describe, expect, it } from "vitest";
import * as ws from "ws";
import { accept, afterTest, httpServer, open, portOf, rawClient, rawServer, serve } from "./support/servers.ts";

type Options = WebSocket.ClientOptions & WebSocket.ServerOptions;

const implementations = [
  ["@hybi/ws", { WebSocket, WebSocketServer }],
  ["ws", ws as unknown as { WebSocket: typeof WebSocket; WebSocketServer: typeof WebSocketServer }],
] as const;

/** What `given` is not by its type: programs in JavaScript take it from the environment. */
function odd(given: Record<string, unknown>): Options {
  return given as Options;
}

describe.each(implementations)("as with ws, options of %s", (_name, Classes) => {
  /** The code with which a message of 20 bytes, in `parts` frames, ends a connection, or that it arrived. */
  async function outcomeAtServer(options: Record<string, unknown>, parts = 1): Promise<unknown> {
    const server = new Classes.WebSocketServer({ port: 0, host: "127.0.0.1", ...odd(options) });
    afterTest(() => server.close());
    await once(server, "listening");
    const outcome = new Promise((resolve) => {
      server.on("connection", (socket) => {
        socket.on("error", (error) => resolve((error as { code?: string }).code));
        socket.on("message", () => resolve("message"));
        afterTest(() => socket.terminate());
      });
    });
    const { socket } = await rawClient(`ws://127.0.0.1:${portOf(server)}`);
    const payload = "x".repeat(20 / parts);
    for (let part = 0; part < parts; part++) {
      const opcode = part === 0 ? "text" : "continuation";
      socket.write(framesFrom("client", { opcode, payload, final: part === parts - 1 }));
    }
    return outcome;
  }

  async function outcomeAtClient(options: Record<string, unknown>): Promise<unknown> {
    const url = await rawServer((socket) => {
      socket.write(framesFrom("server", { opcode: "text", payload: "x".repeat(20) }));
    });
    const socket = new Classes.WebSocket(url, odd(options));
    afterTest(() => socket.terminate());
    return new Promise((resolve) => {
      socket.on("error", (error) => resolve((error as { code?: string }).code));
      socket.on("message", () => resolve("message"));
    });
  }

  const tooBig = "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH";
  it.each([
    ["10", tooBig],
    ["1e1", tooBig],
    [10.9, tooBig],
    [true, tooBig],
    ["20", "message"],
    [20.5, "message"],
    [null, "message"],
    [Number.NaN, "message"],
    ["none", "message"],
    [-1, "message"],
    [0, "message"],
    [0.5, "message"],
    [Number.POSITIVE_INFINITY, "message"],
  ])("take %j for maxPayload, on servers and on clients", async (maxPayload, outcome) => {
    expect([await outcomeAtServer({ maxPayload }), await outcomeAtClient({ maxPayload })]).toEqual([outcome, outcome]);
  });

  it.each([
    ["3", "WS_ERR_TOO_MANY_BUFFERED_PARTS"],
    [3.5, "WS_ERR_TOO_MANY_BUFFERED_PARTS"],
    ["4", "message"],
    [null, "message"],
    [0.5, "message"],
    [Number.NaN, "message"],
  ])("take %j for maxFragments", async (maxFragments, outcome) => {
    expect(await outcomeAtServer({ maxFragments }, 4)).toBe(outcome);
  });

  it.each(["20", null, Number.NaN, -1, 0])("take %j for closeTimeout", async (closeTimeout) => {
    const server = new Classes.WebSocketServer({ port: 0, host: "127.0.0.1", ...odd({ closeTimeout }) });
    afterTest(() => server.close());
    server.on("connection", (socket) => socket.close());
    await once(server, "listening");
    const connection = once(server, "connection");
    await rawClient(`ws://127.0.0.1:${portOf(server)}`);
    const [socket] = await connection;
    expect((await once(socket, "close"))[0]).toBe(1006);
  });

  it.each([
    [undefined, undefined],
    [0, undefined],
    [Number.POSITIVE_INFINITY, "ERR_OUT_OF_RANGE"],
    [Number.NaN, "ERR_OUT_OF_RANGE"],
    [-1, "ERR_OUT_OF_RANGE"],
    ["100", "ERR_INVALID_ARG_TYPE"],
    [null, "ERR_INVALID_ARG_TYPE"],
  ])("take %j for handshakeTimeout, or throw before anything is sent", async (handshakeTimeout, code) => {
    let connections = 0;
    const server = createPlainServer((socket) => {
      connections++;
      afterTest(() => socket.destroy());
    });
    server.listen(0, "127.0.0.1");
    afterTest(() => server.close());
    await once(server, "listening");
    let thrown: { code?: string } | undefined;
    try {
      const socket = new Classes.WebSocket(`ws://127.0.0.1:${portOf(server)}`, odd({ handshakeTimeout }));
      socket.on("error", () => {});
      afterTest(() => socket.terminate());
      await once(server, "connection");
    } catch (error) {
      thrown = error as { code?: string };
    }
    expect([thrown?.code, connections]).toEqual([code, code === undefined ? 1 : 0]);
  });

  it.each([0, "", 1, "yes"])("take %j for perMessageDeflate", async (perMessageDeflate) => {
    const server = new Classes.WebSocketServer({ port: 0, host: "127.0.0.1", ...odd({ perMessageDeflate }) });
    afterTest(() => server.close());
    await once(server, "listening");
    const socket = new Classes.WebSocket(`ws://127.0.0.1:${portOf(server)}`, odd({ perMessageDeflate }));
    afterTest(() => socket.terminate());
    await once(socket, "open");
    expect(socket.extensions).toBe(perMessageDeflate ? "permessage-deflate" : "");
  });

  it("take window bits as text, and null for generateMask", async () => {
    let head = "";
    const url = await rawServer(
      () => {},
      (key, request) => {
        head = request;
        return accept(key);
      },
    );
    const perMessageDeflate = { serverMaxWindowBits: "12", clientMaxWindowBits: "11", serverNoContextTakeover: 1 };
    const socket = new Classes.WebSocket(url, odd({ perMessageDeflate, generateMask: null }));
    afterTest(() => socket.terminate());
    await once(socket, "open");
    const offer = /^sec-websocket-extensions: permessage-deflate; (.*)$/im.exec(head)?.[1]?.split("; ").sort();
    expect(offer).toEqual(["client_max_window_bits=11", "server_max_window_bits=12", "server_no_context_takeover"]);
  });

  it("may be null altogether for a server: it says what is missing", () => {
    expect(() => new Classes.WebSocketServer(null as never)).toThrow("One and only one");
  });

  it.each(["ftp://a", "no://a"])("name the schemes there are when an address is %s", (address) => {
    expect(() => new Classes.WebSocket(address)).toThrow(
      'The URL\'s protocol must be one of "ws:", "wss:", "http:", "https:", or "ws+unix:"',
    );
  });

  it.each([
    ["ws://example.com/", "example.com"],
    ["ws://example.com:80/", "example.com"],
    ["ws://example.com:443/", "example.com:443"],
    ["ws://example.com:8080/", "example.com:8080"],
    ["ws://[::1]/", "[::1]"],
    ["ws+unix:/tmp/none:/", "localhost"],
  ])("let the request to %s have the Host %s", async (address, host) => {
    const url = new URL(await rawServer(() => {}));
    const seen = new Promise<string>((resolve) => {
      const socket = new Classes.WebSocket(address, {
        createConnection: () => connect(Number(url.port), "127.0.0.1"),
        finishRequest: (request) => {
          request.end();
          resolve(String(request.getHeader("host")));
        },
      });
      afterTest(() => socket.terminate());
      socket.on("error", () => {});
    });
    expect(await seen).toBe(host);
  });

  it.each(["wss://example.com/", "wss://example.com:80/"])(
    "let the secure request to %s have its Host",
    async (address) => {
      const url = new URL(await rawServer(() => {}));
      const seen = new Promise<string>((resolve) => {
        const socket = new Classes.WebSocket(address, {
          createConnection: () => connect(Number(url.port), "127.0.0.1"),
          finishRequest: (request) => {
            request.end();
            resolve(String(request.getHeader("host")));
          },
        });
        afterTest(() => socket.terminate());
        socket.on("error", () => {});
      });
      expect(await seen).toBe(new URL(address.replace("wss:", "https:")).host);
    },
  );

  it.each(["close", "terminate"] as const)("let finishRequest %s the socket, whose request it has", async (method) => {
    const server = new Classes.WebSocketServer({ port: 0, host: "127.0.0.1" });
    afterTest(() => server.close());
    server.on("connection", () => expect.unreachable());
    await once(server, "listening");
    const order: string[] = [];
    const socket = new Classes.WebSocket(`ws://127.0.0.1:${portOf(server)}`, {
      finishRequest: (request, of) => {
        order.push(String((of as unknown as { _req: unknown })._req === request), String(of.readyState));
        of[method]();
        request.end();
        order.push(String(of.readyState));
      },
    });
    for (const event of ["upgrade", "open"]) socket.on(event, () => order.push(event));
    socket.on("error", (error) => order.push(error.message));
    const [code] = await new Promise<unknown[]>((resolve) => socket.on("close", (...values) => resolve(values)));
    const message = "WebSocket was closed before the connection was established";
    expect([...order, code]).toEqual(["true", "0", "2", message, 1006]);
  });

  it("let a listener of redirect close the socket", async () => {
    const server = createPlainServer((socket) => {
      socket.on("error", () => {});
      socket.once("data", () => socket.write("HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n"));
      afterTest(() => socket.destroy());
    });
    server.listen(0, "127.0.0.1");
    afterTest(() => server.close());
    await once(server, "listening");
    const socket = new Classes.WebSocket(`ws://127.0.0.1:${portOf(server)}/a`, { followRedirects: true });
    const order: unknown[] = [];
    socket.on("redirect", (url: string) => {
      order.push(new URL(url).pathname);
      socket.close();
    });
    socket.on("error", (error) => order.push(error.message));
    const [code] = await new Promise<unknown[]>((resolve) => socket.on("close", (...values) => resolve(values)));
    expect([...order, code]).toEqual(["/b", "WebSocket was closed before the connection was established", 1006]);
  });

  it("let an error of handleProtocols reach the program, and not the client", async () => {
    const http = await httpServer();
    const server = new Classes.WebSocketServer({
      noServer: true,
      handleProtocols: () => {
        throw new Error("secret");
      },
    });
    const caught: unknown[] = [];
    http.on("upgrade", (request, socket, head) => {
      try {
        server.handleUpgrade(request, socket, head, () => expect.unreachable());
      } catch (error) {
        caught.push((error as Error).message);
        server.options.handleProtocols = () => "a";
        // The program may answer by itself, or try again.
        server.handleUpgrade(request, socket, head, (client) => afterTest(() => client.terminate()));
      }
    });
    const url = `ws://127.0.0.1:${portOf(http)}`;
    const { status, head } = await rawClient(url, { "Sec-WebSocket-Protocol": "a" });
    expect([status, head.includes("secret"), caught]).toEqual([101, false, ["secret"]]);
  });
});

it("createConnection may close the client, whose request is not sent", async () => {
  const { server, url } = await serve();
  server.on("connection", () => expect.unreachable());
  const socket: WebSocket = new WebSocket(url, {
    createConnection: () => {
      // A microtask runs before the request is written.
      queueMicrotask(() => socket.close());
      return connect(Number(new URL(url).port), "127.0.0.1");
    },
  });
  const error = new Promise<Error>((resolve) => socket.on("error", resolve));
  const [code] = await new Promise<unknown[]>((resolve) => socket.on("close", (...values) => resolve(values)));
  expect([(await error).message, code]).toEqual(["WebSocket was closed before the connection was established", 1006]);
});

it("a wrong answer of handleProtocols is a 500 without words, and one warning", async () => {
  const { server, url } = await serve();
  const warnings: unknown[] = [];
  const hear = (warning: Error): unknown => warnings.push(warning.message);
  process.on("warning", hear);
  afterTest(() => process.off("warning", hear));
  for (const chosen of ["unoffered", Promise.resolve("a"), "unoffered"]) {
    server.options.handleProtocols = () => chosen as string;
    const { socket, status, head } = await rawClient(url, { "Sec-WebSocket-Protocol": "a" });
    await once(socket, "close");
    expect([status, /Content-Length: (\d+)/.exec(head)?.[1]]).toEqual([500, String("Internal Server Error".length)]);
  }
  expect(warnings).toEqual([
    "handleProtocols returned a subprotocol that the client has not offered: it must return one of the set, or false",
  ]);
});

it("bytes that are not UTF-8 are not lost silently when they are sent as text", async () => {
  const { url } = await serve();
  const socket = await open(url);
  const wrong = Uint8Array.of(0xff, 0x41);
  expect(() => socket.send(wrong, { binary: false })).toThrow(expect.objectContaining({ code: "send/not-utf8" }));
  const error = await new Promise((resolve) => socket.send(wrong, { binary: false }, resolve));
  expect(error).toMatchObject({ code: "send/not-utf8" });
  socket.send("after");
  expect(String((await once(socket, "message"))[0])).toBe("after");
});

it.each([
  ["of no bytes", Buffer.alloc(0)],
  ["with BFINAL and no 0x00 behind it", deflateRawSync("hello")],
  ["cut short", deflateRawSync("hello hello", { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, 4)],
])("a compressed message %s is read by ws, and fails the connection here", async (_what, payload) => {
  const outcomes: unknown[] = [];
  for (const [, Classes] of implementations) {
    const server = new Classes.WebSocketServer({ port: 0, host: "127.0.0.1", perMessageDeflate: true });
    afterTest(() => server.close());
    await once(server, "listening");
    const outcome = new Promise((resolve) => {
      server.on("connection", (socket) => {
        afterTest(() => socket.terminate());
        socket.on("message", () => resolve("message"));
        socket.on("error", (error) => resolve((error as { code?: string }).code));
      });
    });
    const fields = { "Sec-WebSocket-Extensions": "permessage-deflate" };
    const { socket } = await rawClient(`ws://127.0.0.1:${portOf(server)}`, fields);
    // FIN, RSV1, text; with a masking key of zeros.
    socket.write(Buffer.concat([Buffer.from([0xc1, 0x80 | payload.length, 0, 0, 0, 0]), payload]));
    outcomes.push(await outcome);
  }
  expect(outcomes).toEqual(["Z_BUF_ERROR", "message"]);
});
