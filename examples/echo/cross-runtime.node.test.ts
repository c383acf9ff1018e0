/** Every runtime as a server against every runtime as a client, and against the built-in WebSockets of runtimes. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type EchoProgram, runClient, runtimes, startServer } from "./programs.ts";

describe.each([[[]], [["--deflate"]]])("the servers of all runtimes, with %j", (flags) => {
  let servers: EchoProgram[] = [];
  const allFine = runtimes.map(() => "ok").join("\n");
  beforeAll(async () => {
    servers = await Promise.all(runtimes.map((runtime) => startServer(runtime, ...flags)));
  });
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.stop()));
  });

  it.each(runtimes)("echo to our client in %s", async (runtime) => {
    const urls = servers.map(({ url }) => url);
    expect(await runClient(runtime, "own", urls)).toBe(allFine);
  });

  it.each(["deno", "bun"] as const)("echo to the WebSocket of %s", async (runtime) => {
    const urls = servers.map(({ url }) => url);
    expect(await runClient(runtime, "built-in", urls)).toBe(allFine);
  });
});
