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
});
