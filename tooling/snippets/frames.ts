/**
 * The examples in docstrings are a few lines each. A frame turns one into a program: the code before it, and the assertions
 * after it. `// example` marks where the example goes.
 */

/** The program around an example. */
export interface Frame {
  /** The source file that contains the example. */
  readonly file: string;
  /** Which of the examples of the file; the first by default. */
  readonly index?: number;
  readonly treatment: "run" | "deno" | "bun" | "test";
  readonly program: string;
}

/** Marks the position of the example. */
export const place = "// example";

/** A WebSocket over `createTransportPair()`, whose server uses `handler`. */
const overPair = (handler: string): string => `
import { createWebSocketClass, createWebSocketStreamClass, createTransportPair, WebSocketServer } from "@hybi/websocket";
const sockets = new WebSocketServer(${handler});
const viaPair = () => {
  const [near, far] = createTransportPair();
  sockets.receive(far);
  return near;
};`;

/** Tries the server at \`url\` with text and with bytes. */
const tryEcho = (runtime: string): string => `
async function tryEcho(url: string): Promise<void> {
  const socket = await (await import("@hybi/${runtime}")).connect(url, { binaryType: "arraybuffer" });
  socket.send("hello");
  socket.send(Uint8Array.of(1, 2, 3));
  const echoes: unknown[] = [];
  for await (const message of socket) if (echoes.push(message) === 2) socket.close();
  if (echoes[0] !== "hello" || !(echoes[1] instanceof ArrayBuffer)) throw new Error("not what was sent");
}`;

const joined = `
function joined(chunks: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(chunks.flatMap((bytes) => [...bytes]));
}`;

/** Two messages as a client sends them: the text "hello", and the bytes 1 2 3. */
const maskedMessages = "0x81, 0x85, 0, 0, 0, 0, 0x68, 0x65, 0x6c, 0x6c, 0x6f, 0x82, 0x83, 0, 0, 0, 0, 1, 2, 3";
/** The same messages as a server sends them. */
const echoedMessages = "129,5,104,101,108,108,111,130,3,1,2,3";

const listening = (runtime: string): Frame => ({
  file: `packages/${runtime}/src/server.ts`,
  index: runtime === "node" ? 1 : 0,
  treatment: runtime === "node" ? "run" : (runtime as "deno" | "bun"),
  program: `
import { listen as listenAnywhere } from "@hybi/${runtime}";
${tryEcho(runtime)}
const listen: typeof listenAnywhere = (handler, options) => listenAnywhere(handler, { ...options, host: "127.0.0.1", port: 0 });
${place}
await tryEcho(server.url);
await server.close();`,
});

const connecting = (runtime: string, trust: string): Frame => ({
  file: `packages/${runtime}/src/client.ts`,
  index: runtime === "node" ? 1 : 0,
  treatment: runtime === "node" ? "run" : (runtime as "deno" | "bun"),
  program: `
import { connect as connectAnywhere, listen } from "@hybi/${runtime}";
import { selfSigned } from "@hybi/testing/adapter-contract";
const { key, cert } = await selfSigned();
let heard: (message: string) => void = () => {};
const message = new Promise<string>((resolve) => (heard = resolve));
const server = await listen((opening) => {
  const accepted = opening.accept({ subprotocol: "chat" });
  accepted.onmessage = ({ data }) => heard(\`\${data} at \${opening.request.resourceName}\`);
}, { host: "127.0.0.1", tls: { key, cert } });
const connect: typeof connectAnywhere = (url, options) =>
  connectAnywhere(String(url).replace("wss://example.com/", server.url), { ...options, transportOptions: { tls: { ${trust} } } });
${place}
if ((await message) !== "hello at /chat" || socket.protocol !== "chat") throw new Error(await message);
await server.close();`,
});

export const frames: readonly Frame[] = [
  {
    file: "packages/core/src/endpoint/endpoint-core.ts",
    treatment: "run",
    program: `
import { createServerEndpoint, type EndpointEvent } from "@hybi/core";
${joined}
const request = "GET / HTTP/1.1\\r\\nHost: a\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\nSec-WebSocket-Version: 13\\r\\n";
const key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\\r\\n\\r\\n";
const chunk = joined([new TextEncoder().encode(request + key)]);
const told: string[] = [];
const react = (events: readonly EndpointEvent[]) => told.push(...events.map(({ type }) => type));
let written = "";
const transport = { write: (bytes: Uint8Array) => (written += new TextDecoder().decode(bytes)) };
${place}
if (told.join() !== "open" || !written.startsWith("HTTP/1.1 101 ")) throw new Error(written);`,
  },
  {
    file: "packages/core/src/connection.ts",
    treatment: "run",
    program: `
import { Connection, plainAgreement } from "@hybi/core";
const chunk = Uint8Array.of(${maskedMessages});
const written: number[] = [];
const transport = { write: (bytes: Uint8Array) => written.push(...bytes) };
${place}
if (written.join() !== "${echoedMessages}") throw new Error(written.join());`,
  },
  {
    file: "packages/core/src/config/server-config.ts",
    treatment: "run",
    program: `
import { createServerEndpoint, ServerConfig } from "@hybi/core";
${place}
if (endpoint.limits !== config.limits || config.limits.message !== 65_536) throw new Error("not shared");`,
  },
  {
    file: "packages/core/src/config/client-config.ts",
    treatment: "run",
    program: `
import { ClientConfig, createClientEndpoint } from "@hybi/core";
const random = (target: Uint8Array) => crypto.getRandomValues(target);
${place}
const request = new TextDecoder().decode(endpoint.takeOutput()[0]);
if (!request.startsWith("GET /chat ") || !request.includes("Protocol: chat")) throw new Error(request);`,
  },
  {
    file: "packages/core/src/time/deadlines.ts",
    treatment: "run",
    program: `
import { DeadlineConfig, Deadlines, Endpoint } from "@hybi/core";
const endpoint = Endpoint.server();
${place}
if (deadlines.observe(0)?.at !== 5_000) throw new Error("another deadline");`,
  },
  {
    file: "packages/core/src/opening/client-handshake.ts",
    treatment: "run",
    program: `
import { Connection, type ConnectionEvent, Endpoint } from "@hybi/core";
import { ClientHandshake } from "@hybi/core/opening";
${joined}
const server = Endpoint.server();
let chunk = new Uint8Array(0);
/** A server that sends a greeting at once: response and greeting arrive in one chunk. */
function write(request: readonly Uint8Array[]): void {
  for (const bytes of request) server.receive(bytes.slice());
  server.accept();
  server.sendText("welcome");
  server.sendBinary(Uint8Array.of(1, 2, 3));
  chunk = new Uint8Array(joined(server.takeOutput()));
}
const told: string[] = [];
const react = (events: readonly ConnectionEvent[]) => told.push(...events.map((event) => "data" in event ? \`\${event.data}\` : event.type));
${place}
if (told.join("; ") !== "welcome; 1,2,3") throw new Error(told.join("; "));`,
  },
  {
    file: "packages/core/src/opening/server-handshake.ts",
    treatment: "run",
    program: `
import { Connection, type ConnectionEvent } from "@hybi/core";
import { ClientHandshake, ServerHandshake } from "@hybi/core/opening";
${joined}
const random = (target: Uint8Array) => crypto.getRandomValues(target);
const client = new ClientHandshake({ url: "ws://example.com/", random, subprotocols: ["chat"] });
/** A client that does not wait for the response: request and messages arrive in one chunk. */
const chunk = joined([...client.takeOutput(), Uint8Array.of(${maskedMessages})]);
let written = new Uint8Array(0);
const write = (chunks: readonly Uint8Array[]) => (written = new Uint8Array(joined(chunks)));
const told: string[] = [];
const react = (events: readonly ConnectionEvent[]) => told.push(...events.map((event) => "data" in event ? \`\${event.data}\` : event.type));
${place}
const [open] = client.receive(written);
if (open?.type !== "open" || open.agreement.subprotocol !== "chat") throw new Error("not accepted");
if (told.join("; ") !== "hello; 1,2,3") throw new Error(told.join("; "));`,
  },
  {
    file: "packages/node/src/transport-info.ts",
    treatment: "run",
    program: `
import { connect, listen as listenAnywhere, NodeTransportInfo } from "@hybi/node";
import { selfSigned } from "@hybi/testing/adapter-contract";
const { key, cert } = await selfSigned();
const ca = cert;
const listen: typeof listenAnywhere = (handler, options) => listenAnywhere(handler, { ...options, host: "127.0.0.1", port: 0 });
${place}
const error = await connect(server.url, { transportOptions: { tls: { ca, key, cert } } }).catch((thrown) => thrown);
if (error.failure?.response?.status !== 403) throw new Error("accepted");
await server.close();`,
  },
  {
    file: "packages/core/src/opening/upgrade.ts",
    treatment: "run",
    program: `
import type { Agreement } from "@hybi/core";
import {
  answerOpeningRequest,
  checkOpeningRequest,
  checkOpeningResponse,
  openUpgrade,
  type RequestHead,
  type ResponseHead,
} from "@hybi/core/opening";
const random = (target: Uint8Array<ArrayBuffer>) => crypto.getRandomValues(target);
/** An HTTP client, and the server that it reaches. */
async function sendByOtherMeans(request: RequestHead): Promise<{ head: ResponseHead; rest: Uint8Array }> {
  const check = checkOpeningRequest(request);
  if (check.type !== "request" || check.request.resourceName !== "/chat") throw new Error("no request");
  return { head: answerOpeningRequest(check.request).head, rest: new Uint8Array(0) };
}
let agreed: Agreement | undefined;
const react = (agreement: Agreement, _rest: Uint8Array) => (agreed = agreement);
${place}
if (agreed?.role !== "client") throw new Error("nothing was agreed on");`,
  },
  {
    file: "packages/core/src/opening/request.ts",
    treatment: "run",
    program: `
import { answerOpeningRequest, checkOpeningRequest, type Fields, rejectionFor, rejectOpeningRequest } from "@hybi/core/opening";
const [method, target] = ["GET", "/"];
const fields: Fields = [
  ["Host", "example.com"],
  ["Upgrade", "websocket"],
  ["Connection", "Upgrade"],
  ["Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="],
  ["Sec-WebSocket-Version", "13"],
];
${place}
if (check.type !== "request") throw new Error(check.violation.code);`,
  },
  {
    file: "packages/permessage-deflate/src/permessage-deflate.ts",
    treatment: "run",
    program: `
import { Endpoint } from "@hybi/core";
import { permessageDeflate } from "@hybi/permessage-deflate";
const random = (target: Uint8Array) => crypto.getRandomValues(target);
${place}
for (const bytes of client.takeOutput()) server.receive(bytes);
server.accept();
for (const bytes of server.takeOutput()) client.receive(bytes);
if (client.agreement?.extensions[0]?.name !== "permessage-deflate") throw new Error("not agreed on");`,
  },
  {
    file: "packages/websocket/src/client/create-websocket-class.ts",
    treatment: "run",
    program: `${overPair('(opening) => opening.accept().send("hello")')}
const [connectTcp, nodeFunctions] = [viaPair, {}];
${place}
const socket = new WebSocket("ws://example.com/");
const { data } = await new Promise<{ data: unknown }>((resolve) => (socket.onmessage = resolve));
if (data !== "hello") throw new Error(String(data));
socket.close();`,
  },
  {
    file: "packages/websocket/src/client/websocket.ts",
    treatment: "run",
    program: `${overPair('(opening) => opening.accept({ subprotocol: "chat" }).send("hello")')}
const WebSocket = createWebSocketClass(viaPair);
const lines: unknown[] = [];
const console = { log: (line: unknown) => lines.push(line) };
${place}
socket.addEventListener("message", () => socket.close());
await new Promise((resolve) => (socket.onclose = resolve));
if (lines.join() !== "hello" || socket.protocol !== "chat") throw new Error(lines.join());`,
  },
  {
    file: "packages/websocket/src/client/websocket-stream.ts",
    treatment: "run",
    program: `
import type { StreamMessage } from "@hybi/websocket";
${overPair('(opening) => { const socket = opening.accept(); socket.onmessage = ({ data }) => { heard.push(data); socket.close(); }; socket.send("hello"); }')}
const heard: unknown[] = [];
const WebSocketStream = createWebSocketStreamClass(viaPair);
const shout = new TransformStream<StreamMessage, string>({
  transform: (message, controller) => controller.enqueue(String(message).toUpperCase()),
});
try {
${place}
} catch (error) {
  // Writing is impossible once the server has closed.
  if ((error as Error).name !== "InvalidStateError") throw error;
}
if (heard.join() !== "HELLO") throw new Error(heard.join());`,
  },
  {
    file: "packages/websocket/src/server/server.ts",
    treatment: "run",
    program: `
import { createWebSocketClass, createTransportPair, type Transport, WebSocketServer } from "@hybi/websocket";
const listener: { onconnection: (transport: Transport) => void } = { onconnection() {} };
${place}
const WebSocket = createWebSocketClass(() => {
  const [near, far] = createTransportPair();
  listener.onconnection(far);
  return near;
});
const socket = new WebSocket("ws://example.com/", { binaryType: "arraybuffer" });
socket.onopen = () => {
  socket.send("hello");
  socket.send(Uint8Array.of(1, 2, 3));
};
const echoes: unknown[] = [];
for await (const message of socket) if (echoes.push(message) === 2) socket.close();
if (echoes[0] !== "hello" || !(echoes[1] instanceof ArrayBuffer)) throw new Error("not what was sent");`,
  },
  ...(["pump/pump", "transport/pair"] as const).map(
    (name): Frame => ({
      file: `packages/websocket/src/${name}.ts`,
      treatment: "run",
      program: `
import { Endpoint } from "@hybi/core";
import { createWebSocketClass, createTransportPair, Pump, silentListener } from "@hybi/websocket";
${name === "pump/pump" ? "const [near, transport] = createTransportPair();" : ""}
let asked = 0;
const listener = { ...silentListener, request: () => asked++ };
${place}
void new (createWebSocketClass(() => near))("ws://example.com/").addEventListener("close", () => {});
for (let turn = 0; asked === 0 && turn < 100; turn++) await new Promise((resolve) => setTimeout(resolve, 1));
if (asked !== 1) throw new Error("nobody has asked");
near.lose(new Error("enough"));`,
    }),
  ),
  {
    file: "packages/websocket/src/load/memory-budget.ts",
    treatment: "run",
    program: `
import { type IncomingOpening, MemoryBudget, createTransportPair, WebSocketServer } from "@hybi/websocket";
const handler = (opening: IncomingOpening) => opening.accept();
${place}
for (const server of [first, second]) {
  const [near, far] = createTransportPair();
  server.receive(far);
  near.start({ data() {}, drain() {}, end() {}, error() {}, close() {} });
  near.write([new TextEncoder().encode("GET / HTTP/1.1\\r\\n")]);
}
await new Promise((resolve) => setTimeout(resolve, 20));
if (first.totals.held === 0 || first.totals.held !== second.totals.held) throw new Error("not one budget");
await Promise.all([first.close({ timeout: 0 }), second.close({ timeout: 0 })]);`,
  },
  {
    file: "packages/websocket/src/reconnect/reconnect.ts",
    treatment: "run",
    program: `
import { reconnect } from "@hybi/websocket";
${overPair('(opening) => opening.accept().send(String(opening.request.fields.find(([name]) => name === "Authorization")?.[1]))')}
const WebSocket = createWebSocketClass(viaPair);
const url = "wss://example.com/";
const token = async () => "Bearer 1";
const lines: unknown[] = [];
const console = { log: (line: unknown) => lines.push(line) };
${place}
client.addEventListener("message", () => client.close());
await new Promise((resolve) => client.addEventListener("ended", resolve));
if (lines.join() !== "Bearer 1") throw new Error(lines.join());`,
  },
  {
    file: "packages/websocket/src/socket/websocket.ts",
    treatment: "run",
    program: `
import { createTransportPair, createWebSocketClass, WebSocketServer } from "@hybi/websocket";
let heard: (data: unknown) => void = () => {};
const message = new Promise<unknown>((resolve) => (heard = resolve));
const sockets = new WebSocketServer((opening) => {
  opening.accept().onmessage = ({ data }) => heard(data);
});
const socket = new (createWebSocketClass(() => {
  const [near, far] = createTransportPair();
  sockets.receive(far);
  return near;
}))("ws://example.com/");
await new Promise((resolve) => (socket.onopen = resolve));
const file = new Blob(["a message ", "in pieces"]);
${place}
const data = await message;
if (!(data instanceof ArrayBuffer)) throw new Error("not a binary message");
if (new TextDecoder().decode(data) !== "a message in pieces") throw new Error("not what was sent");
socket.close();`,
  },
  {
    file: "packages/websocket/src/transport/from-streams.ts",
    treatment: "run",
    program: `
import { createWebSocketClass, fromStreams, WebSocketServer } from "@hybi/websocket";
const [there, back] = [new TransformStream<Uint8Array, Uint8Array>(), new TransformStream<Uint8Array, Uint8Array>()];
const transport = { createBidirectionalStream: async () => ({ readable: back.readable, writable: there.writable }) };
new WebSocketServer((opening) => opening.accept().send("hello")).receive(
  fromStreams({ readable: there.readable, writable: back.writable }),
);
${place}
const client = new (createWebSocketClass(() => socket))("ws://example.com/");
const { data } = await new Promise<{ data: unknown }>((resolve) => (client.onmessage = resolve));
if (data !== "hello") throw new Error(String(data));
client.close();`,
  },
  {
    file: "packages/websocket/src/transport/tap.ts",
    treatment: "run",
    program: `
import { WireDump } from "@hybi/conformance/inspect";
import { createWebSocketClass, createTransportPair, tap, WebSocketServer } from "@hybi/websocket";
const lines: string[] = [];
const console = { log: (line: string) => void lines.push(line) };
const server = new WebSocketServer((opening) => opening.accept().send("hello"));
const [near, transport] = createTransportPair();
${place}
const client = new (createWebSocketClass(() => near))("ws://example.com/");
const { data } = await new Promise<{ data: unknown }>((resolve) => (client.onmessage = resolve));
const seen = [/client.*GET \\/ HTTP\\/1.1/, /server.*101/, /server.*81/].map((line) => lines.some((one) => line.test(one)));
if (data !== "hello" || seen.includes(false)) throw new Error(lines.join("\\n"));
client.close();`,
  },
  {
    file: "packages/websocket/src/client/when-open.ts",
    treatment: "run",
    program: `
import { whenOpen } from "@hybi/websocket";
${overPair("(opening) => opening.accept()")}
const WebSocket = createWebSocketClass(viaPair);
${place}
if (socket.readyState !== WebSocket.OPEN) throw new Error("not open");
socket.close();`,
  },
  {
    file: "packages/testing/src/model/closing-pair.ts",
    treatment: "run",
    program: `
import { Connection, plainAgreement } from "@hybi/core";
import { arb, closingSetup, sampleRandom } from "@hybi/testing";
import fc from "fast-check";
const random = sampleRandom();
fc.configureGlobal({ numRuns: 20 });
${place}`,
  },
  {
    file: "packages/testing/src/contract/adapter-contract.ts",
    treatment: "test",
    // The guide has a test file that runs all of it.
    program: `
import { adapterContract as contract, type TestedAdapter, type Runner } from "@hybi/testing/adapter-contract";
const { connect, listen, openRaw, tls } = {} as TestedAdapter;
const adapterContract: typeof contract = (name, _adapter, runner: Runner) => {
  runner.describe(name, () => runner.it("is tested", async () => runner.expect(typeof contract).toBe("function")));
};
${place}`,
  },
  {
    file: "packages/testing/src/simulation/subject.ts",
    treatment: "run",
    program: `
import { ScriptedPeer, Simulation, type Subject } from "@hybi/testing";
${place}
const peer = new ScriptedPeer();
const run = new Simulation({ first: { subject: peer }, second: { subject: new EchoServer() } });
peer.send(Uint8Array.of(1, 2, 3));
run.run(0);
if (run.second.events[0]?.data.join() !== "1,2,3" || peer.received.join() !== "1,2,3") throw new Error("not what was sent");`,
  },
  {
    file: "packages/testing/src/simulation/deliver.ts",
    treatment: "run",
    program: `
import { deepStrictEqual } from "node:assert/strict";
import { Connection, plainAgreement } from "@hybi/core";
import { arb, deliverBytes, withTranscript } from "@hybi/testing";
import fc from "fast-check";
class MyServer extends Connection {
  constructor() {
    super(plainAgreement("server"));
  }
}
let compared = 0;
const expect = (events: readonly unknown[]) => ({
  toEqual(expected: readonly unknown[]) {
    compared++;
    deepStrictEqual(events, expected);
  },
});
fc.configureGlobal({ numRuns: 20 });
${place}
if (compared !== 20) throw new Error("nothing was run");`,
  },
  {
    file: "packages/conformance/src/suite/in-process.ts",
    treatment: "run",
    program: `
import { Endpoint } from "@hybi/core";
import { permessageDeflate } from "@hybi/permessage-deflate";
import { formatText, passes, testInProcess as testAll } from "@hybi/conformance";
const testInProcess: typeof testAll = (role, subject, create) => testAll(role, subject, create, { only: ["1.1.*", "12.1.*"] });
${place}
if (!passes(report) || report.results.length < 10) throw new Error(formatText(report));`,
  },
  {
    file: "packages/websocket/src/adapter/create-adapter.ts",
    treatment: "run",
    program: `
import { createAdapter, createTransportPair, WebSocketServer } from "@hybi/websocket";
const sockets = new WebSocketServer((opening) => opening.accept().send("hello"));
const hosts: string[] = [];
const connectTcp = ({ host }: { readonly host: string }) => {
  hosts.push(host);
  const [near, far] = createTransportPair();
  sockets.receive(far);
  return near;
};
${place}
for await (const message of socket) {
  if (message !== "hello" || hosts.join() !== "example.com") throw new Error(String(message));
  socket.close();
}`,
  },
  listening("node"),
  listening("deno"),
  listening("bun"),
  connecting("node", "ca: cert"),
  connecting("deno", "caCerts: [cert]"),
  connecting("bun", "ca: cert"),
  ...(["upgrade", "server"] as const).map(
    (name): Frame => ({
      file: `packages/node/src/${name}.ts`,
      treatment: "run",
      program: `
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { connect, upgrade, WebSocketServer } from "@hybi/node";
${tryEcho("node")}
const ${name === "upgrade" ? "server" : "httpServer"} = createServer();
const http = ${name === "upgrade" ? "server" : "httpServer"};
${place}
http.listen(0, "127.0.0.1");
await once(http, "listening");
const url = \`ws://127.0.0.1:\${(http.address() as AddressInfo).port}/\`;
${name === "upgrade" ? "await tryEcho(url);" : 'const socket = await connect(url);\nif (sockets.sockets.size !== 1) throw new Error("nobody is connected");\nsocket.close();'}
http.close();`,
    }),
  ),
  {
    file: "packages/node/src/upgrade.ts",
    index: 1,
    treatment: "run",
    program: `
import { once } from "node:events";
import { createServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { connect, upgradeStream } from "@hybi/node";
const server = createServer({ settings: { enableConnectProtocol: true } });
${place}
server.listen(0, "127.0.0.1");
await once(server, "listening");
const url = \`ws://127.0.0.1:\${(server.address() as AddressInfo).port}/\`;
const socket = await connect(url, { transportOptions: { http2: true } });
if (socket.readyState !== 1) throw new Error("not open");
socket.close();
await new Promise((resolve) => (socket.onclose = resolve));
server.close();`,
  },
  {
    file: "packages/node/src/transport.ts",
    treatment: "run",
    program: `
import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { Endpoint } from "@hybi/core";
import { connect, NodeTransport } from "@hybi/node";
import { Pump, silentListener } from "@hybi/websocket";
let asked = "";
const listener = { ...silentListener, request: ({ resourceName }: { resourceName: string }) => void (asked = resourceName) };
const server = createServer({ allowHalfOpen: true }, (socket) => {
${place}
  socket.once("data", () => setTimeout(() => socket.destroy()));
});
server.listen(0, "127.0.0.1");
await once(server, "listening");
await connect(\`ws://127.0.0.1:\${(server.address() as AddressInfo).port}/asked\`).catch(() => {});
if (asked !== "/asked") throw new Error("nobody has asked");
server.close();`,
  },
  {
    file: "packages/node/src/client.ts",
    treatment: "run",
    program: `
import { listen, WebSocket as OverNode } from "@hybi/node";
import { selfSigned } from "@hybi/testing/adapter-contract";
const { key, cert } = await selfSigned();
const server = await listen((opening) => {
  opening.accept({ subprotocol: "chat" }).send("hello");
}, { host: "127.0.0.1", tls: { key, cert } });
const WebSocket = class extends OverNode {
  constructor(url: string, protocols: string) {
    super(url.replace("wss://example.com/", server.url), { protocols, transportOptions: { tls: { ca: cert } } });
  }
};
const lines: unknown[] = [];
const console = { log: (line: unknown) => lines.push(line) };
${place}
socket.addEventListener("message", () => socket.close());
await new Promise((resolve) => (socket.onclose = resolve));
if (lines.join() !== "hello" || socket.protocol !== "chat") throw new Error(lines.join());
await server.close();`,
  },
  {
    file: "packages/node/src/duplex.ts",
    treatment: "run",
    program: `
import { createWriteStream as writeTo, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { connect as connectTo, listen, toDuplex } from "@hybi/node";
const server = await listen((opening) => {
  const socket = opening.accept();
  socket.send("a line\\n");
  socket.close(1000);
}, { host: "127.0.0.1" });
const folder = mkdtempSync(join(tmpdir(), "hybi-duplex-"));
const connect = (url: string) => connectTo(url.replace("wss://example.com/", server.url));
const createWriteStream = (name: string) => writeTo(join(folder, name));
${place}
const text = readFileSync(join(folder, "log.txt"), "utf8");
rmSync(folder, { recursive: true });
if (text !== "a line\\n") throw new Error(text);
await server.close();`,
  },
];
