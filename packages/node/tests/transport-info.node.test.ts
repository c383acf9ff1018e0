/** What handlers learn of a connection and of the request with which it came, in Node. */
import { once } from "node:events";
import { mkdtemp } from "node:fs/promises";
import { createServer as createHttp2Server } from "node:http2";
import { createServer as createHttpsServer } from "node:https";
import { type AddressInfo, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TLSSocket } from "node:tls";
import {
  connect,
  type IncomingOpening,
  type ListenOptions,
  NodeTransportInfo,
  type TransportOptions,
  upgrade,
  upgradeStream,
  WebSocketServer,
} from "@hybi/node";
import { selfSigned } from "@hybi/testing/adapter-contract";
import { describe, expect, it, onTestFinished } from "vitest";
import { host, openHttpServer, openServer } from "./support/servers.ts";

const { key, cert } = await selfSigned();

function infoOf({ info }: IncomingOpening): NodeTransportInfo {
  if (!(info instanceof NodeTransportInfo)) throw new Error("not Node's");
  return info;
}

/** Everything that is plain data. */
function factsOf(info: NodeTransportInfo): object {
  const { secure, remoteAddress, remotePort, localAddress, localPort, alpnProtocol, authorized } = info;
  const name = info.peerCertificate()?.subject.CN;
  return { secure, remoteAddress, remotePort, localAddress, localPort, alpnProtocol, authorized, name };
}

const nothing = {
  remoteAddress: undefined,
  remotePort: undefined,
  localAddress: undefined,
  localPort: undefined,
  alpnProtocol: undefined,
  authorized: undefined,
  name: undefined,
};

/** Opens a connection to a server of `listen`, and returns what its handler has learned. */
async function listened(options: ListenOptions, transportOptions?: TransportOptions) {
  const found: { facts?: object; info?: NodeTransportInfo; port?: number } = {};
  const server = await openServer((opening) => {
    found.info = infoOf(opening);
    found.facts = factsOf(found.info);
    opening.accept();
  }, options);
  const socket = await connect(options.path === undefined ? server.url : "ws://localhost/", { transportOptions });
  socket.terminate();
  return { ...found, port: server.port };
}

describe("the info of an opening that listen has received", () => {
  it("has the addresses of a TCP connection, and its socket", async () => {
    const { facts, info, port } = await listened({});
    expect(info?.native).toBeInstanceOf(Socket);
    expect(facts).toEqual({
      ...nothing,
      secure: false,
      remoteAddress: host,
      remotePort: expect.any(Number),
      localAddress: host,
      localPort: port,
    });
  });

  it("has the certificate of a TLS client that was asked for one, and whether it is trusted", async () => {
    const asking = { key, cert, ca: cert, requestCert: true, rejectUnauthorized: false };
    const known = await listened({ tls: asking }, { tls: { ca: cert, key, cert } });
    expect(known.facts).toMatchObject({ secure: true, remoteAddress: host, localPort: known.port, name: "hybi" });
    expect(known.facts).toMatchObject({ authorized: true, alpnProtocol: "http/1.1" });
    expect(known.info?.native).toBeInstanceOf(TLSSocket);
    const unknown = await listened({ tls: asking }, { tls: { ca: cert } });
    expect(unknown.facts).toMatchObject({ secure: true, authorized: false, name: undefined });
  });

  it("is a few facts for logs, and no socket", async () => {
    const { info } = await listened({});
    expect(JSON.parse(JSON.stringify(info))).toEqual({ secure: false, remoteAddress: host });
  });

  it("has no addresses over a Unix socket", async () => {
    const path = join(await mkdtemp(join(tmpdir(), "hybi-")), "s");
    const { facts } = await listened({ path, host: undefined }, { path });
    expect(facts).toEqual({ ...nothing, secure: false });
  });

  it("has less, and throws nothing, once the connection is closed", async () => {
    const { info } = await listened({ tls: { key, cert } }, { tls: { ca: cert } });
    if (info === undefined) throw new Error("no info");
    const { native } = info;
    if (!native.closed) await once(native.resume(), "close");
    expect(factsOf(info)).toMatchObject({ secure: true, remoteAddress: host, name: undefined });
  });
});

describe("upgrade into one WebSocketServer", () => {
  it("passes the context of each request to the handler and to the socket, and the request itself", async () => {
    const seen: unknown[] = [];
    const sockets = new WebSocketServer((opening) => {
      const { request } = infoOf(opening);
      const socket = opening.accept();
      seen.push([request?.url, request?.headers["x-a"], opening.context, socket.context]);
    });
    const { port, server } = await openHttpServer();
    server.on("upgrade", (request, socket, head) => {
      upgrade(request, socket, head, sockets, { context: `user of ${request.url}` });
    });
    for (const path of ["/a", "/b"]) {
      const socket = await connect(`ws://${host}:${port}${path}`, { fields: [["X-A", "1"]] });
      onTestFinished(() => socket.terminate());
    }
    expect(seen).toEqual([
      ["/a", "1", "user of /a", "user of /a"],
      ["/b", "1", "user of /b", "user of /b"],
    ]);
    expect([...sockets.sockets].map(({ context }) => context)).toEqual(["user of /a", "user of /b"]);
  });

  it("knows the TLS connection of node:https", async () => {
    let facts: object | undefined;
    const sockets = new WebSocketServer((opening) => {
      facts = factsOf(infoOf(opening));
      opening.accept();
    });
    const server = createHttpsServer({ key, cert, ca: cert, requestCert: true });
    server.on("upgrade", (request, socket, head) => upgrade(request, socket, head, sockets));
    server.listen(0, host);
    await once(server, "listening");
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const socket = await connect(`wss://${host}:${port}/`, { transportOptions: { tls: { ca: cert, key, cert } } });
    expect(facts).toMatchObject({ secure: true, remoteAddress: host, localPort: port, name: "hybi", authorized: true });
    socket.terminate();
  });

  it("takes nothing but a context, as the server has its own options", async () => {
    const sockets = new WebSocketServer((opening) => opening.accept());
    const { port, server } = await openHttpServer();
    const thrown = new Promise<Error>((resolve) => {
      server.on("upgrade", (request, socket, head) => {
        try {
          upgrade(request, socket, head, sockets, { origins: "any" } as never);
        } catch (error) {
          socket.destroy();
          resolve(error as Error);
        }
      });
    });
    await expect(connect(`ws://${host}:${port}/`)).rejects.toThrow();
    expect(await thrown).toMatchObject({ code: "option/unknown", message: expect.stringContaining("origins") });
  });
});

it("upgrade with a handler of its own takes a context as well", async () => {
  const { port, server } = await openHttpServer();
  const context = { user: 5 };
  const contexts: unknown[] = [];
  server.on("upgrade", (request, socket, head) => {
    upgrade(request, socket, head, (opening) => contexts.push(opening.context, opening.accept().context), {
      context,
      origins: "any",
    });
  });
  (await connect(`ws://${host}:${port}/`)).terminate();
  expect(contexts).toEqual([context, context]);
});

it("upgradeStream knows the session's connection, and passes a context on", async () => {
  const found: unknown[] = [];
  const sockets = new WebSocketServer((opening) => {
    const socket = opening.accept();
    found.push(factsOf(infoOf(opening)), opening.context, socket.context);
  });
  const server = createHttp2Server({ settings: { enableConnectProtocol: true } });
  server.on("stream", (stream, headers) => upgradeStream(stream, headers, sockets, { context: headers[":path"] }));
  server.listen(0, host);
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const socket = await connect(`ws://${host}:${port}/chat`, { transportOptions: { http2: true } });
  expect(found).toEqual([
    expect.objectContaining({ secure: false, remoteAddress: host, localAddress: host, localPort: port }),
    "/chat",
    "/chat",
  ]);
  socket.close();
  await once(socket as never, "close");
});
