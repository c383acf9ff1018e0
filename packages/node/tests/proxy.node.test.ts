/** The client through an HTTP proxy (RFC 9110 §9.3.6) over TCP, TLS and HTTP/2. */
import { once } from "node:events";
import { createServer as createHttp2Server } from "node:http2";
import { type AddressInfo, createServer, connect as openTcp, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { connect, upgradeStream, WebSocket } from "@hybi/node";
import { selfSigned } from "@hybi/testing/adapter-contract";
import { describe, expect, it, onTestFinished } from "vitest";
import { echo, host, openPeer, openServer } from "./support/servers.ts";
import { until } from "./support/turns.ts";

const { key, cert } = await selfSigned();

interface Proxy {
  readonly url: string;
  /** The heads of the requests received. */
  readonly heads: string[];
}

/** Opens a proxy that responds with `answer` and then tunnels; after a status other than 2xx it closes the connection. */
async function openProxy(answer = "HTTP/1.1 200 Fine\r\n\r\n", tls = false): Promise<Proxy> {
  const heads: string[] = [];
  const sockets = new Set<Socket>();
  const accept = (client: Socket): void => {
    sockets.add(client);
    client.on("error", () => {});
    let head = "";
    client.on("data", function read(chunk: Buffer) {
      head += chunk.toString("latin1");
      if (!head.includes("\r\n\r\n")) return;
      client.off("data", read);
      client.pause();
      heads.push(head);
      if (!/^HTTP\/1\.1 2/.test(answer)) {
        client.end(answer);
        return;
      }
      const [, address, port] = /^CONNECT (\S+):(\d+) /.exec(head) ?? [];
      const upstream = openTcp({ host: address, port: Number(port), allowHalfOpen: true }, () => {
        client.write(answer);
        client.pipe(upstream).pipe(client);
      });
      sockets.add(upstream);
      upstream.on("error", () => client.destroy());
    });
  };
  const server = tls ? createTlsServer({ key, cert }, accept) : createServer({ allowHalfOpen: true }, accept);
  server.listen(0, host);
  await once(server, "listening");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { url: `${tls ? "https" : "http"}://${host}:${(server.address() as AddressInfo).port}`, heads };
}

describe("the client behind a proxy", () => {
  it("requests a tunnel to the host and port, and opens the connection through it [C16]", async () => {
    const proxy = await openProxy("HTTP/1.1 200 Fine\r\nContent-Length: 5\r\n\r\n");
    const server = await openServer();
    const peer = await openPeer(server.url, { transportOptions: { proxy: proxy.url } });
    peer.socket.send("through");
    expect(await peer.next()).toEqual({ type: "text", data: "through" });
    expect(await peer.close(1000)).toMatchObject({ clean: true, statusCode: 1000 });
    const authority = `${host}:${server.port}`;
    expect(proxy.heads).toEqual([`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`]);
  });

  it("sends its credentials and the additional fields to the proxy only", async () => {
    const proxy = await openProxy();
    const seen: unknown[] = [];
    const server = await openServer((opening) => {
      seen.push(...opening.request.fields.map(([name]) => name.toLowerCase()));
      opening.accept();
    });
    const url = proxy.url.replace("//", "//user:pass@");
    const socket = new WebSocket(server.url, {
      transportOptions: { proxy: { url, fields: [["User-Agent", "hybi"]] } },
    });
    await once(socket as never, "open");
    expect(proxy.heads[0]).toContain(`Proxy-Authorization: Basic ${Buffer.from("user:pass").toString("base64")}\r\n`);
    expect(proxy.heads[0]).toContain("User-Agent: hybi\r\n");
    expect(seen).not.toContain("proxy-authorization");
    socket.terminate();
  });

  it("uses TLS with the server inside the tunnel, and with the proxy outside", async () => {
    const server = await openServer(echo, { tls: { key, cert } });
    for (const secureProxy of [false, true]) {
      const proxy = await openProxy(undefined, secureProxy);
      const transport = { proxy: { url: proxy.url, tls: { ca: cert } }, tls: { ca: cert } };
      const peer = await openPeer(server.url, { transportOptions: transport });
      peer.socket.send("secret");
      expect(await peer.next()).toEqual({ type: "text", data: "secret" });
      expect(await peer.close(1000)).toMatchObject({ clean: true });
    }
  });

  it("uses HTTP/2 through the tunnel", async () => {
    const proxy = await openProxy();
    const server = createHttp2Server({ settings: { enableConnectProtocol: true } });
    server.on("stream", (stream, headers) => upgradeStream(stream, headers, echo));
    server.listen(0, host);
    await once(server, "listening");
    onTestFinished(() => void server.close());
    const url = `ws://${host}:${(server.address() as AddressInfo).port}/`;
    const peer = await openPeer(url, { transportOptions: { proxy: proxy.url, http2: true } });
    peer.socket.send("through");
    expect(await peer.next()).toEqual({ type: "text", data: "through" });
    expect(await peer.close(1000)).toMatchObject({ clean: true });
  });

  it.each([
    [
      "asks for credentials",
      "HTTP/1.1 407 Who\r\nContent-Length: 2\r\n\r\nno",
      { kind: "rejected", response: { status: 407 } },
    ],
    [
      "redirects, because only the server may redirect",
      "HTTP/1.1 302 There\r\nLocation: /\r\n\r\n",
      { kind: "rejected", response: { status: 302 } },
    ],
    [
      "responds with nonsense",
      "NONSENSE\r\n\r\n",
      { kind: "violation", violation: { code: expect.stringMatching(/^http\//) } },
    ],
    ["closes the connection", "", { kind: "violation", violation: { code: "opening/transport-ended" } }],
  ])("fails with the proxy's response when the proxy %s [C16]", async (_, answer, cause) => {
    const proxy = await openProxy(answer);
    const attempt = connect(`ws://${host}:1/`, { transportOptions: { proxy: proxy.url }, followRedirects: 3 });
    await expect(attempt).rejects.toMatchObject({ name: "OpeningError", failure: { kind: "proxy", cause } });
  });

  it("gives up at its deadline when the proxy does not respond, and when its signal is aborted", async () => {
    const sockets: Socket[] = [];
    const server = createServer((socket) => sockets.push(socket.on("error", () => {}).resume()));
    server.listen(0, host);
    await once(server, "listening");
    onTestFinished(() => void server.close());
    const transport = { proxy: `http://${host}:${(server.address() as AddressInfo).port}` };
    const attempt = connect(`ws://${host}:1/`, { transportOptions: transport, deadlines: { opening: 50 } });
    await expect(attempt).rejects.toMatchObject({
      message: expect.stringContaining("The transport could not be opened in time."),
      failure: { kind: "too-late", violation: { code: "deadline/opening" } },
    });
    const controller = new AbortController();
    const other = connect(`ws://${host}:1/`, {
      transportOptions: transport,
      signal: controller.signal,
      deadlines: { opening: 500 },
    });
    await until(() => sockets.length === 2);
    controller.abort(new Error("never mind"));
    await expect(other).rejects.toThrow("never mind");
    await until(() => sockets.every((socket) => socket.destroyed));
  });
});
