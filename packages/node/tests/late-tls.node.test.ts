/** TLS handshakes that begin in time while the server is blocked for longer than their deadline. */
import { connect as openTcp } from "node:net";
import { Worker } from "node:worker_threads";
import { selfSigned } from "@hybi/testing/adapter-contract";
import type { Failure } from "@hybi/websocket";
import { describe, expect, it, onTestFinished } from "vitest";
import { echo, host, openServer } from "./support/servers.ts";
import { until } from "./support/turns.ts";

const { key, cert } = await selfSigned();

/** A worker that connects, sends its ClientHello when signalled, and then sends an opening request. */
const client = `
const { parentPort, workerData: { shared, port, maxVersion } } = require("node:worker_threads");
const socket = require("node:net").connect(port, "127.0.0.1", () => {
  parentPort.postMessage("connected");
  Atomics.wait(shared, 0, 0);
  const secure = require("node:tls").connect({ socket, rejectUnauthorized: false, maxVersion });
  secure.on("error", (error) => parentPort.postMessage(error.message));
  secure.on("data", (chunk) => parentPort.postMessage(chunk.toString("latin1").slice(0, 12)));
  secure.write([
    "GET / HTTP/1.1", "Host: x", "Upgrade: websocket", "Connection: Upgrade",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13", "", "",
  ].join("\\r\\n"));
  // The ClientHello has been sent by now, and nothing else can be.
  setTimeout(() => Atomics.store(shared, 1, 1), 20);
});
`;

describe("a TLS handshake that began while the server was blocked", () => {
  it.each(["TLSv1.2", "TLSv1.3"])("may continue, with %s [R17]", async (maxVersion) => {
    const failures: Failure[] = [];
    const deadlines = { opening: 500 };
    const server = await openServer(echo, {
      tls: { key, cert },
      deadlines,
      onFailure: (failure) => failures.push(failure),
    });
    const shared = new Int32Array(new SharedArrayBuffer(8));
    const worker = new Worker(client, { eval: true, workerData: { shared, port: server.port, maxVersion } });
    onTestFinished(() => void worker.terminate());
    const messages: string[] = [];
    worker.on("message", (message: string) => messages.push(message));
    await until(() => messages.length > 0);
    // Connections are accepted in order, so once this one is accepted, so is the worker's.
    const other = openTcp({ port: server.port, host }).resume();
    other.on("error", () => {});
    const otherIsGone = new Promise((resolve) => other.once("close", resolve));
    await new Promise((resolve) => other.once("connect", resolve));
    await new Promise((resolve) => setTimeout(resolve, 1));
    Atomics.store(shared, 0, 1);
    Atomics.notify(shared, 0);
    const end = performance.now() + 600;
    while (performance.now() < end || (Atomics.load(shared, 1) === 0 && performance.now() < end + 10_000));
    await until(() => messages.length > 1);
    expect(messages).toEqual(["connected", "HTTP/1.1 101"]);
    // The other client has sent nothing.
    await otherIsGone;
    expect(failures).toMatchObject([{ kind: "transport", error: { code: "ERR_TLS_HANDSHAKE_TIMEOUT" } }]);
  });
});
