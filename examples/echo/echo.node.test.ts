import { once } from "node:events";
import { describe, expect, it, onTestFinished } from "vitest";
import { WebSocket } from "ws";
import { type Runtime, runtimes, startServer } from "./programs.ts";

/** Starts the program for the duration of one test; returns the URL that it prints. */
async function start(runtime: Runtime, ...flags: string[]): Promise<string> {
  const { url, stop } = await startServer(runtime, ...flags);
  onTestFinished(stop);
  return url;
}

async function echoes(ws: WebSocket, message: string | Buffer): Promise<boolean> {
  ws.send(message);
  const [data, isBinary] = await once(ws, "message");
  return isBinary === (typeof message !== "string") && Buffer.compare(data as Buffer, Buffer.from(message)) === 0;
}

describe.each(runtimes)("the echo server in %s", (runtime) => {
  it("echoes text as text and binary as binary, short and long, and in order", async () => {
    const ws = new WebSocket(await start(runtime));
    await once(ws, "open");
    for (const message of ["", "Grüße 👋", Buffer.from([0, 255]), "ä".repeat(100_000), Buffer.alloc(5 << 20, 7)]) {
      expect(await echoes(ws, message)).toBe(true);
    }
    const received: string[] = [];
    ws.on("message", (data) => received.push(String(data)));
    const sent = Array.from({ length: 1_000 }, (_, index) => String(index));
    for (const message of sent) ws.send(message);
    ws.close(1000);
    await once(ws, "close");
    expect(received).toEqual(sent);
  });

  it("accepts options: compression, TLS, and the maximum message length", async () => {
    const url = await start(runtime, "--port", "0", "--deflate", "--tls", "--max-message", "1000");
    expect(url).toMatch(/^wss:/);
    const ws = new WebSocket(url, { rejectUnauthorized: false, perMessageDeflate: true });
    await once(ws, "open");
    expect(ws.extensions).toContain("permessage-deflate");
    expect(await echoes(ws, "x".repeat(1_000))).toBe(true);
    ws.send(Buffer.alloc(1_001));
    const [code] = await once(ws, "close");
    expect(code).toBe(1009);
  });

  it("pauses a client that does not read, and sends everything once it does", async () => {
    const ws = new WebSocket(await start(runtime));
    await once(ws, "open");
    ws.pause();
    const message = Buffer.alloc(1 << 20);
    for (let index = 0; index < 64; index++) ws.send(message);
    await new Promise((resolve) => setImmediate(resolve));
    ws.resume();
    let received = 0;
    await new Promise<void>((resolve) => {
      ws.on("message", () => {
        received++;
        if (received === 64) resolve();
      });
    });
    ws.close(1000);
    const [code] = await once(ws, "close");
    expect(code).toBe(1000);
  });
});
