/** Options specific to Node: how a client reaches its server, and which options belong to Node's servers. */
import { Agent, createServer } from "node:http";
import { connect, upgrade, upgradeStream, WebSocket, WebSocketServer, WebSocketStream } from "@hybi/node";
import { describe, expect, it } from "vitest";
import { openServer } from "./support/servers.ts";

const url = "ws://127.0.0.1:9/";

function thrown(action: () => unknown): { code?: string; message: string } {
  try {
    action();
  } catch (error) {
    return error as Error;
  }
  return { message: "nothing was thrown" };
}

describe("the transport option", () => {
  it.each([
    [{ proxi: "http://proxy/" }, "option/unknown", /Did you mean transportOptions\.proxy\?/],
    [{ agent: {} }, "option/type", /transportOptions\.agent must be an Agent of node:http/],
    [{ agent: "x" }, "option/type", /transportOptions\.agent must be an Agent of node:http/],
    [{ agent: new Agent(), http2: true }, "option/range", /agent and transportOptions\.http2 both say/],
    [{ agent: new Agent(), proxy: "http://proxy/" }, "option/range", /agent and transportOptions\.proxy both say/],
    [{ agent: () => new Agent(), path: "/tmp/s" }, "option/range", /agent and transportOptions\.path both say/],
    [{ localAddress: "127.0.0.1" }, "option/unknown", /Did you mean transportOptions\.tcp\?/],
    [{ lookup() {} }, "option/unknown", /Did you mean transportOptions\.tcp\?/],
    [{ tcp: { family: 5 } }, "option/type", /transportOptions\.tcp\.family must be 4, 6, or 0/],
    [{ tcp: { lookup: "x" } }, "option/type", /transportOptions\.tcp\.lookup must be a function/],
    [{ tcp: { localAddress: 5 } }, "option/type", /transportOptions\.tcp\.localAddress must be a string/],
    [{ tcp: { host: "x" } }, "option/unknown", /transportOptions\.tcp\.host is not an option/],
    [{ rejectUnauthorized: false }, "option/unknown", /Did you mean transportOptions\.tls\?/],
    [{ tsl: {} }, "option/unknown", /Did you mean transportOptions\.tls\?/],
    [{ http3: true }, "option/unknown", /Did you mean transportOptions\.http2\?/],
    [{ proxy: 5 }, "option/type", /transportOptions\.proxy takes an object/],
    [{ proxy: "no url" }, "option/range", /transportOptions\.proxy must be an http or https URL/],
    [{ proxy: { url: "no url" } }, "option/range", /transportOptions\.proxy\.url must be an http or https URL/],
    [{ proxy: { url: 5 } }, "option/type", /transportOptions\.proxy\.url must be a string/],
    [
      { proxy: { url: "http://proxy/", headers: {} } },
      "option/unknown",
      /Did you mean transportOptions\.proxy\.fields\?/,
    ],
    [{ proxy: { url: "http://proxy/", fields: {} } }, "option/type", /transportOptions\.proxy\.fields must be a list/],
    [{ proxy: { url: "http://proxy/", tls: [] } }, "option/type", /transportOptions\.proxy\.tls must be an object/],
    [{ tls: [] }, "option/type", /transportOptions\.tls must be an object of options of node:tls/],
    [{ tls: null }, "option/type", /but is null/],
    [{ http2: "yes" }, "option/type", /transportOptions\.http2 must be true, false, or a session/],
    [{ http2: {} }, "option/type", /transportOptions\.http2 must be/],
  ])("of %j is rejected wherever it is given [R25]", async (transport, code, message) => {
    const options = { transportOptions: transport } as object;
    for (const take of [() => new WebSocket(url, options), () => new WebSocketStream(url, options)]) {
      const fault = thrown(take);
      expect([fault.code, fault.message]).toEqual([code, expect.stringMatching(message)]);
    }
    await expect(connect(url, options)).rejects.toMatchObject({ name: "UsageError", code });
  });

  it("may be undefined, and so may its members [R25]", async () => {
    const server = await openServer();
    const nothing = {
      ...{ tls: undefined, path: undefined, proxy: undefined, http2: undefined, agent: undefined },
      tcp: { localAddress: undefined, lookup: undefined },
    };
    (await connect(server.url, { transportOptions: nothing as object })).terminate();
    (
      await connect(server.url, { transportOptions: undefined, runtime: { clock: undefined, native: undefined } })
    ).terminate();
  });
});

describe("the options of a single request", () => {
  const wide = { maxConnections: 5, openingsPerAddress: 5 };

  it.each(Object.entries(wide))(
    "exclude %s, which counts connections of a server, with a hint to WebSocketServer [A11]",
    async (name, value) => {
      const options = { [name]: value } as object;
      const faults: { code?: string; message: string }[] = [];
      const server = createServer().on("upgrade", (request, socket, head) => {
        faults.push(thrown(() => upgrade(request, socket, head, () => {}, options)));
        upgrade(request, socket, head, (opening) => opening.accept(), { [name]: undefined } as object);
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const { port } = server.address() as { port: number };
      (await connect(`ws://127.0.0.1:${port}/`)).terminate();
      server.close();
      faults.push(thrown(() => upgradeStream({} as never, [], () => {}, options)));
      for (const { code, message } of faults) {
        expect([code, message]).toEqual([
          "option/unknown",
          expect.stringContaining(`new WebSocketServer(handler, { ${name}`),
        ]);
      }
      expect(faults).toHaveLength(2);
      // A WebSocketServer accepts it.
      expect(() => new WebSocketServer(() => {}, options)).not.toThrow();
    },
  );
});

describe("the memory budget of one request", () => {
  it("is one of all requests, and not a number, which would be a budget for each [A11]", () => {
    for (const memoryBudget of [1_000_000, 0, "1", {}]) {
      const options = { memoryBudget } as object;
      for (const fault of [
        thrown(() => upgrade({} as never, {} as never, Buffer.alloc(0), () => {}, options)),
        thrown(() => upgradeStream({} as never, [], () => {}, options)),
      ]) {
        expect([fault.code, fault.message]).toEqual(["option/type", expect.stringContaining("a MemoryBudget")]);
      }
    }
  });
});

describe("a server", () => {
  it("rejects `host`, which belongs to listen, with a hint [R25]", () => {
    const fault = thrown(() => new WebSocketServer(() => {}, { host: "127.0.0.1" } as object));
    expect([fault.code, fault.message]).toEqual([
      "option/unknown",
      expect.stringMatching(/listen\(handler, \{ host: … \}\)/),
    ]);
    expect(thrown(() => new WebSocketServer(() => {}, null as never)).code).toBe("option/type");
    expect(thrown(() => new WebSocketServer("x" as never)).code).toBe("option/type");
  });

  it("for a single upgraded request checks its options at the call [R25]", async () => {
    const faults: unknown[] = [];
    const server = createServer().on("upgrade", (request, socket, head) => {
      faults.push(thrown(() => upgrade(request, socket, head, () => {}, { origin: [] } as object)).code);
      socket.destroy();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    await expect(connect(`ws://127.0.0.1:${port}/`)).rejects.toThrow();
    server.close();
    expect(faults).toEqual(["option/unknown"]);
    expect(thrown(() => upgradeStream({} as never, [], () => {}, { limits: 5 } as object)).code).toBe("option/type");
  });
});
