/** The TLS server name on Bun (RFC 6455 §4.1 step 5, RFC 6066 §3). */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer } from "node:tls";
import { connect } from "@hybi/bun";
import { selfSigned } from "@hybi/testing/adapter-contract";
import { describe, expect, it, onTestFinished } from "vitest";

const { key, cert } = await selfSigned();

/** Opens a server that rejects every opening and records the server names sent by clients; its certificate is for 127.0.0.1. */
async function openNamed(): Promise<{ port: number; named: unknown[] }> {
  const named: unknown[] = [];
  const server = createServer({ key, cert }, (socket) => {
    named.push((socket as { servername?: unknown }).servername || "nothing");
    socket.on("error", () => {});
    socket.end("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
  });
  server.on("tlsClientError", () => {});
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return { port: (server.address() as AddressInfo).port, named };
}

describe("our client, in the TLS handshake", () => {
  it("sends the host of the URL as the server name, but never an IP address", async () => {
    const { port, named } = await openNamed();
    for (const host of ["localhost", "127.0.0.1"]) {
      const attempt = connect(`wss://${host}:${port}/`, {
        transportOptions: { tls: { ca: cert, rejectUnauthorized: false } },
      });
      await expect(attempt).rejects.toMatchObject({ failure: { response: { status: 403 } } });
    }
    expect(named).toEqual(["localhost", "nothing"]);
  });

  it("sends it without a trailing dot, and checks the certificate against that name [R30]", async () => {
    const { port, named } = await openNamed();
    const attempt = connect(`wss://localhost.:${port}/`, { transportOptions: { tls: { ca: cert } } });
    // The certificate is for 127.0.0.1.
    await expect(attempt).rejects.toMatchObject({ cause: { message: expect.not.stringContaining("localhost.'") } });
    const transport = { tls: { ca: cert, rejectUnauthorized: false } };
    await expect(connect(`wss://localhost.:${port}/`, { transportOptions: transport })).rejects.toMatchObject({
      failure: { response: { status: 403 } },
    });
    expect(named.at(-1)).toBe("localhost");
  });

  it("checks the certificate against an IP address that it connects to, although it does not send it as a name", async () => {
    const { port } = await openNamed();
    const transport = { tls: { ca: cert } };
    await expect(connect(`wss://127.0.0.1:${port}/`, { transportOptions: transport })).rejects.toMatchObject({
      failure: { response: { status: 403 } },
    });
    const attempt = connect(`wss://0.0.0.0:${port}/`, { transportOptions: transport });
    await expect(attempt).rejects.toMatchObject({ cause: { message: expect.stringContaining("0.0.0.0") } });
  });
});
