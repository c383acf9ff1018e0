/** Redirects of the opening handshake over TCP and in HTTP/2 streams (RFC 9110 §15.4). */
import { once } from "node:events";
import { createServer as createHttp2Server, connect as openHttp2 } from "node:http2";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { TLSSocket } from "node:tls";
import type { Fields } from "@hybi/core/opening";
import { connect, type Server, upgradeStream } from "@hybi/node";
import { selfSigned } from "@hybi/testing/adapter-contract";
import { describe, expect, it, onTestFinished } from "vitest";
import { host, openPeer, openServer } from "./support/servers.ts";

interface RedirectingServer {
  readonly server: Server;
  readonly seen: Fields[];
}

/** Opens a server that redirects every client to `location`, or accepts when there is none. */
async function openRedirecting(location?: string): Promise<RedirectingServer> {
  const seen: Fields[] = [];
  const server = await openServer((opening) => {
    seen.push(opening.request.fields);
    if (location !== undefined && opening.request.resourceName !== "/end") {
      opening.reject({ status: 307, fields: [["Location", location]] });
    } else opening.accept().send("here");
  });
  return { server, seen };
}

function has(fields: Fields | undefined, name: string): boolean {
  return fields?.some(([other]) => other.toLowerCase() === name) === true;
}

const secrets = {
  fields: [
    ["Authorization", "Basic dTpw"],
    ["X-Own", "1"],
  ] as const,
  cookies: [["session", "1"]] as const,
};

describe("a redirect", () => {
  it("is a rejection like any other unless the application allows following it [C15]", async () => {
    const { server } = await openRedirecting("/end");
    await expect(connect(server.url)).rejects.toMatchObject({ failure: { response: { status: 307 } } });
  });

  it("within an origin keeps credentials [C15]", async () => {
    const { server, seen } = await openRedirecting("/end");
    const peer = await openPeer(server.url, { ...secrets, followRedirects: 1 });
    expect(await peer.next()).toEqual({ type: "text", data: "here" });
    expect(seen.map((fields) => [has(fields, "authorization"), has(fields, "cookie"), has(fields, "x-own")])).toEqual([
      [true, true, true],
      [true, true, true],
    ]);
  });

  it("to another origin drops credentials, and a further redirect does not restore them [C15] [V05] [V24]", async () => {
    const last = await openRedirecting();
    const middle = await openRedirecting(`${last.server.url}end`);
    const first = await openRedirecting(middle.server.url);
    const url = first.server.url.replace("//", "//user:pass@");
    const peer = await openPeer(url, { ...secrets, fields: [["X-Own", "1"]], followRedirects: 5 });
    expect(await peer.next()).toEqual({ type: "text", data: "here" });
    expect(has(first.seen[0], "authorization")).toBe(true);
    expect(has(first.seen[0], "cookie")).toBe(true);
    for (const { seen } of [middle, last]) {
      expect([has(seen[0], "authorization"), has(seen[0], "cookie"), has(seen[0], "x-own")]).toEqual([
        false,
        false,
        true,
      ]);
    }
  });

  it("to another origin drops the client certificate, and one back does not restore it [C15] [V05]", async () => {
    const { key, cert } = await selfSigned();
    const seen: string[] = [];
    const locations = new Map<string, string>();
    /**
     * Opens a server that records each client with the name in its certificate, if any, and redirects it where `locations`
     * says.
     */
    async function open(name: string): Promise<string> {
      const server = createHttpsServer({ key, cert, requestCert: true, rejectUnauthorized: false });
      server.on("upgrade", ({ url = "" }, socket) => {
        // No TLS session is resumed, so the certificate was presented in this handshake.
        const { subject } = (socket as TLSSocket).getPeerCertificate();
        seen.push(`${name}${url} ${subject?.CN ?? "nobody"}`);
        const location = locations.get(name + url);
        const head = location === undefined ? "403 Forbidden" : `307 Temporary Redirect\r\nLocation: ${location}`;
        socket.end(`HTTP/1.1 ${head}\r\nContent-Length: 0\r\n\r\n`);
      });
      server.listen(0, host);
      await once(server, "listening");
      onTestFinished(() => void server.close());
      return `wss://${host}:${(server.address() as AddressInfo).port}`;
    }
    const [first, second] = [await open("first"), await open("second")];
    locations.set("first/", "/within").set("first/within", `${second}/`).set("second/", `${first}/back`);
    const tls = { ca: cert, key, cert };
    const attempt = connect(`${first}/`, { transportOptions: { tls }, followRedirects: 5 });
    await expect(attempt).rejects.toMatchObject({ failure: { response: { status: 403 } } });
    expect(seen).toEqual(["first/ hybi", "first/within hybi", "second/ nobody", "first/back nobody"]);
  });

  it("in a circle is followed as often as allowed [C15]", async () => {
    const { server, seen } = await openRedirecting("/");
    await expect(connect(server.url, { followRedirects: 3 })).rejects.toMatchObject({
      failure: { response: { status: 307 } },
    });
    expect(seen).toHaveLength(4);
  });

  it("is followed in HTTP/2 streams too [B06] [C15]", async () => {
    const { url } = await openOverHttp2("/end");
    const peer = await openPeer(url, { transportOptions: { http2: true }, followRedirects: 1 });
    expect(await peer.next()).toEqual({ type: "text", data: "here" });
    await peer.close(1000);
  });

  it("to another origin uses a session of its own, not the one given by the application [B06] [C15]", async () => {
    const last = await openOverHttp2();
    const first = await openOverHttp2(`${last.url}end`);
    const session = openHttp2(first.url.replace("ws:", "http:"));
    onTestFinished(() => session.destroy());
    const peer = await openPeer(first.url, { transportOptions: { http2: session }, followRedirects: 1 });
    expect(await peer.next()).toEqual({ type: "text", data: "here" });
    expect([first.asked, last.asked]).toEqual([["/"], ["/end"]]);
    await peer.close(1000);
  });
});

/** Like `openRedirecting`, over HTTP/2; `asked` collects the resource names. */
async function openOverHttp2(location?: string): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createHttp2Server({ settings: { enableConnectProtocol: true } });
  server.on("stream", (stream, headers) =>
    upgradeStream(stream, headers, (opening) => {
      asked.push(opening.request.resourceName);
      if (location === undefined || opening.request.resourceName === "/end") opening.accept().send("here");
      else opening.reject({ status: 308, fields: [["Location", location]] });
    }),
  );
  server.listen(0, host);
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return { url: `ws://${host}:${(server.address() as AddressInfo).port}/`, asked };
}
