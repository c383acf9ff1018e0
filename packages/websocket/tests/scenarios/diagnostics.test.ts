/** What is published of connections: in which order, and that each beginning has one end. */
import { UsageError } from "@hybi/core";
import fc from "fast-check";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { createDiagnostics } from "../../src/adapter/create-diagnostics.ts";
import type { Diagnostics } from "../../src/pump/diagnostics.ts";
import type { DiagnosticsMessages } from "../../src/server/diagnostics-messages.ts";
import { until } from "../support/clock.ts";
import { thrown, World, type WorldOptions } from "../support/link.ts";

type Entry = {
  [name in keyof DiagnosticsMessages]: { name: name; message: DiagnosticsMessages[name] };
}[keyof DiagnosticsMessages];

/** Channels that keep what is published, while `isOn`. */
class Recording {
  isOn = true;
  readonly entries: Entry[] = [];
  readonly diagnostics: Diagnostics;

  constructor() {
    const record = this;
    this.diagnostics = createDiagnostics((name) => ({
      get hasSubscribers() {
        return record.isOn;
      },
      publish: (message) => record.entries.push({ name, message } as Entry),
    }));
  }

  get names(): string[] {
    return this.entries.map(({ name }) => name.slice("hybi:".length));
  }

  of<Name extends keyof DiagnosticsMessages>(name: Name): DiagnosticsMessages[Name][] {
    return this.entries
      .filter((entry) => entry.name === name)
      .map(({ message }) => message as DiagnosticsMessages[Name]);
  }
}

/** Returns the only element of `list`. */
function only<Item>(list: readonly Item[]): Item {
  const [item] = list;
  if (item === undefined || list.length > 1) throw new Error(`${list.length} elements`);
  return item;
}

function watched(options: WorldOptions = {}) {
  const record = new Recording();
  const runtime = { diagnostics: record.diagnostics };
  const world = new World({
    ...options,
    client: { ...options.client, runtime },
    server: { ...options.server, runtime },
  });
  return { record, world };
}

describe("diagnostics", () => {
  it("follow a connection through both sides", async () => {
    const { record, world } = watched();
    const { client, server } = await world.connected({ protocols: [] });
    expect(record.names).toEqual([
      "client:request",
      "server:request",
      "server:accepted",
      "websocket:open",
      "websocket:open",
    ]);
    const request = only(record.of("hybi:client:request"));
    expect(request).toEqual({ websocket: client, url: "ws://example.com/", redirects: 0 });
    const accepted = only(record.of("hybi:server:accepted"));
    expect(accepted.websocket).toBe(server);
    expect(accepted.request).toBe(only(record.of("hybi:server:request")).request);
    expect(record.of("hybi:websocket:open")).toEqual([
      { websocket: server, role: "server", protocol: "", extensions: "" },
      { websocket: client, role: "client", protocol: "", extensions: "" },
    ]);
    client.ping(Uint8Array.of(1, 2));
    await until(() => record.of("hybi:websocket:pong").length === 1);
    expect(record.of("hybi:websocket:ping")).toEqual([
      { websocket: server, role: "server", payload: Uint8Array.of(1, 2) },
    ]);
    expect(record.of("hybi:websocket:pong")).toEqual([
      { websocket: client, role: "client", payload: Uint8Array.of(1, 2) },
    ]);
    server.close(1000, "enough");
    await until(() => record.of("hybi:websocket:close").length === 2);
    const outcome = { code: 1000, wasClean: true, failure: undefined };
    const [first, second] = record.of("hybi:websocket:close");
    // Each with the reason that has arrived: the client's Close frame has none.
    expect(first).toEqual({ websocket: client, role: "client", ...outcome, reason: "enough" });
    expect(second).toEqual({ websocket: server, role: "server", ...outcome, reason: "" });
  });

  it("harm nothing when a channel cannot say whether it has subscribers", async () => {
    const asked: string[] = [];
    const diagnostics = createDiagnostics((name) => ({
      get hasSubscribers(): boolean {
        asked.push(name);
        throw new Error("no idea");
      },
      publish() {},
    }));
    const print = vi.spyOn(console, "error").mockImplementation(() => {});
    onTestFinished(() => print.mockRestore());
    const world = new World({ client: { runtime: { diagnostics } }, server: { runtime: { diagnostics } } });
    const { client, server } = await world.connected();
    client.close(1000);
    await until(() => server.readyState === 3 && client.readyState === 3);
    expect(print).toHaveBeenCalledTimes(asked.length);
    expect(new Set(asked)).toContain("hybi:client:request");
  });

  it("tell of Pings that arrive at a stream", async () => {
    const streams: object[] = [];
    const { record, world } = watched({ handler: (opening) => streams.push(opening.acceptStream()) });
    const client = new world.WebSocket("ws://example.com/");
    await until(() => client.readyState === 1);
    client.ping("a");
    await until(() => record.of("hybi:websocket:pong").length === 1);
    const payload = new TextEncoder().encode("a");
    expect(record.of("hybi:websocket:ping")).toEqual([{ websocket: streams[0], role: "server", payload }]);
    expect(record.of("hybi:websocket:pong")).toEqual([{ websocket: client, role: "client", payload }]);
  });

  it("name the stream of a connection that is one, on both sides", async () => {
    const streams: object[] = [];
    const { record, world } = watched({ handler: (opening) => streams.push(opening.acceptStream()) });
    const client = new world.WebSocketStream("ws://example.com/");
    await client.opened;
    await until(() => record.of("hybi:websocket:open").length === 2);
    const named = record.of("hybi:websocket:open");
    expect(named.map(({ role }) => role)).toEqual(["server", "client"]);
    expect(named[0]?.websocket).toBe(streams[0]);
    expect(named[1]?.websocket).toBe(client);
    expect(only(record.of("hybi:server:accepted")).websocket).toBe(streams[0]);
    client.close();
    await until(() => record.of("hybi:websocket:close").length === 2);
  });

  it.each<[string, number, string | undefined, NonNullable<WorldOptions["handler"]>]>([
    ["rejects", 403, undefined, (opening) => opening.reject({ status: 403 })],
    ["answers nothing", 404, undefined, () => {}],
    [
      "throws",
      500,
      undefined,
      () => {
        throw new Error("handler");
      },
    ],
    ["has not answered when the server closes", 503, "given-up", () => new Promise(() => {})],
  ])("say that a request was refused when the handler %s", async (_, status, failure, handler) => {
    const { record, world } = watched({ handler, server: { onError: () => {} } });
    const client = new world.WebSocket("ws://example.com/");
    await until(() => record.of("hybi:server:request").length === 1);
    if (failure !== undefined) await world.server.close({ timeout: 0 });
    await until(() => client.readyState === 3);
    expect(record.names).toEqual(["client:request", "server:request", "server:refused", "client:failure"]);
    const refused = only(record.of("hybi:server:refused"));
    expect(refused.request).toBe(only(record.of("hybi:server:request")).request);
    expect([refused.status, refused.failure?.kind]).toEqual([status, failure]);
    const lost = only(record.of("hybi:client:failure"));
    expect([lost.websocket, lost.failure.kind]).toEqual([client, "rejected"]);
  });

  it("say that a client was turned away, and that a request was none", async () => {
    const { record, world } = watched({ server: { maxConnections: 0 } });
    const client = new world.WebSocket("ws://example.com/");
    await until(() => client.readyState === 3);
    expect(record.names).toEqual(["client:request", "server:refused", "client:failure"]);
    expect(record.of("hybi:server:refused")).toEqual([
      { request: undefined, info: {}, status: 503, failure: undefined },
    ]);
    const other = watched();
    const socket = new other.world.WebSocket("ws://example.com/", {
      fields: [["Origin", "https://elsewhere.example"]],
    });
    await until(() => socket.readyState === 3);
    const refused = only(other.record.of("hybi:server:refused"));
    expect([refused.request, refused.status, refused.failure?.kind]).toEqual([undefined, 403, "violation"]);
  });

  it.each(["webSocket", "stream"] as const)(
    "give the status that an invalid request gets, which onFailure may choose: over a %s",
    async (over) => {
      for (const [own, expected] of [
        [undefined, 403],
        [418, 418],
      ] as const) {
        const { record, world } = watched({
          server: { onFailure: () => (own === undefined ? undefined : { status: own }) },
        });
        if (over === "webSocket") {
          const client = new world.WebSocket("ws://example.com/", {
            fields: [["Origin", "https://elsewhere.example"]],
          });
          await until(() => client.readyState === 3);
          expect(only(record.of("hybi:client:failure")).failure).toMatchObject({ response: { status: expected } });
        } else {
          const answers: number[] = [];
          world.server.receiveStream(
            {
              session: undefined,
              onLost: undefined,
              accept: () => {},
              abort: () => {},
              reject: ({ status }: { status: number }) => answers.push(status),
            } as never,
            [
              [":method", "CONNECT"],
              [":protocol", "websocket"],
              [":scheme", "https"],
              [":path", "/"],
              [":authority", "example.com"],
              ["sec-websocket-version", "13"],
              ["origin", "https://elsewhere.example"],
            ],
          );
          expect(answers).toEqual([expected]);
        }
        const { status, failure } = only(record.of("hybi:server:refused"));
        expect([status, failure?.kind]).toEqual([expected, "violation"]);
      }
    },
  );

  it("count the redirects of a client, whose attempts are one", async () => {
    const { record, world } = watched({
      handler: (opening) => {
        if (opening.url.endsWith("/new")) opening.accept();
        else opening.reject({ status: 302, fields: [["Location", "/new"]] });
      },
    });
    const client = new world.WebSocket("ws://user:secret@example.com/", { followRedirects: 1 });
    await until(() => client.readyState === 1);
    expect(record.of("hybi:client:request").map(({ url, redirects }) => [url, redirects])).toEqual([
      ["ws://example.com/", 0],
      ["ws://example.com/new", 1],
    ]);
    client.close();
  });

  it("say once of each opening and of each connection how it ended, whatever happens", async () => {
    const fates = ["close", "serverClose", "terminate", "lose", "reject", "giveUp", "throw", "leave"] as const;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...fates), { minLength: 1, maxLength: 6 }), async (chosen) => {
        const { record, world } = watched({
          server: { onError: () => {} },
          handler: (opening) => {
            const fate = opening.request.resourceName.slice(1);
            if (fate === "reject") opening.reject({ status: 403 });
            else if (fate === "throw") throw new Error("handler");
            else if (fate !== "leave") world.accepted.push(opening.accept());
            else return new Promise((resolve) => setTimeout(resolve, 5));
            return undefined;
          },
        });
        for (const fate of chosen) {
          const [accepted, asked] = [world.accepted.length, record.of("hybi:server:request").length];
          const client = new world.WebSocket(`ws://example.com/${fate}`, { concurrentOpenings: true });
          if (fate === "giveUp") client.close();
          else if (fate === "leave") await until(() => record.of("hybi:server:request").length > asked);
          else await until(() => client.readyState > 0);
          if (fate === "close") client.close();
          if (fate === "serverClose") world.accepted[accepted]?.close();
          if (fate === "terminate" || fate === "leave") client.terminate();
          if (fate === "lose") world.near.at(-1)?.lose(new Error("cable cut"));
          await until(() => client.readyState === 3);
        }
        await until(() => world.server.connections === 0);
        const { names } = record;
        const count = (name: string): number => names.filter((one) => one === name).length;
        expect(count("server:accepted") + count("server:refused")).toBe(count("server:request"));
        expect(count("websocket:close")).toBe(count("websocket:open"));
        const opened = record.of("hybi:websocket:open").filter(({ role }) => role === "client").length;
        expect(opened + count("client:failure")).toBe(chosen.length);
        expect(new Set(record.of("hybi:websocket:close").map(({ websocket }) => websocket))).toEqual(
          new Set(record.of("hybi:websocket:open").map(({ websocket }) => websocket)),
        );
      }),
      { numRuns: 30 },
    );
  });

  it("make no message without a subscriber", async () => {
    const { record, world } = watched();
    record.isOn = false;
    const { client, server } = await world.connected();
    client.ping();
    client.close();
    await until(() => client.readyState === 3 && server.readyState === 3);
    expect(record.entries).toEqual([]);
  });

  it("are checked, and may be a part of all channels", async () => {
    const world = new World();
    const open = (diagnostics: unknown): unknown =>
      new world.WebSocket("ws://example.com/", { runtime: { diagnostics } as never });
    expect(thrown(() => createDiagnostics({} as never))).toBeInstanceOf(UsageError);
    for (const wrong of [1, {}, { opened() {} }]) {
      expect(thrown(() => open(wrong))).toBeInstanceOf(UsageError);
    }
    const urls: string[] = [];
    const channel = { hasSubscribers: true, publish: (message: object) => urls.push((message as { url: string }).url) };
    const diagnostics = createDiagnostics((name) => (name === "hybi:client:request" ? channel : undefined));
    const { client } = await world.connected({ runtime: { diagnostics } });
    expect(urls).toEqual(["ws://example.com/"]);
    client.close();
  });
});
