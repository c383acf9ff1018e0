/** Openings to the same destination wait for each other (RFC 6455 §4.1 step 2), whatever host their URLs name. */
import { connect as openHttp2 } from "node:http2";
import type { Socket } from "node:net";
import { connect, type TransportOptions } from "@hybi/node";
import { describe, expect, it, onTestFinished } from "vitest";
import { echo, openServer, openTcpServer } from "./support/servers.ts";
import { until } from "./support/turns.ts";

const host = "127.0.0.1";

/** Opens a server that accepts TCP connections and never responds. */
async function openSilent(): Promise<{ port: number; sockets: Socket[] }> {
  const sockets: Socket[] = [];
  const port = await openTcpServer((socket) => void sockets.push(socket));
  return { port, sockets };
}

/** Starts an opening that gets no response, and aborts it when the test ends. */
function startOpening(url: string, transport: TransportOptions = {}): void {
  const controller = new AbortController();
  connect(url, { transportOptions: transport, signal: controller.signal }).catch(() => {});
  onTestFinished(() => controller.abort());
}

describe("an opening", () => {
  it("waits for one to another name of the same machine and port, but not for one to another port [R30]", async () => {
    const { port, sockets } = await openSilent();
    startOpening(`ws://${host}:${port}/`);
    await until(() => sockets.length === 1);
    startOpening(`ws://localhost:${port}/`);
    const server = await openServer(echo);
    (await connect(server.url)).terminate();
    expect(sockets.length).toBe(1);
    // The first opening has failed, so the second may start.
    sockets[0]?.destroy();
    await until(() => sockets.length === 2);
  });

  it("through a proxy does not wait for one to the same host through another proxy or none [R30]", async () => {
    const [one, other, direct] = [await openSilent(), await openSilent(), await openSilent()];
    const url = `ws://${host}:${direct.port}/`;
    for (const { port } of [one, other]) startOpening(url, { proxy: `http://${host}:${port}` });
    startOpening(url);
    await until(() => [one, other, direct].every(({ sockets }) => sockets.length === 1));
    startOpening(url, { proxy: { url: `http://localhost:${one.port}` } });
    startOpening(`ws://elsewhere.example/`, { proxy: `http://${host}:${one.port}` });
    await until(() => one.sockets.length === 3);
  });

  it("in an HTTP/2 session does not wait for one in another session [R30]", async () => {
    const { port, sockets } = await openSilent();
    const session = openHttp2(`http://${host}:${port}`);
    session.on("error", () => {});
    onTestFinished(() => session.destroy());
    await until(() => sockets.length === 1);
    startOpening(`ws://${host}:${port}/`, { http2: session });
    startOpening(`ws://${host}:${port}/`);
    await until(() => sockets.length === 2);
  });
});
