/** The client over agents of node:http and node:https, and the options of its TCP connections. */
import { once } from "node:events";
import { Agent, type ClientRequestArgs, createServer, request } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { type AddressInfo, type LookupFunction, connect as openTcp, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { connect, type ListenOptions, type OpeningHandler, type TransportOptions } from "@hybi/node";
import { permessageDeflate } from "@hybi/permessage-deflate/zlib";
import { selfSigned } from "@hybi/testing/adapter-contract";
import { describe, expect, it, onTestFinished } from "vitest";
import { echo, host, openHandwrittenServer, openPeer, openServer, openTcpServer } from "./support/servers.ts";

const { key, cert } = await selfSigned();

function kept<One extends Agent>(agent: One): One {
  onTestFinished(() => agent.destroy());
  return agent;
}

/** An agent that tunnels through a proxy, as those of npm do: it asks with CONNECT, and hands over the socket. */
class TunnelAgent extends Agent {
  readonly #proxyPort: number;

  constructor(proxyPort: number) {
    super();
    this.#proxyPort = proxyPort;
  }

  override createConnection(
    { host: to, port }: ClientRequestArgs,
    made: (error: Error | null, socket: Duplex) => void,
  ): undefined {
    const asked = request({ host, port: this.#proxyPort, method: "CONNECT", path: `${to}:${port}` });
    asked.on("connect", (response, socket) => {
      if (response.statusCode === 200) made(null, socket);
      else made(new Error(`The proxy answered ${response.statusCode}.`), socket);
    });
    asked.on("error", (error) => made(error, undefined as never)).end();
  }
}

/** Opens a proxy that answers `status`, and returns its port and the targets that it was asked for. */
async function openProxy(status = "200 OK"): Promise<{ port: number; asked: string[] }> {
  const asked: string[] = [];
  const proxy = createServer().on("connect", ({ url = "" }, client) => {
    asked.push(url);
    if (!status.startsWith("2")) {
      client.end(`HTTP/1.1 ${status}\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    const { hostname, port } = new URL(`http://${url}`);
    const onward = openTcp(Number(port), hostname, () => {
      client.write(`HTTP/1.1 ${status}\r\n\r\n`);
      client.pipe(onward).pipe(client);
    });
    for (const socket of [client, onward]) socket.on("error", () => {});
    onTestFinished(() => void onward.destroy());
  });
  proxy.listen(0, host);
  await once(proxy, "listening");
  onTestFinished(() => {
    proxy.closeAllConnections();
    proxy.close();
  });
  return { port: (proxy.address() as AddressInfo).port, asked };
}

/** The failure with which an attempt ends. */
async function failureOf(url: string, transportOptions: TransportOptions, options = {}): Promise<object> {
  return connect(url, { transportOptions, ...options }).then(
    () => expect.unreachable("it is open"),
    (error) => error.failure ?? error,
  );
}

describe("a client with an agent", () => {
  it.each([
    ["ws", {}, () => new Agent({ keepAlive: true })],
    ["wss", { tls: { key, cert } }, () => new HttpsAgent({ ca: cert })],
  ] as [string, ListenOptions, () => Agent][])("exchanges messages over %s, and closes", async (_, options, create) => {
    const server = await openServer(echo, { ...options, extensions: [permessageDeflate()] });
    const agent = kept(create());
    const peer = await openPeer(server.url, { transportOptions: { agent }, extensions: [permessageDeflate()] });
    expect(peer.socket.extensions).toContain("permessage-deflate");
    expect(peer.socket.response?.status).toBe(101);
    for (const data of ["hello", "", "x".repeat(300_000)]) {
      peer.socket.send(data);
      expect(await peer.next()).toEqual({ type: "text", data });
    }
    expect(await peer.close(1000, "done")).toMatchObject({ clean: true, statusCode: 1000 });
  });

  it("goes where the agent goes, such as through a tunnel", async () => {
    const proxy = await openProxy();
    const server = await openServer();
    const agent = kept(new TunnelAgent(proxy.port));
    const peer = await openPeer(server.url, { transportOptions: { agent } });
    peer.socket.send("hello");
    expect(await peer.next()).toEqual({ type: "text", data: "hello" });
    expect(proxy.asked).toEqual([`${host}:${server.port}`]);
    await peer.close();
  });

  it("receives what arrives with the response", async () => {
    const url = await openHandwrittenServer((socket, accepted) => {
      socket.write(Buffer.concat([Buffer.from(accepted, "latin1"), Buffer.from([0x81, 2, 0x68, 0x69])]));
    });
    const peer = await openPeer(url, { transportOptions: { agent: kept(new Agent()) } });
    expect(await peer.next()).toEqual({ type: "text", data: "hi" });
    peer.socket.terminate();
  });

  it("has the options `tls` and `tcp` in the connections that the agent makes", async () => {
    const addresses: unknown[] = [];
    const server = await openServer(
      (opening) => {
        addresses.push(opening.info.remoteAddress, opening.info.peerCertificate?.() !== undefined);
        opening.accept();
      },
      { tls: { key, cert, ca: cert, requestCert: true } },
    );
    const transportOptions = {
      agent: kept(new HttpsAgent()),
      tls: { ca: cert, key, cert },
      tcp: { localAddress: "127.0.0.2" },
    };
    (await connect(server.url, { transportOptions })).terminate();
    expect(addresses).toEqual(["127.0.0.2", true]);
  });

  it("reports the response that rejects it, with as much of its body as the limit allows", async () => {
    const { url } = await openServer((opening) => opening.reject({ status: 403, body: "x".repeat(1_000) }));
    const failure = await failureOf(url, { agent: kept(new Agent()) }, { limits: { rejectionBody: 100 } });
    expect(failure).toMatchObject({ kind: "rejected", response: { status: 403, reasonPhrase: "Forbidden" } });
    expect(failure).toMatchObject({ body: new Uint8Array(Buffer.from("x".repeat(100))) });
  });

  it.each([
    ["", false],
    ["who are you?", false],
    ["", true],
    ["who are you?", true],
  ])(
    "reports a rejection with the body %j of a server that ends the connection, keep-alive %j, each time",
    async (body, keepAlive) => {
      const ended: Promise<unknown>[] = [];
      const port = await openTcpServer((socket) => {
        ended.push(once(socket, "end"));
        const head = `HTTP/1.1 401 No\r\nContent-Length: ${body.length}\r\n\r\n`;
        socket.once("data", () => socket.end(head + body));
      });
      const agent = kept(new Agent({ keepAlive }));
      for (let count = 0; count < 4; count++) {
        const failure = await failureOf(`ws://${host}:${port}/`, { agent }, { deadlines: { opening: 5_000 } });
        expect(failure).toMatchObject({ kind: "rejected", response: { status: 401 } });
        expect(failure).toMatchObject({ body: new Uint8Array(Buffer.from(body)) });
      }
      // No half of a connection is left.
      await Promise.all(ended);
    },
  );

  it("follows redirects of a server that ends each connection", async () => {
    const { url } = await openServer();
    const port = await openTcpServer((socket) => {
      socket.once("data", () => socket.end(`HTTP/1.1 307 Go\r\nLocation: ${url}\r\nContent-Length: 0\r\n\r\n`));
    });
    const agent = kept(new Agent({ keepAlive: true }));
    const options = { transportOptions: { agent: () => agent }, followRedirects: 1 };
    (await connect(`ws://${host}:${port}/`, options)).terminate();
  });

  it.each([
    ["opening/accept-mismatch", "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\n"],
    ["opening/accept-missing", "Upgrade: websocket\r\nConnection: Upgrade\r\n"],
    ["opening/upgrade-mismatch", "Upgrade: h2c\r\nConnection: Upgrade\r\n"],
    ["opening/upgrade-mismatch", ""],
  ])("fails for %s, as over a transport of its own [C03] [C04] [C05]", async (code, fields) => {
    const port = await openTcpServer((socket) => {
      socket.once("data", () => socket.write(`HTTP/1.1 101 Switching Protocols\r\n${fields}\r\n`));
    });
    const failure = await failureOf(`ws://${host}:${port}/`, { agent: kept(new Agent()) });
    expect(failure).toMatchObject({ kind: "violation", violation: { code } });
  });

  it.each<[string, (socket: Socket) => void, RegExp]>([
    ["that the server closes", (socket) => socket.end(), /socket hang up/],
    ["that is no HTTP", (socket) => socket.end("hello\r\n\r\n"), /Parse Error/],
  ])("reports a connection %s as one of the transport", async (_, answer, message) => {
    const port = await openTcpServer((socket) => socket.once("data", () => answer(socket)));
    const failure = await failureOf(`ws://${host}:${port}/`, { agent: kept(new Agent()) });
    expect(failure).toMatchObject({ kind: "transport", error: { message: expect.stringMatching(message) } });
  });

  it("reports what the agent reports", async () => {
    const proxy = await openProxy("502 Bad Gateway");
    const failure = await failureOf("ws://127.0.0.1:9/", { agent: kept(new TunnelAgent(proxy.port)) });
    expect(failure).toMatchObject({ kind: "transport", error: { message: "The proxy answered 502." } });
  });

  it("drops the request when it is given up, and when the time for opening is over", async () => {
    const ended: Promise<unknown>[] = [];
    const port = await openTcpServer((socket) => {
      ended.push(once(socket, "end"));
      socket.resume();
    });
    const url = `ws://${host}:${port}/`;
    const agent = kept(new Agent());
    expect(await failureOf(url, { agent }, { deadlines: { opening: 50 } })).toMatchObject({ kind: "too-late" });
    const given = failureOf(url, { agent }, { signal: AbortSignal.timeout(50) });
    expect(await given).toMatchObject({ name: "TimeoutError" });
    expect(ended).toHaveLength(2);
    await Promise.all(ended);
  });
});

describe("an agent and redirects", () => {
  const redirectTo =
    (location: () => string): OpeningHandler =>
    (opening) => {
      if (opening.request.resourceName === "/end") opening.accept();
      else opening.reject({ status: 307, fields: [["Location", location()]] });
    };

  it("it is used again within the origin [C15]", async () => {
    const proxy = await openProxy();
    const { url, port } = await openServer(redirectTo(() => "/end"));
    const agent = kept(new TunnelAgent(proxy.port));
    (await connect(url, { transportOptions: { agent }, followRedirects: 1 })).terminate();
    expect(proxy.asked).toEqual([`${host}:${port}`, `${host}:${port}`]);
  });

  it("an agent for one origin is not used for another, and nothing goes past it [C15] [V05]", async () => {
    let asked = 0;
    const other = await openServer((opening) => {
      asked++;
      opening.accept();
    });
    const { url } = await openServer(redirectTo(() => other.url));
    const failure = await failureOf(url, { agent: kept(new Agent()) }, { followRedirects: 1 });
    expect(failure).toMatchObject({
      kind: "transport",
      error: { message: expect.stringMatching(/redirects to 127.*pass a function/) },
    });
    expect(asked).toBe(0);
  });

  it("a function chooses one for each URL [C15]", async () => {
    const other = await openServer();
    const { url, port } = await openServer(redirectTo(() => other.url));
    const agents = [kept(new Agent()), kept(new Agent())];
    const ports: number[] = [];
    const agent = (target: { port: number }) => agents[ports.push(target.port) - 1] as Agent;
    (await connect(url, { transportOptions: { agent }, followRedirects: 1 })).terminate();
    expect(ports).toEqual([port, other.port]);
    for (const wrong of [() => ({}), () => undefined, () => Promise.reject(new Error("no agent"))]) {
      const failure = await failureOf(url, { agent: wrong as never });
      expect(failure).toMatchObject({ kind: "transport", error: { code: "option/type" } });
    }
  });

  it("the client's certificate stays with its origin [C15] [V05]", async () => {
    const names: unknown[] = [];
    const tls = { key, cert, ca: cert, requestCert: true, rejectUnauthorized: false };
    const seen =
      (handler: OpeningHandler): OpeningHandler =>
      (opening) => {
        names.push(opening.info.peerCertificate?.() !== undefined);
        return handler(opening);
      };
    const other = await openServer(seen(echo), { tls });
    const { url } = await openServer(seen(redirectTo(() => other.url)), { tls });
    const agent = () => kept(new HttpsAgent());
    const transportOptions = { agent, tls: { ca: cert, key, cert } };
    (await connect(url, { transportOptions, followRedirects: 1 })).terminate();
    expect(names).toEqual([true, false]);
  });
});

describe("the options of TCP", () => {
  /** Opens a server that tells from which address a client comes. */
  const openTelling = (options?: ListenOptions) =>
    openServer((opening) => opening.accept().send(String(opening.info.remoteAddress)), options);
  const tcp = { localAddress: "127.0.0.3" };

  it.each([
    ["ws", {}, { tcp }],
    ["wss", { tls: { key, cert } }, { tcp, tls: { ca: cert } }],
  ] as [string, ListenOptions, TransportOptions][])(
    "choose the local address of %s",
    async (_, options, transportOptions) => {
      const peer = await openPeer((await openTelling(options)).url, { transportOptions });
      expect(await peer.next()).toEqual({ type: "text", data: "127.0.0.3" });
      peer.socket.terminate();
    },
  );

  it("are those of the connection to a proxy", async () => {
    const from: unknown[] = [];
    const proxy = createServer().on("connect", (_request, client: Socket) => {
      from.push(client.remoteAddress);
      client.end("HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n");
    });
    proxy.listen(0, host);
    await once(proxy, "listening");
    onTestFinished(() => void proxy.close());
    const url = `http://${host}:${(proxy.address() as AddressInfo).port}/`;
    expect(await failureOf("ws://127.0.0.1:9/", { tcp, proxy: url })).toMatchObject({ kind: "proxy" });
    expect(from).toEqual(["127.0.0.3"]);
  });

  it("resolve the name of the host, in a family", async () => {
    const server = await openServer();
    const asked: unknown[] = [];
    const lookup: LookupFunction = (name, { family, all }, found) => {
      asked.push([name, family]);
      if (all === true) found(null, [{ address: host, family: 4 }]);
      else found(null, host, 4);
    };
    const url = `ws://nowhere.invalid:${server.port}/`;
    (await connect(url, { transportOptions: { tcp: { lookup, family: 4 } } })).terminate();
    expect(asked).toEqual([["nowhere.invalid", 4]]);
  });
});
