/** What `createAdapter` makes of the parts of an adapter. Its options are tested in tests/scenarios/options.test.ts. */
import { describe, expect, it } from "vitest";
import { createConnect } from "../client/connect.ts";
import { createOpener } from "../client/opener.ts";
import { WebSocket } from "../client/websocket.ts";
import { MemoryBudget } from "../load/memory-budget.ts";
import { WebSocketServer } from "../server/server.ts";
import { createServerClass } from "../server/server-class.ts";
import { createTransportPair } from "../transport/pair.ts";
import { createAdapter } from "./create-adapter.ts";

/** An adapter whose network is a single server. */
function adapterInMemory() {
  const opened: unknown[] = [];
  const lines: string[] = [];
  let receiver: WebSocketServer | undefined;
  const adapter = createAdapter<{ readonly path?: string }, string>({
    openTransport({ url, signal }, options) {
      opened.push([url.host, options, signal.aborted]);
      const [near, far] = createTransportPair();
      receiver?.receive(far);
      return near;
    },
    destinationOf: (url, { path }) => path ?? url.authority,
    openListener(server, { port, tls }) {
      lines.push(`port ${port}, tls ${tls}`);
      receiver = server;
      return { address: { host: "0.0.0.0", port: 80 }, stop: () => void lines.push("stop") };
    },
    checkTls() {},
    memoryBudgetOf: (given = 1_000_000) => given,
  });
  return { adapter, opened, lines };
}

describe("an adapter", () => {
  it("connects to what it listens on, with the options of its transport", async () => {
    const { adapter, opened, lines } = adapterInMemory();
    const server = await adapter.listen((opening) => opening.accept().send("hello"), { port: 80, tls: "pem" });
    expect(server.url).toBe("wss://127.0.0.1:80/");
    const socket = await adapter.connect("ws://example.com/", { transportOptions: { path: "/x" } });
    for await (const message of socket) {
      expect(message).toBe("hello");
      socket.close();
    }
    await adapter.connect("ws://example.com/").then((other) => other.close());
    expect(opened).toEqual([
      ["example.com", { path: "/x" }, false],
      ["example.com", {}, false],
    ]);
    await server.close();
    expect(lines).toEqual(["port 80, tls pem", "stop"]);
  });

  it.each([
    [undefined, "is undefined"],
    [{}, "has no start()"],
    [{ start() {}, write() {} }, "has no end()"],
    [{ agreement: {}, transport: {} }, "has no start()"],
  ])("fails an opening whose openTransport returns no transport: %s", async (opened, what) => {
    const adapter = createAdapter({ openTransport: () => opened as never });
    const error = await adapter.connect("ws://example.com/").catch((reason: unknown) => reason);
    const cause = (error as { failure?: { error?: Error } }).failure?.error;
    expect([cause?.name, cause?.message]).toEqual([
      "UsageError",
      expect.stringContaining(`must be a Transport, but ${what}`),
    ]);
  });

  it("has classes of the common interfaces, and a server with its defaults", () => {
    const { adapter } = adapterInMemory();
    const server = new adapter.WebSocketServer(() => {});
    expect(server).toBeInstanceOf(WebSocketServer);
    expect(server.totals.budget).toBe(1_000_000);
    expect(new adapter.WebSocketServer(() => {}, { memoryBudget: new MemoryBudget(5_000) }).totals.budget).toBe(5_000);
    const socket = new adapter.WebSocket("ws://example.com/");
    expect([socket instanceof WebSocket, socket instanceof adapter.WebSocket]).toEqual([true, true]);
    socket.close();
  });

  it("does not listen without openListener", () => {
    const openTransport = () => createTransportPair()[0];
    expect(createAdapter({ openTransport })).not.toHaveProperty("listen");
    expect(createAdapter({ openTransport, openListener: undefined } as never)).not.toHaveProperty("listen");
  });

  it("is created from functions only", () => {
    const openTransport = () => createTransportPair()[0];
    const openListener = () => ({ address: undefined, stop() {} });
    expect(() => createAdapter({} as never)).toThrow(/openTransport must be a function/);
    expect(() => createAdapter({ openTransport, openListener } as never)).toThrow(/checkTls must be a function/);
    expect(() => createAdapter({ openTransport, open() {} } as never)).toThrow(
      /open is not an option of createAdapter/,
    );
    for (const part of ["destinationOf", "checkTransportOptions", "memoryBudgetOf", "openListener", "checkTls"]) {
      expect(() => createAdapter({ openTransport, [part]: 5 } as never)).toThrow(
        `${part} must be a function, but is 5.`,
      );
    }
  });

  it("is created in parts from functions only, too", () => {
    const openTransport = () => createTransportPair()[0];
    expect(() => createOpener(undefined as never)).toThrow("openTransport must be a function, but is undefined.");
    expect(() => createOpener({} as never)).toThrow("openTransport must be a function, but is undefined.");
    expect(() => createOpener({ openTransport, destinationOf: 5 } as never)).toThrow(
      "destinationOf must be a function",
    );
    expect(() => createConnect(undefined as never)).toThrow("WebSocket must be a function, but is undefined.");
    expect(new (createServerClass())(() => {})).toBeInstanceOf(WebSocketServer);
  });
});
