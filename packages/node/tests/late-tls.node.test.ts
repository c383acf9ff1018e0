/** TLS handshakes that are begun in time while the server is busy for longer than they may take. */
import { connect as openTcp } from "node:net";
import { Worker } from "node:worker_threads";
import type { FailureDetail } from "@hybi/websocket";
import { describe, expect, it, onTestFinished } from "vitest";
import { selfSigned } from "./support/certificate.ts";
import { echo, host, openServer } from "./support/servers.ts";
import { until } from "./support/turns.ts";

const { key, cert } = selfSigned();

/** Connects, says its hello when it is told to, and then asks for a WebSocket. */
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
  // The hello has left by then, and nothing else can.
  setTimeout(() => Atomics.store(shared, 1, 1), 20);
});
`;

describe("a TLS handshake that was begun while the server was busy", () => {
  it.each(["TLSv1.2", "TLSv1.3"])("may go on, with %s [R17]", async (maxVersion) => {
    const failures: FailureDetail[] = [];
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
    // Whoever comes after it has been accepted after it.
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
    // The other one has said nothing.
    await otherIsGone;
    expect(failures).toMatchObject([{ error: { code: "ERR_TLS_HANDSHAKE_TIMEOUT" } }]);
  });
});
