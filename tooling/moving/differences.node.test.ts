/** What the guides for moving say about differences: the same bytes for hybi and for another library. */
import { once } from "node:events";
import { createRequire } from "node:module";
import { join } from "node:path";
import { Endpoint, UsageError } from "@hybi/core";
import { connect as connectWithHybi, listen } from "@hybi/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocketServer, WebSocket as WsWebSocket } from "ws";
import { root } from "../repository.ts";
import { RawPeer, RawServer } from "./raw-peer.ts";

const libraries = ["ws", "hybi"] as const;
type Library = (typeof libraries)[number];

const ports: Record<Library, number> = { ws: 0, hybi: 0 };
/** What the socket of each connection reports, by the path of its request. */
const reports = new Map<string, string[]>();
let connections = 0;
let stop: () => Promise<void>;

beforeAll(async () => {
  const ws = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  await once(ws, "listening");
  ws.on("connection", (socket, { url = "" }) => {
    const report: string[] = [];
    reports.set(url, report);
    socket.on("error", () => report.push("error"));
    socket.on("close", (code) => report.push(`close ${code}`));
    socket.on("message", (data, isBinary) => report.push(`${isBinary ? "binary" : "text"}: ${data.constructor.name}`));
  });
  const hybi = await listen(
    (opening) => {
      const report: string[] = [];
      reports.set(opening.request.resourceName, report);
      const socket = opening.accept();
      socket.onerror = () => report.push("error");
      socket.onclose = ({ code }) => report.push(`close ${code}`);
      socket.onmessage = ({ data }) =>
        report.push(`${typeof data === "string" ? "text" : "binary"}: ${data.constructor.name}`);
    },
    { host: "127.0.0.1" },
  );
  ports.ws = (ws.address() as { port: number }).port;
  ports.hybi = hybi.port ?? 0;
  stop = async () => {
    for (const client of ws.clients) client.terminate();
    ws.close();
    await hybi.close({ timeout: 100 });
  };
});
afterAll(() => stop());

const open = (library: Library, fields: Record<string, string> = {}, path = "/"): Promise<RawPeer> =>
  RawPeer.open({ port: ports[library], host: "127.0.0.1" }, path, fields);

/** Does the same at both servers. */
async function atBoth<T>(
  play: (peer: RawPeer) => Promise<T>,
  fields?: Record<string, string>,
): Promise<Record<Library, T>> {
  return { ws: await play(await open("ws", fields)), hybi: await play(await open("hybi", fields)) };
}

/** What the sockets of both servers report of a client that does this. */
async function reportsOf(play: (peer: RawPeer) => unknown): Promise<Record<Library, string[] | undefined>> {
  const reported: Partial<Record<Library, string[] | undefined>> = {};
  for (const library of libraries) {
    const path = `/${library}/${++connections}`;
    const peer = await open(library, {}, path);
    await peer.head();
    await play(peer);
    await expect.poll(() => reports.get(path)?.some((event) => event.startsWith("close"))).toBe(true);
    reported[library] = reports.get(path);
  }
  return reported as Record<Library, string[] | undefined>;
}

describe("a server of hybi, where one of ws does otherwise,", () => {
  it("rejects pages of other sites", async () => {
    expect(await atBoth((peer) => peer.status(), { Origin: "https://evil.example" })).toEqual({
      ws: "101",
      hybi: "403",
    });
  });

  it("picks no subprotocol by itself", async () => {
    const picked = await atBoth((peer) => peer.field("sec-websocket-protocol"), { "Sec-WebSocket-Protocol": "v1, v2" });
    expect(picked).toEqual({ ws: "v1", hybi: undefined });
  });

  it("declines an extension offer with a wrong parameter, and not the request", async () => {
    const fields = { "Sec-WebSocket-Extensions": "permessage-deflate; server_max_window_bits=99" };
    const ws = new WebSocketServer({ port: 0, host: "127.0.0.1", perMessageDeflate: true });
    await once(ws, "listening");
    const peer = await RawPeer.open({ port: (ws.address() as { port: number }).port, host: "127.0.0.1" }, "/", fields);
    expect([await peer.status(), await (await open("hybi", fields)).status()]).toEqual(["400", "101"]);
    ws.close();
  });

  it("refuses a length in more bytes than needed", async () => {
    const ends = await atBoth(async (peer) => {
      peer.write(Uint8Array.of(0x81, 0xfe, 0x00, 0x01, 0, 0, 0, 0, 0x61));
      peer.ping("still there");
      return peer.next();
    });
    expect(ends).toEqual({ ws: "pong still there", hybi: "close 1002 frame/length-not-minimal" });
  });

  it("takes no message of more than 16 MiB", async () => {
    const ends = await atBoth(async (peer) => {
      await peer.head();
      peer.send(new Uint8Array(16 * 1_048_576 + 1));
      peer.ping("taken");
      return peer.next();
    });
    expect(ends).toEqual({ ws: "pong taken", hybi: "close 1009 message/too-big" });
  });

  it("delivers text as strings, and bytes as ArrayBuffers", async () => {
    const reported = await reportsOf((peer) => {
      peer.send("text");
      peer.send(Uint8Array.of(1));
      peer.close(1000);
    });
    expect(reported).toEqual({
      ws: ["text: Buffer", "binary: Buffer", "close 1000"],
      hybi: ["text: String", "binary: ArrayBuffer", "close 1000"],
    });
  });

  it("reports a lost connection as an error too, before it is closed with 1006", async () => {
    const reported = await reportsOf((peer) => peer.destroy());
    expect(reported).toEqual({ ws: ["close 1006"], hybi: ["error", "close 1006"] });
  });

  it("reports a broken rule as an error, and then the end", async () => {
    const reported = await reportsOf((peer) => peer.write(Uint8Array.of(0x83, 0x80, 0, 0, 0, 0)));
    expect(reported).toEqual({ ws: ["error", "close 1006"], hybi: ["error", "close 1006"] });
  });
});

describe("a client of hybi, where one of ws does otherwise,", () => {
  it("offers no compression unless it is told to", async () => {
    const server = await RawServer.listen();
    const ws = new WsWebSocket(server.url).on("error", () => {});
    const offer = await (await server.next()).field("sec-websocket-extensions");
    ws.terminate();
    const controller = new AbortController();
    const hybi = connectWithHybi(server.url, { signal: controller.signal }).catch(() => {});
    expect([offer, await (await server.next()).field("sec-websocket-extensions")]).toEqual([
      "permessage-deflate; client_max_window_bits",
      undefined,
    ]);
    controller.abort();
    await hybi;
    server.close();
  });

  it("sends an object that is no bytes as a browser does", async () => {
    const server = await RawServer.listen();
    const ws = new WsWebSocket(server.url);
    const opened = once(ws, "open");
    await (await server.next()).accept();
    await opened;
    expect(() => ws.send({ a: 1 } as never)).toThrow(TypeError);
    const connecting = connectWithHybi(server.url);
    const peer = await server.next();
    await peer.accept();
    const hybi = await connecting;
    hybi.send({ a: 1 } as never);
    expect(await peer.next()).toBe("text [object Object]");
    ws.terminate();
    hybi.terminate();
    server.close();
  });

  it("keeps messages until there is a listener", async () => {
    const server = await RawServer.listen();
    /** Sends a message, and resolves once the client has read it. */
    const greet = async (): Promise<void> => {
      const peer = await server.next();
      await peer.accept();
      peer.send("welcome");
      peer.ping("read");
      expect(await peer.next()).toBe("pong read");
    };
    const ws = new WsWebSocket(server.url);
    await greet();
    const heard: string[] = [];
    ws.on("message", () => heard.push("ws"));
    const opened = connectWithHybi(server.url);
    await greet();
    const hybi = await opened;
    await new Promise<void>((resolve) => {
      hybi.onmessage = () => resolve(void heard.push("hybi"));
    });
    expect(heard).toEqual(["hybi"]);
    ws.terminate();
    hybi.terminate();
    server.close();
  });
});

describe("an endpoint of hybi, where a driver of websocket-driver does otherwise,", () => {
  const { server } = createRequire(join(root, "fuzz/package.json"))("websocket-driver") as {
    server(): { parse(chunk: Buffer): void; text(message: string): boolean };
  };

  const fields = ["Host: localhost", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13"];
  const head = ["GET / HTTP/1.1", ...fields, "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==", "", ""].join("\r\n");
  const chunk = () => Buffer.concat([Buffer.from(head), Uint8Array.of(0x81, 0x81, 0, 0, 0, 0, 0x61)]);

  it("takes a message that arrives with the request", () => {
    expect(() => server().parse(chunk())).toThrow(TypeError);
    const endpoint = Endpoint.server();
    const received = [...endpoint.receive(new Uint8Array(chunk())), ...endpoint.accept()];
    expect(received.map(({ type }) => type)).toEqual(["request", "open", "text"]);
  });

  it("sends nothing before the opening", () => {
    expect(server().text("early")).toBe(true);
    expect(() => Endpoint.server().sendText("early")).toThrow(UsageError);
  });
});
