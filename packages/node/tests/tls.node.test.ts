/** The same over TLS. */
import { once } from "node:events";
import * as net from "node:net";
import { connect } from "@hybi/node";
import type { FailureDetail } from "@hybi/websocket";
import { describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { selfSigned } from "./support/certificate.ts";
import { echo, host, openPeer, openServer } from "./support/servers.ts";

const { key, cert } = selfSigned();
const tls = { key, cert };

describe("over TLS", () => {
  it("our client and our server talk, 5 MiB at a time too, and close cleanly [X12]", async () => {
    const server = await openServer(echo, { tls });
    expect(server.url).toMatch(/^wss:/);
    const peer = await openPeer(server.url, { transport: { tls: { ca: cert } } });
    peer.socket.send("secret");
    expect(await peer.next()).toEqual({ type: "text", data: "secret" });
    const large = new Uint8Array(5 << 20).fill(0x5a);
    peer.socket.send(large);
    const event = await peer.next();
    expect(event?.type === "binary" && Buffer.compare(event.data, large)).toBe(0);
    expect(await peer.close(4000, "bye")).toMatchObject({ clean: true, statusCode: 4000 });
  });

  it("the client of ws talks with our server", async () => {
    const server = await openServer(echo, { tls });
    const ws = new WebSocket(server.url, { ca: cert });
    await once(ws, "open");
    ws.send("secret");
    expect(String((await once(ws, "message"))[0])).toBe("secret");
    ws.close(1000);
    expect((await once(ws, "close"))[0]).toBe(1000);
  });

  it("a certificate that nobody trusts is the reason that the client tells", async () => {
    const server = await openServer(echo, { tls });
    await expect(connect(server.url)).rejects.toMatchObject({ cause: { code: "DEPTH_ZERO_SELF_SIGNED_CERT" } });
  });

  it("a client that does not speak TLS, or says nothing, is dropped", async () => {
    const failures: FailureDetail[] = [];
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
