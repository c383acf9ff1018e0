/** WebSocket over TLS. */
import { once } from "node:events";
import * as net from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { connect, listen } from "@hybi/node";
import { selfSigned } from "@hybi/testing/adapter-contract";
import type { Failure } from "@hybi/websocket";
import { describe, expect, it, onTestFinished } from "vitest";
import { WebSocket } from "ws";
import { echo, host, openPeer, openServer } from "./support/servers.ts";

const { key, cert } = await selfSigned();
const tls = { key, cert };

describe("over TLS", () => {
  it("our client and our server exchange messages, including 5 MiB at a time, and close cleanly [X12]", async () => {
    const server = await openServer(echo, { tls });
    expect(server.url).toMatch(/^wss:/);
    const peer = await openPeer(server.url, { transportOptions: { tls: { ca: cert } } });
    peer.socket.send("secret");
    expect(await peer.next()).toEqual({ type: "text", data: "secret" });
    const large = new Uint8Array(5 << 20).fill(0x5a);
    peer.socket.send(large);
    const event = await peer.next();
    expect(event?.type === "binary" && Buffer.compare(event.data, large)).toBe(0);
    expect(await peer.close(4000, "bye")).toMatchObject({ clean: true, statusCode: 4000 });
  });

  it.each([
    [{ key: "x", cert }, "key"],
    [{ key, cert: "x" }, "cert"],
    [{ key, cert, ciphers: "none" }, "ciphers"],
    [{ pfx: "x" }, "pfx"],
  ])("names the option that cannot be used, of a server and of a client: %#", async (options, name) => {
    const pattern = (path: string): RegExp => new RegExp(` ${path}\\.${name} cannot be used: .`);
    await expect(listen(() => {}, { host, tls: options })).rejects.toMatchObject({
      code: "option/range",
      message: expect.stringMatching(pattern("tls")),
      cause: expect.any(Error),
    });
    const attempt = connect("wss://127.0.0.1:9/", { transportOptions: { tls: options } });
    await expect(attempt).rejects.toThrow(pattern("transportOptions\\.tls"));
    const proxy = { url: "https://127.0.0.1:9/", tls: options };
    const tunnel = connect("ws://127.0.0.1:9/", { transportOptions: { proxy } });
    await expect(tunnel).rejects.toThrow(pattern("transportOptions\\.proxy\\.tls"));
  });

  it("names the options of TLS as a whole when a key does not belong to its certificate", async () => {
    const { key: other } = await selfSigned();
    await expect(listen(() => {}, { host, tls: { key: other, cert } })).rejects.toThrow(
      / tls cannot be used: .*mismatch/,
    );
  });

  it("the client of ws talks to our server", async () => {
    const server = await openServer(echo, { tls });
    const ws = new WebSocket(server.url, { ca: cert });
    await once(ws, "open");
    ws.send("secret");
    expect(String((await once(ws, "message"))[0])).toBe("secret");
    ws.close(1000);
    expect((await once(ws, "close"))[0]).toBe(1000);
  });

  it("our client sends the URL's host without a trailing dot as server name, but no IP address (RFC 6066 §3) [R30]", async () => {
    const named: (string | false | null)[] = [];
    const server = createTlsServer(tls, (socket) => {
      named.push(socket.servername);
      socket.end("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
    });
    server.listen(0, host);
    await once(server, "listening");
    onTestFinished(() => void server.close());
    const { port } = server.address() as net.AddressInfo;
    // Resolves every name to the local host.
    const lookup: net.LookupFunction = (_name, { all }, answer) =>
      all === true ? answer(null, [{ address: host, family: 4 }]) : answer(null, host, 4);
    const transport = { tls: { ca: cert, lookup, checkServerIdentity: () => undefined } };
    for (const authority of ["chat.example", "chat.example.", host]) {
      const attempt = connect(`wss://${authority}:${port}/`, { transportOptions: transport });
      await expect(attempt).rejects.toMatchObject({ failure: { response: { status: 403 } } });
    }
    expect(named).toEqual(["chat.example", "chat.example", false]);
  });

  it("neither the opening handshake nor messages can be read on the wire", async () => {
    const server = await openServer(echo, { tls });
    const heard: Buffer[] = [];
    const relay = net.createServer((near) => {
      const far = net.connect({ port: server.port, host });
      near.on("data", (chunk) => heard.push(chunk)).pipe(far);
      far.on("data", (chunk) => heard.push(chunk)).pipe(near);
      for (const socket of [near, far]) socket.on("error", () => socket.destroy());
    });
    relay.listen(0, host);
    await once(relay, "listening");
    onTestFinished(() => void relay.close());
    const { port } = relay.address() as net.AddressInfo;
    const peer = await openPeer(`wss://${host}:${port}/a-room`, { transportOptions: { tls: { ca: cert } } });
    const bytes = Buffer.from("a secret in binary, which a server does not mask");
    peer.socket.send(bytes);
    const event = await peer.next();
    expect(event?.type === "binary" && Buffer.compare(event.data, bytes)).toBe(0);
    expect(await peer.close(1000)).toMatchObject({ clean: true });
    const wire = Buffer.concat(heard).toString("latin1");
    expect(wire.length).toBeGreaterThan(1000);
    for (const word of ["a-room", "Sec-WebSocket", "HTTP/1.1 101", "a secret"]) expect(wire).not.toContain(word);
  });

  it("the client reports an untrusted certificate as the reason of the failure", async () => {
    const server = await openServer(echo, { tls });
    await expect(connect(server.url)).rejects.toMatchObject({ cause: { code: "DEPTH_ZERO_SELF_SIGNED_CERT" } });
  });

  it("a client that does not speak TLS, or sends nothing, is dropped", async () => {
    const failures: Failure[] = [];
    const server = await openServer(echo, {
      tls,
      deadlines: { opening: 60, closing: 60 },
      onFailure: (failure) => failures.push(failure),
    });
    for (const hello of ["GET / HTTP/1.1\r\n\r\n", undefined]) {
      const socket = net.connect({ port: server.port, host });
      socket.on("error", () => {});
      if (hello !== undefined) socket.write(hello);
      await once(socket.resume(), "close");
    }
    expect(failures).toHaveLength(2);
  });
});
