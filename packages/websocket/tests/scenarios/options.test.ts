/** Options are checked where they are given: every call that takes options reports what is wrong, and which options exist. */
import { Endpoint, plainAgreement, UsageError } from "@hybi/core";
import { describe, expect, it } from "vitest";
import { createAdapter } from "../../src/adapter/create-adapter.ts";
import { createWebSocketClass, createWebSocketStreamClass } from "../../src/client/create-websocket-class.ts";
import { silentListener } from "../../src/pump/listener.ts";
import { Pump } from "../../src/pump/pump.ts";
import { ReconnectPlan } from "../../src/reconnect/plan.ts";
import { reconnect } from "../../src/reconnect/reconnect.ts";
import type { IncomingOpening } from "../../src/server/incoming-opening.ts";
import { WebSocketServer } from "../../src/server/server.ts";
import type { WebSocket } from "../../src/socket/websocket.ts";
import { fromMessagePort } from "../../src/transport/from-message-port.ts";
import { fromStreams } from "../../src/transport/from-streams.ts";
import { createTransportPair } from "../../src/transport/pair.ts";
import { TestClock, turn, until } from "../support/clock.ts";
import { World } from "../support/link.ts";

type Taker = (given: object) => unknown;
type Row = [what: string, take: Taker, given: unknown, code: string, message: RegExp];

interface Fault {
  readonly name?: string;
  readonly code?: string;
  readonly message: string;
}

/** Returns the error that `take` throws, or with which its promise rejects. */
async function faultOf(take: Taker, given: unknown): Promise<Fault> {
  try {
    await take(given as object);
  } catch (error) {
    return error as Fault;
  }
  return { message: "nothing was thrown" };
}

const never = () => new Promise<never>(() => {});
const Socket = createWebSocketClass(never);
const Stream = createWebSocketStreamClass(never);
const adapter = createAdapter({
  openTransport: never,
  openListener: () => ({ address: undefined, stop() {} }),
  checkTls() {},
});
/** A URL at which nothing listens. */
const nowhere = "ws://nowhere.example/";
const url = "ws://example.com/";
const random = (target: Uint8Array) => void target.fill(1);
const extension = () => ({ name: "x", rsv: 0, offers: () => [], checkAnswer() {}, answer() {}, createTransform() {} });

const socket: Taker = (given) => new Socket(nowhere, given);
const stream: Taker = (given) => new Stream(nowhere, given as never);
const connect: Taker = (given) => adapter.connect(nowhere, given as never);
const server: Taker = (given) => new WebSocketServer(() => {}, given);
const adapterServer: Taker = (given) => new adapter.WebSocketServer(() => {}, given);
const listen: Taker = (given) => adapter.listen(() => {}, given);
const plan: Taker = (given) => new ReconnectPlan({ random, ...given });
const back: Taker = (given) => reconnect(never, given);
const pump: Taker = (given) =>
  new Pump({
    endpoint: Endpoint.fromAgreement(plainAgreement("server")),
    transport: createTransportPair()[0],
    listener: silentListener,
    ...given,
  });

/** Cases for every kind of client. */
const clientRows = (what: string, take: Taker): Row[] => [
  [what, take, { headers: {} }, "option/unknown", /headers is not an option .*Did you mean fields\?/],
  [what, take, { cookie: [] }, "option/unknown", /Did you mean cookies\?/],
  [what, take, { feilds: [] }, "option/unknown", /Did you mean fields\?/],
  [what, take, { followRedirect: 1 }, "option/unknown", /Did you mean followRedirects\?/],
  [what, take, { perMessageDeflate: true }, "option/unknown", /Did you mean extensions: \[permessageDeflate\(\)\]\?/],
  [what, take, { handshakeTimeout: 5 }, "option/unknown", /Did you mean deadlines: \{ opening/],
  [what, take, { keepAlive: true }, "option/unknown", /Did you mean deadlines: \{ ping: … \}\?/],
  [what, take, { pingInterval: 5 }, "option/unknown", /Did you mean deadlines: \{ ping: … \}\?/],
  [what, take, { heartbeat: 5 }, "option/unknown", /Did you mean deadlines: \{ ping: … \}\?/],
  [what, take, { agent: {} }, "option/unknown", /Did you mean transportOptions: \{ agent: … \} in Node\?/],
  [what, take, { rejectUnauthorizedd: false }, "option/unknown", /It takes .*protocols/],
  [what, take, { url: "ws://else/" }, "option/unknown", /url is not an option/],
  [what, take, { delivery: "pieces" }, "option/unknown", /delivery is not an option/],
  [what, take, { deadlines: { openning: 5 } }, "option/unknown", /Did you mean deadlines\.opening\?/],
  [what, take, { limits: { mesage: 1 } }, "option/unknown", /Did you mean limits\.message\?/],
  [what, take, { fields: {} }, "option/type", /fields must be a list of \[name, value\] pairs.*, but is an object/],
  [what, take, { cookies: {} }, "option/type", /cookies must be a list of \[name, value\] pairs/],
  [what, take, { cookies: "session=abc" }, "option/type", /cookies must be a list/],
  [what, take, { extensions: [extension] }, "option/type", /extensions\[0\] must be an extension.*, but is a function/],
  [what, take, { extensions: extension() }, "option/type", /extensions must be a list/],
  [what, take, { origin: 5 }, "option/type", /origin must be a string/],
  [what, take, { base: new URL(url) }, "option/type", /base must be a string/],
  [what, take, { concurrentOpenings: 1 }, "option/type", /concurrentOpenings must be true or false/],
  [what, take, { runtime: 5 }, "option/type", /runtime takes an object/],
  [what, take, { clock: {} }, "option/unknown", /Did you mean runtime: \{ clock: … \}\?/],
  [what, take, { writebudget: 5 }, "option/unknown", /Did you mean runtime: \{ writeBudget: … \}\?/],
  [what, take, { runtime: { random: 5 } }, "option/type", /runtime\.random must be a function/],
  [what, take, { runtime: { clock: {} } }, "option/type", /runtime\.clock must be an object with now\(\)/],
  [what, take, { runtime: { connect: {} } }, "option/type", /runtime\.connect must be a function/],
  [what, take, { onError: "x" }, "option/type", /onError must be a function/],
  [what, take, { deadlines: 5 }, "option/type", /deadlines takes an object/],
  [what, take, { runtime: { native: "127.0.0.1" } }, "option/type", /runtime\.native takes an object/],
  [what, take, { deadlines: { opening: -1 } }, "option/range", /deadlines\.opening must be a number of milliseconds/],
  [what, take, { deadlines: { pong: Number.NaN } }, "option/range", /deadlines\.pong/],
  [what, take, { followRedirects: -1 }, "option/range", /followRedirects must be a number of at least 0, but is -1/],
  [what, take, { runtime: { fragmentSize: 0 } }, "option/range", /runtime\.fragmentSize/],
  [what, take, { runtime: { writeBudget: 0 } }, "option/range", /runtime\.writeBudget must be a number of at least 1/],
  [what, take, { tolerate: ["x"] }, "option/range", /tolerate\[0\] must be one of/],
  [what, take, { limits: { message: "1" } }, "option/range", /limits\.message/],
];

const rows: Row[] = [
  ...clientRows("new WebSocket", socket),
  [
    "new WebSocket",
    socket,
    { binaryType: "x" },
    "option/range",
    /binaryType must be "blob", "arraybuffer" or "bytes", but is "x"/,
  ],
  ["new WebSocket", socket, { protocols: 5 }, "option/type", /protocols must be a string, or a list of strings/],
  [
    "new WebSocket",
    socket,
    { signal: AbortSignal.abort() },
    "option/unknown",
    /signal is not an option of a WebSocket/,
  ],
  ["new WebSocket", socket, { readHighWaterMark: 5 }, "option/unknown", /readHighWaterMark/],
  ...clientRows("new WebSocketStream", stream),
  [
    "new WebSocketStream",
    stream,
    { binaryType: "blob" },
    "option/unknown",
    /binaryType is not an option of a WebSocketStream/,
  ],
  ["new WebSocketStream", stream, { readHighWaterMark: -1 }, "option/range", /readHighWaterMark/],
  ["new WebSocketStream", stream, { writeHighWaterMark: Number.NaN }, "option/range", /writeHighWaterMark/],
  ...clientRows("connect", connect),
  ["connect", connect, { signal: {} }, "option/type", /signal must be an AbortSignal/],
  ["connect", connect, { signal: null }, "option/type", /signal must be an AbortSignal, but is null/],
  ["connect", connect, null, "option/type", /connect takes an object of options/],
  ["connect", connect, "chat", "option/type", /connect takes an object of options, such as \{ protocols/],
  ["connect", connect, ["chat"], "option/type", /connect takes an object of options/],
  [
    "the defaults of a class",
    (given) => createWebSocketClass(never, given),
    { headers: {} },
    "option/unknown",
    /fields/,
  ],
  [
    "the defaults of a class",
    (given) => createWebSocketStreamClass(never, given),
    { limit: {} },
    "option/unknown",
    /limits/,
  ],
  [
    "the connect function of a class",
    (given) => createWebSocketClass(given as never),
    {},
    "option/type",
    /connect must be a function/,
  ],

  [
    "new WebSocketServer",
    server,
    { origins: "https://example.com" },
    "option/type",
    /origins must be a list of strings, but is a string/,
  ],
  ["new WebSocketServer", server, { origins: ["example.com"] }, "opening/origin", /example\.com/],
  ["new WebSocketServer", server, { origin: [] }, "option/unknown", /Did you mean origins\?/],
  [
    "new WebSocketServer",
    server,
    { verifyClient() {} },
    "option/unknown",
    /Did you mean reject\(\{ status: 401 \}\) in the handler\?/,
  ],
  [
    "new WebSocketServer",
    server,
    { handleProtocols() {} },
    "option/unknown",
    /Did you mean accept\(\{ subprotocol: … \}\) in the handler\?/,
  ],
  ["new WebSocketServer", server, { port: 80 }, "option/unknown", /Did you mean listen\(handler, \{ port: … \}\)\?/],
  ["new WebSocketServer", server, { maxConnection: 5 }, "option/unknown", /Did you mean maxConnections\?/],
  ["new WebSocketServer", server, { maxPayload: 5 }, "option/unknown", /Did you mean limits: \{ message: … \}\?/],
  ["new WebSocketServer", server, { fields: [] }, "option/unknown", /fields is not an option of a server/],
  ["new WebSocketServer", server, { delivery: "pieces" }, "option/unknown", /delivery/],
  ["new WebSocketServer", server, { maxConnections: -1 }, "option/range", /maxConnections/],
  ["new WebSocketServer", server, { binaryType: "x" }, "option/range", /binaryType/],
  ["new WebSocketServer", server, { tolerate: ["x"] }, "option/range", /tolerate/],
  ["new WebSocketServer", server, { limits: { mesage: 1 } }, "option/unknown", /limits\.message/],
  ["new WebSocketServer", server, { deadlines: { opening: -1 } }, "option/range", /deadlines\.opening/],
  ["new WebSocketServer", server, { extensions: [extension] }, "option/type", /extensions\[0\]/],
  ["new WebSocketServer", server, { onFailure: true }, "option/type", /onFailure must be a function/],
  ["new WebSocketServer", server, { checkOrigin: [] }, "option/type", /checkOrigin must be a function/],
  ["new WebSocketServer", server, { runtime: { clock: null } }, "option/type", /runtime\.clock/],
  ["new WebSocketServer", server, { native: {} }, "option/unknown", /Did you mean runtime: \{ native: … \}\?/],
  ["new WebSocketServer", server, { connect() {} }, "option/unknown", /It takes .*runtime/],
  ["an adapter's WebSocketServer", adapterServer, { runtime: null }, "option/type", /runtime takes an object/],
  ["an adapter's WebSocketServer", adapterServer, { runtime: [] }, "option/type", /runtime takes an object/],
  ["new WebSocketServer", server, null, "option/type", /\. A server takes an object of options, but got null/],
  [
    "a server without a handler",
    (given) => new WebSocketServer(given as never),
    {},
    "option/type",
    /first argument of WebSocketServer\. To listen on a port, call listen\(handler, \{ port: … \}\)/,
  ],
  ["listen", listen, { host: 5 }, "option/type", /host must be a string/],
  ["listen", listen, { hostname: "127.0.0.1" }, "option/unknown", /Did you mean host\?/],
  ["listen", listen, { port: 70_000 }, "option/range", /port must be an integer from 0 to 65535, but is 70000/],
  ["listen", listen, { port: "8080" }, "option/range", /port must be an integer/],
  [
    "listen",
    listen,
    { host: "127.0.0.1", path: "/chat" },
    "option/range",
    /is a Unix socket.*opening\.request\.resourceName/,
  ],
  ["listen", listen, { port: 8080, path: "/chat" }, "option/range", /is a Unix socket.*opening\.request\.resourceName/],
  ["listen", listen, { server: {} }, "option/unknown", /Did you mean upgrade\(/],
  ["listen", listen, { noServer: true }, "option/unknown", /Did you mean upgrade\(/],
  ["listen", listen, { keepalive: true }, "option/unknown", /Did you mean deadlines: \{ ping: … \}\?/],
  ["listen", listen, { pingInterval: 5 }, "option/unknown", /Did you mean deadlines: \{ ping: … \}\?/],
  ["listen", listen, { pingTimeout: 5 }, "option/unknown", /Did you mean deadlines: \{ pong: … \}\?/],
  ["listen", listen, { cert: "" }, "option/unknown", /Did you mean tls\?/],
  ["listen", listen, { origins: "x" }, "option/type", /origins/],
  ["listen", listen, () => {}, "option/type", /listen takes an object of options, but got a function/],
  [
    "listen with its arguments in the wrong order",
    (given) => adapter.listen(given as never, (() => {}) as never),
    { port: 8080 },
    "option/type",
    /The handler must be a function, and is the first argument of listen/,
  ],

  ["reconnect", back, { maxRetries: 5 }, "option/unknown", /Did you mean attempts\?/],
  ["reconnect", back, { outbox: { message: 5 } }, "option/unknown", /Did you mean outbox\.messages\?/],
  ["reconnect", back, { outbox: 5 }, "option/type", /outbox takes an object/],
  ["reconnect", back, { outbox: { bytes: -1 } }, "option/range", /outbox\.bytes/],
  ["reconnect", back, { signal: {} }, "option/type", /signal must be an AbortSignal/],
  ["reconnect", back, { shouldReconnect: true }, "option/type", /shouldReconnect must be a function/],
  ["reconnect", back, { firstDelay: -1 }, "option/range", /firstDelay/],
  ["reconnect", back, { maximumDelay: Number.POSITIVE_INFINITY }, "option/range", /maximumDelay must be finite/],
  ["reconnect", back, { maximumRetryAfter: Number.NaN }, "option/range", /maximumRetryAfter/],
  ["reconnect", back, { runtime: { clock: {} } }, "option/type", /runtime\.clock/],
  ["reconnect", back, { random: Math.random }, "option/unknown", /Did you mean runtime: \{ random: … \}\?/],
  ["reconnect", back, { native: {} }, "option/unknown", /It takes .*runtime/],
  [
    "reconnect",
    (given) => reconnect(given as never),
    url,
    "option/type",
    /reconnect\(\(\) => new WebSocket\(url\)\), must be a function, but is a string/,
  ],
  ["a plan", plan, { signal: undefined, outbox: {} }, "option/unknown", /outbox is not an option of a ReconnectPlan/],

  ["pair", (given) => createTransportPair(given), { chunk: 5 }, "option/unknown", /Did you mean chunkSize\?/],
  ["pair", (given) => createTransportPair(given), { chunkSize: 0 }, "option/range", /chunkSize/],
  ["pair", (given) => createTransportPair(given), { schedule: 5 }, "option/type", /schedule must be a function/],
  [
    "fromStreams",
    (given) => fromStreams(given as never),
    { readable: new ReadableStream() },
    "option/type",
    /\{ readable, writable \}/,
  ],
  ["fromStreams", (given) => fromStreams(given as never), null, "option/type", /fromStreams/],
  ["fromMessagePort", (given) => fromMessagePort(given as never), {}, "option/type", /MessagePort/],
  ["new Pump", pump, { deadline: {} }, "option/unknown", /Did you mean deadlines\?/],
  ["new Pump", pump, { deadlines: { opening: -1 } }, "option/range", /deadlines\.opening/],
  ["new Pump", pump, { writeBudget: Number.NaN }, "option/range", /writeBudget/],
  ["new Pump", pump, { transport: {} }, "option/type", /transport must be a Transport, but has no start\(\)/],
  ["new Pump", pump, { transport: { start() {}, write() {} } }, "option/type", /transport .* but has no end\(\)/],
  ["new Pump", pump, { transport: undefined }, "option/type", /transport must be a Transport, but is undefined/],
  ["new Pump", pump, { listener: () => {} }, "option/type", /listener must be a PumpListener.* but is a function/],
  [
    "new Pump",
    pump,
    { listener: { end() {} } },
    "option/type",
    /listener must be a PumpListener.* but has no request\(\)/,
  ],
  ["new Pump", pump, { listener: undefined }, "option/type", /listener must be a PumpListener.* but is undefined/],
  ["new Pump", pump, { endpoint: {} }, "option/type", /endpoint must be an Endpoint, but has no receiveEnd\(\)/],
  ["new Pump", pump, { endpoint: undefined }, "option/type", /endpoint must be an Endpoint, but is undefined/],
];

describe("options", () => {
  it.each(rows)("of %s are checked when they are given [R25]: %#", async (_, take, given, code, message) => {
    const fault = await faultOf(take, given);
    expect([fault.name, fault.code, fault.message]).toEqual(["UsageError", code, expect.stringMatching(message)]);
  });

  it("of one socket do not delay the next one to its host when they are invalid [R25]", async () => {
    const world = new World();
    for (const [, take, given] of clientRows("new WebSocket", (given) => new world.WebSocket(url, given))) {
      await faultOf(take, given);
    }
    await world.connected();
  });

  it("that are undefined count as omitted, also in place of an adapter's defaults [R25]", async () => {
    const nothing = undefined;
    const world = new World();
    const all = {
      ...{ protocols: nothing, base: nothing, binaryType: nothing, followRedirects: nothing },
      ...{
        runtime: { connect: nothing, clock: nothing, random: nothing, writeBudget: nothing },
        deadlines: nothing,
        transportOptions: nothing,
        onError: nothing,
        headers: nothing,
      },
      ...{ limits: { message: nothing }, extensions: nothing, fields: nothing, cookies: nothing },
    };
    const { client } = await world.connected(all as object);
    expect(client.readyState).toBe(1);
    const { protocols, binaryType, ...others } = all;
    const opened = new world.WebSocketStream(url, { ...others, signal: nothing, readHighWaterMark: nothing } as object)
      .opened;
    await opened;
    const options = {
      origins: nothing,
      maxConnections: nothing,
      deadlines: { ping: nothing },
      runtime: { native: nothing },
    };
    await new WebSocketServer(() => {}, options).close({ timeout: nothing, reason: nothing });
    createTransportPair({ chunkSize: nothing });
    const reconnecting = reconnect(never, { outbox: { bytes: nothing }, signal: nothing, firstDelay: nothing });
    reconnecting.close();
  });

  it("of a class instance may be getters, and its methods are not options [R25]", async () => {
    class Given {
      get deadlines(): object {
        return { opening: -1 };
      }

      headers(): void {}
    }
    expect((await faultOf(socket, new Given())).code).toBe("option/range");
  });
});

describe("an invalid response", () => {
  const answers: [what: string, answer: (opening: IncomingOpening) => unknown, code: string, message: RegExp][] = [
    ["accept", (opening) => opening.accept({ protocol: "a" } as never), "option/unknown", /Did you mean subprotocol\?/],
    ["accept", (opening) => opening.accept({ headers: {} } as never), "option/unknown", /Did you mean fields\?/],
    ["accept", (opening) => opening.accept({ fields: {} } as never), "option/type", /fields must be a list/],
    ["accept", (opening) => opening.accept({ extensions: {} } as never), "option/type", /extensions/],
    ["accept", (opening) => opening.accept({ binaryType: "x" } as never), "option/range", /binaryType/],
    [
      "accept",
      (opening) => opening.accept("chat" as never),
      "option/type",
      /accept takes an object of options, but got a string/,
    ],
    ["acceptStream", (opening) => opening.acceptStream({ protocol: "a" } as never), "option/unknown", /subprotocol/],
    [
      "acceptStream",
      (opening) => opening.acceptStream({ binaryType: "blob" } as never),
      "option/unknown",
      /binaryType/,
    ],
    ["acceptStream", (opening) => opening.acceptStream({}, { deadlines: {} } as never), "option/unknown", /deadlines/],
    [
      "acceptStream",
      (opening) => opening.acceptStream({}, { readHighWaterMark: -1 }),
      "option/range",
      /readHighWaterMark/,
    ],
    [
      "reject",
      (opening) => opening.reject({ status: 401, headers: {} } as never),
      "option/unknown",
      /Did you mean fields\?/,
    ],
    ["reject", (opening) => opening.reject({ code: 401 } as never), "option/unknown", /Did you mean status\?/],
    [
      "reject",
      (opening) => opening.reject({ status: 401, body: {} } as never),
      "option/type",
      /body must be a string or a Uint8Array/,
    ],
    [
      "reject",
      (opening) => opening.reject(401 as never),
      "option/type",
      /reject takes an object of options, but got 401/,
    ],
  ];

  it.each(answers)(
    "of %s throws at the call, and another response may be given [R25]: %#",
    async (_, answer, code, message) => {
      const faults: unknown[] = [];
      const world: World = new World({
        handler: async (opening) => {
          faults.push(await faultOf(() => answer(opening), {}));
          world.accepted.push(opening.accept());
        },
      });
      await world.connected();
      expect(faults).toEqual([expect.objectContaining({ code, message: expect.stringMatching(message) })]);
    },
  );

  it("throws even in a handler whose client has left [R25]", async () => {
    const faults: Fault[] = [];
    const world = new World({
      handler: async (opening) => {
        await until(() => world.near.length > 0);
        world.near[0]?.abort();
        await turn();
        for (const [, answer] of answers) faults.push(await faultOf(() => answer(opening), {}));
      },
    });
    new world.WebSocket(url).onerror = () => {};
    await until(() => faults.length === answers.length);
    expect(faults.map(({ code }) => code)).toEqual(answers.map(([, , code]) => code));
  });
});

describe("a message", () => {
  async function sender(): Promise<{ client: WebSocket; server: WebSocket; world: World }> {
    const world = new World();
    return { ...(await world.connected()), world };
  }

  it.each([
    [{ compres: true }, "option/unknown", /compres is not an option of send. Did you mean compress\?/],
    [{ binary: true }, "option/unknown", /There is none: strings are sent as text, and bytes and Blobs as binary\.$/],
    [{ compress: "yes" }, "option/type", /compress must be true or false/],
    [{ owned: 1 }, "option/type", /owned must be true or false/],
    [{ priority: 1.5 }, "send/priority", /integer/],
  ])("is not sent with invalid options [R25]: %#", async (options, code, message) => {
    const { client } = await sender();
    for (const data of ["text", new Uint8Array(1), new Blob(["blob"])]) {
      const fault = await faultOf(() => client.send(data, options as never), {});
      expect([fault.code, fault.message]).toEqual([code, expect.stringMatching(message)]);
    }
    client.close();
    // It would be discarded, but its options are checked nevertheless.
    expect((await faultOf(() => client.send("late", options as never), {})).code).toBe(code);
  });

  it("is sent with valid options, and with arguments that the platform ignores [R25]", async () => {
    const { client, server } = await sender();
    const heard: unknown[] = [];
    server.onmessage = ({ data }) => heard.push(data);
    client.send("0", { priority: 0, compress: false, owned: true });
    client.send("1", { owned: false, compress: undefined });
    client.send("2", Object.create({ priority: 0 }));
    for (const [index, text] of ["3", "4"].entries()) (client.send as (...args: unknown[]) => void)(text, index, []);
    client.send("5", null as never);
    await until(() => heard.length === 6);
    expect(heard).toEqual(["0", "1", "2", "3", "4", "5"]);
  });

  it("for broadcast is checked, and with invalid options is sent to no client [R25]", async () => {
    const { client, world } = await sender();
    const broadcast = (options: unknown) => () => world.server.broadcast("x", options as never);
    const of = async (options: unknown) => (await faultOf(broadcast(options), {})).code;
    expect(await of({ expect: client })).toBe("option/unknown");
    expect(await of({ except: new Set([client]) })).toBe("option/type");
    expect(await of({ except: ["a"] })).toBe("option/type");
    expect(await of({ maxBuffered: -1 })).toBe("option/range");
    expect(await of({ priority: "high" })).toBe("send/priority");
    expect(await of({ owned: true })).toBe("option/unknown");
    const [accepted] = world.accepted as [WebSocket];
    const rights = [{}, { except: accepted }, { except: [] }, { maxBuffered: 5_000, priority: 1, compress: true }];
    expect(() => (world.server.broadcast as () => number)()).toThrow(TypeError);
    expect(rights.map((options) => world.server.broadcast("x", options))).toEqual([1, 0, 1, 1]);
  });

  it("that was prepared is checked as well [R25]", async () => {
    const { client } = await sender();
    expect((await faultOf(() => client.sendPrepared({} as never, { owned: true } as never), {})).code).toBe(
      "option/unknown",
    );
    const { code, message } = await faultOf(() => client.sendPrepared("hello" as never), {});
    expect([code, message]).toEqual(["send/data-type", expect.stringMatching(/prepareText or prepareBinary/)]);
  });
});

describe("closing a server", () => {
  it.each([
    [{ timeout: -1 }, "option/range", /timeout/],
    [{ timout: 5 }, "option/unknown", /Did you mean timeout\?/],
    [{ code: 1000 }, "option/unknown", /code is not an option of close/],
    [{ reason: 5 }, "option/type", /reason must be a string/],
    [{ reason: "x".repeat(124) }, "close/reason-too-long", /123/],
    [null, "option/type", /close takes an object of options, but got null/],
  ])("rejects invalid options and does not begin [R25]: %#", async (options, code, message) => {
    const world = new World();
    const { client } = await world.connected();
    const fault = await faultOf(() => world.server.close(options as never), {});
    expect([fault.code, fault.message]).toEqual([code, expect.stringMatching(message)]);
    await turn();
    expect(client.readyState).toBe(1);
    expect((await world.connected()).client.readyState).toBe(1);
  });
});

describe("the transport option", () => {
  it("is checked by the adapter where it is given [R25]", async () => {
    const checkTransport = (value: unknown, path: string): void => {
      if (value !== "right") throw new UsageError("option/type", `${path} takes "right".`);
    };
    const checked = createAdapter<unknown>({
      openTransport: never,
      checkTransportOptions: checkTransport,
      runtime: { clock: new TestClock() },
    });
    const { WebSocket: Checked, WebSocketStream: CheckedStream } = checked;
    for (const transport of [{}, null, "wrong"]) {
      for (const take of [
        () => new Checked(nowhere, { transportOptions: transport }),
        () => new CheckedStream(nowhere, { transportOptions: transport }),
        () => checked.connect(nowhere, { transportOptions: transport }),
      ]) {
        expect((await faultOf(take, {})).message).toMatch(/transportOptions takes "right"/);
      }
    }
    new Checked(nowhere, { transportOptions: "right" }).close();
    new CheckedStream(nowhere, { transportOptions: undefined }).close();
  });
});
