/** The Workers of the guide, unchanged, each with the peers that it is for. */
import { once } from "node:events";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { Duplex } from "node:stream";
import {
  connect,
  firstFieldValue,
  listen,
  NodeTransport,
  type OpeningHandler,
  permessageDeflate,
  type WebSocket,
} from "@hybi/node";
import { createAdapter } from "@hybi/websocket";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { root } from "../../tooling/repository.ts";
import { extractSnippets } from "../../tooling/snippets/extract.ts";
import { startWorkerd, type Workerd, type WorkerSettings } from "./workerd.ts";

const document = "docs/guide/workers.md";
const markdown = readFileSync(`${root}/${document}`, "utf8");
/** Below `interop`, where packages can be imported by name. */
const folder = `${import.meta.dirname}/.guide`;

/** The code of the Workers below each heading. */
const workers = new Map<string, string[]>();
for (const { line, code, treatment } of extractSnippets(document, markdown)) {
  const heading = markdown.split("\n", line).findLast((text) => text.startsWith("## "));
  if (treatment === "worker") workers.set(heading ?? "", [...(workers.get(heading ?? "") ?? []), code]);
}

const ends: (() => unknown)[] = [];

beforeAll(() => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
});

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the Worker with this index below this heading, for the rest of the test. */
async function start(
  heading: string,
  index: number,
  settings: Omit<WorkerSettings, "entry" | "compatibilityDate"> = {},
): Promise<Workerd & { readonly url: string }> {
  const entry = `${folder}/${heading.replace(/\W+/g, "-")}${index}.ts`;
  writeFileSync(entry, workers.get(`## ${heading}`)?.[index] ?? "");
  const workerd = await startWorkerd({ main: { entry, compatibilityDate: "2026-07-01", ...settings } });
  ends.push(async () => {
    await workerd.stop();
    expect(workerd.log()).not.toMatch(/uncaught|hang|never generate a response/i);
  });
  return { ...workerd, url: (workerd.urls.main as string).replace("http", "ws") };
}

async function serve(handler: OpeningHandler, options: Parameters<typeof listen>[1] = {}): Promise<string> {
  const server = await listen(handler, { host: "127.0.0.1", ...options });
  ends.push(() => server.close({ timeout: 0 }));
  return server.url;
}

/** Opens a socket, which ends with the test: workerd does not stop before. */
async function open(...given: Parameters<typeof connect>): Promise<WebSocket> {
  const socket = await connect(...given);
  ends.push(() => socket.terminate());
  return socket;
}

/** Takes the next messages of `socket`. */
async function take(socket: WebSocket, count: number): Promise<unknown[]> {
  const taken: unknown[] = [];
  for await (const data of socket) if (taken.push(data) === count) break;
  return taken;
}

const closeOf = (socket: WebSocket): Promise<{ code: number; reason: string }> =>
  new Promise((resolve) => {
    socket.onclose = ({ code, reason }) => resolve({ code, reason });
  });

it("the guide has Workers below the headings that are tested here, and no others", () => {
  const counts = [...workers].map(([heading, { length }]) => [heading.slice(3), length]);
  expect(counts).toEqual([
    ["Asking a server", 1],
    ["A gateway", 1],
    ["Serving", 1],
    ["Serving over bytes", 3],
  ]);
});

describe("the Worker that asks a server", () => {
  it("responds to all requests with the reply of its backend, and with 502 without one", async () => {
    const server = await listen(
      (opening) => {
        const socket = opening.accept();
        socket.onmessage = ({ data }) => socket.send(`echo: ${data}`);
      },
      { host: "127.0.0.1", extensions: [permessageDeflate()] },
    );
    const { urls } = await start("Asking a server", 0, { bindings: { BACKEND: server.url } });
    const ask = async (body: string): Promise<Response> => fetch(urls.main as string, { method: "POST", body });
    const answers = await Promise.all(
      Array.from({ length: 8 }, async (_, index) => (await ask(`request ${index}`)).text()),
    );
    expect(answers).toEqual(answers.map((_, index) => `echo: request ${index}`));
    await server.close({ timeout: 0 });
    const refused = await ask("hello");
    expect(refused.status).toBe(502);
    expect(await refused.text()).not.toBe("");
  });
});

describe("the gateway", () => {
  const gateway = async (backend: string): Promise<string> =>
    (await start("A gateway", 0, { bindings: { BACKEND: backend, TOKEN: "secret" } })).url;

  it("carries text, bytes, the subprotocol and closing codes, and authorizes itself", async () => {
    const backend = await serve((opening) => {
      const { fields, subprotocols } = opening.request;
      if (firstFieldValue(fields, "authorization") !== "Bearer secret") return opening.reject({ status: 401 });
      const socket = opening.accept({ subprotocol: subprotocols[1] });
      socket.onmessage = ({ data }) => (data === "end" ? socket.close(4001, "as asked") : socket.send(data));
    });
    const url = await gateway(backend);
    const socket = await open(url, { protocols: ["chat", "superchat"], binaryType: "bytes" });
    expect(socket.protocol).toBe("superchat");
    socket.send("hello");
    socket.send(Uint8Array.of(1, 2, 3));
    expect(await take(socket, 2)).toEqual(["hello", Uint8Array.of(1, 2, 3)]);
    const closed = closeOf(socket);
    socket.send("end");
    expect(await closed).toEqual({ code: 4001, reason: "as asked" });
  });

  it("closes the backend's connection with the client's, and the client's with 1011 when the backend's is lost", async () => {
    const ended: Promise<unknown>[] = [];
    const backend = await serve((opening) => {
      const socket = opening.accept();
      ended.push(closeOf(socket));
      socket.onmessage = () => socket.terminate();
    });
    const url = await gateway(backend);
    const socket = await open(url);
    socket.close(4002, "enough");
    await closeOf(socket);
    expect(await ended[0]).toEqual({ code: 4002, reason: "" });
    const lost = await open(url);
    const closed = closeOf(lost);
    lost.send("terminate");
    expect(await closed).toMatchObject({ code: 1011 });
  });

  it("responds with the status of the backend's refusal, and with 502 where there is no backend", async () => {
    const url = await gateway(await serve((opening) => opening.reject({ status: 403 })));
    await expect(connect(url)).rejects.toThrow("403");
    await ends.shift()?.();
    await expect(connect(url)).rejects.toThrow("502");
  });

  it("ends a client that sends more than the backend takes", async () => {
    const url = await gateway(await serve((opening) => opening.accept().pause()));
    const socket = await open(url);
    const closed = closeOf(socket);
    const megabyte = new Uint8Array(1_048_576);
    for (let count = 0; count < 64; count++) socket.send(megabyte);
    expect(await closed).toMatchObject({ code: 1013 });
  });
});

describe("the Worker that serves", () => {
  it("has one room, whose handler sees the request, rejects, agrees on a subprotocol and broadcasts", async () => {
    const { url } = await start("Serving", 0, { durableObjects: { ROOM: "Room" } });
    await expect(connect(url)).rejects.toThrow("401");
    const foreign = connect(`${url}?name=page`, { fields: [["Origin", "https://elsewhere.example"]] });
    await expect(foreign).rejects.toThrow("403");
    const alice = await open(`${url}?name=Alice`, { protocols: ["none", "chat"] });
    const heardByAlice = take(alice, 3);
    expect(alice.protocol).toBe("chat");
    const bob = await open(`${url}?name=Bob`);
    const heardByBob = take(bob, 2);
    bob.send("hello");
    expect(await heardByBob).toEqual(["Bob is here", "Bob: hello"]);
    expect(await heardByAlice).toEqual(["Alice is here", "Bob is here", "Bob: hello"]);
    bob.send(Uint8Array.of(1, 2, 3));
    expect(await closeOf(bob)).toEqual({ code: 1003, reason: "text only" });
    const closed = closeOf(alice);
    alice.close(1000);
    expect(await closed).toMatchObject({ code: 1000 });
  });
});

describe("the Worker that serves over the bodies of a request and its response", () => {
  it("is asked by the other Worker of the guide", async () => {
    const { url } = await start("Serving over bytes", 0);
    const asking = await start("Serving over bytes", 1, { bindings: { TUNNEL: url } });
    for (const question of ["hello", "the same again, ".repeat(10_000)]) {
      const response = await fetch(asking.urls.main as string, { method: "POST", body: question });
      expect(await response.text()).toBe(question);
    }
  });

  it("is asked by a client over node:http", async () => {
    const { url } = await start("Serving over bytes", 0);
    const over = createAdapter({
      openTransport: async () => {
        const request = httpRequest(url.replace("ws", "http"), { method: "POST" });
        request.flushHeaders();
        const [response] = (await once(request, "response")) as [IncomingMessage];
        return new NodeTransport(Duplex.from({ readable: response, writable: request }));
      },
    });
    const socket = await over.connect(url, { binaryType: "bytes", extensions: [permessageDeflate()] });
    expect(socket.extensions).toMatch(/^permessage-deflate/);
    socket.send("hello");
    socket.send(Uint8Array.of(1, 2, 3));
    expect(await take(socket, 2)).toEqual(["hello", Uint8Array.of(1, 2, 3)]);
    const closed = closeOf(socket);
    socket.close(4000);
    expect(await closed).toMatchObject({ code: 4000 });
  });

  it("serves on a connection that it has opened itself", async () => {
    const listener = createServer();
    ends.push(() => listener.close());
    await once(listener.listen(0, "127.0.0.1"), "listening");
    const { port } = listener.address() as AddressInfo;
    const { urls } = await start("Serving over bytes", 2, { bindings: { HOST: "127.0.0.1", PORT: String(port) } });
    const connected = once(listener, "connection") as Promise<[Socket]>;
    const response = fetch(urls.main as string);
    const [accepted] = await connected;
    const over = createAdapter({ openTransport: () => new NodeTransport(accepted) });
    const socket = await over.connect("ws://worker.example/", { binaryType: "bytes" });
    socket.send("hello");
    socket.send(Uint8Array.of(1, 2, 3));
    expect(await take(socket, 2)).toEqual(["hello", Uint8Array.of(1, 2, 3)]);
    socket.close();
    expect(await (await response).text()).toBe("The other side has closed.");
  });
});
