import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { ClientSocket } from "./client-socket.ts";

describe("ClientSocket", () => {
  it("tells of a connection that the server drops, and not of one that it closes itself", async () => {
    const accepted: Socket[] = [];
    const server = createServer((socket) => void accepted.push(socket)).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const target = { port, isWebSocket: false, deflate: false, tls: false };
    let losses = 0;
    const closed = await ClientSocket.open(target, () => losses++);
    await closed.close();
    expect(losses).toBe(0);
    await new Promise<void>((resolve) => {
      void ClientSocket.open(target, resolve).then(() => {
        for (const socket of accepted) socket.destroy();
        server.on("connection", (socket) => socket.destroy());
      });
    });
    server.close();
  });

  it("replies to a Ping that comes between exchanges", async () => {
    const server = createServer((socket) => void socket.write(Buffer.of(0x89, 2, 0x68, 0x69))).listen(0, "127.0.0.1");
    await once(server, "listening");
    const accepted = once(server, "connection");
    const { port } = server.address() as AddressInfo;
    const client = await ClientSocket.open({ port, isWebSocket: false, deflate: false, tls: false }, () => {});
    const [socket] = (await accepted) as [Socket];
    const [pong] = (await once(socket, "data")) as [Buffer];
    expect(pong.toString("hex")).toBe("8a82000000006869");
    socket.on("data", () => socket.write(Buffer.of(0x82, 0)));
    expect([...(await client.exchange(Buffer.of(1), 1))]).toEqual([0x82, 0]);
    await client.close();
    server.close();
  });
});
