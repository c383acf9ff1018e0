/**
 * The end of a connection over real sockets: which side closes first, which connections are cut off, and that each ends exactly
 * once.
 */
import { statusCodes } from "@hybi/core";
import { encodeFrame, opcodes } from "@hybi/core/frame";
import { connect } from "@hybi/node";
import { describe, expect, it } from "vitest";
import type { Peer, PeerEvent } from "./support/peer.ts";
import { RawClient } from "./support/raw-client.ts";
import { openHandwrittenServer, openPeer, openServer, openServerOfPeers } from "./support/servers.ts";
import { until } from "./support/turns.ts";

const closeFrame = encodeFrame({ opcode: opcodes.close, payload: Uint8Array.of(0x03, 0xe8), maskingKey: 5 });

/** All events of a peer, including `end`. */
async function allEvents(peer: Peer): Promise<readonly PeerEvent[]> {
  await peer.closed;
  return peer.events;
}

function ends(events: readonly PeerEvent[]): PeerEvent[] {
  return events.filter((event) => event.type === "end");
}

describe("the server", () => {
  it("closes its half first, and reads until the client has closed its own [X12]", async () => {
    const server = await openServerOfPeers();
    const client = await RawClient.open(server.port);
    const peer = await server.nextPeer();
    client.socket.write(closeFrame);
    await client.until(() => client.ended);
    expect([...client.received]).toEqual([0x88, 2, 0x03, 0xe8]);
    expect(server.connections).toBe(1);
    client.socket.end();
    expect(await peer.closed).toEqual({
      type: "end",
      clean: true,
      statusCode: 1000,
      reason: "",
      failure: undefined,
    });
    await until(() => server.connections === 0);
  });

  it("aborts a client that never closes its half, at the closing deadline [X12]", async () => {
    const server = await openServerOfPeers({ deadlines: { closing: 50 } });
    const client = await RawClient.open(server.port);
    const peer = await server.nextPeer();
    client.socket.write(closeFrame);
    expect(await peer.closed).toMatchObject({ clean: true, statusCode: 1000 });
    await until(() => server.connections === 0);
  });

  it("aborts a client that never replies to its Close frame, at the closing deadline [X16]", async () => {
    const server = await openServerOfPeers({ deadlines: { closing: 50 } });
    await RawClient.open(server.port);
    const peer = await server.nextPeer();
    expect(await peer.close(1000)).toMatchObject({ clean: false, statusCode: 1006 });
  });

  it("replies to a Close frame that arrives with the end of the stream [X14]", async () => {
    const server = await openServerOfPeers();
    const client = await RawClient.open(server.port);
    const peer = await server.nextPeer();
    client.socket.end(closeFrame);
    await client.until(() => client.closed);
    expect([...client.received]).toEqual([0x88, 2, 0x03, 0xe8]);
    expect(await peer.closed).toMatchObject({ clean: true, statusCode: 1000 });
  });

  it("aborts a client that has closed its half and does not read the remaining data", async () => {
    const server = await openServerOfPeers({ deadlines: { closing: 50 } });
    const client = await RawClient.open(server.port);
    const peer = await server.nextPeer();
    client.socket.pause();
    peer.socket.send(new Uint8Array(64 * 1_048_576));
    client.socket.end();
    expect(await peer.closed).toMatchObject({ clean: false, statusCode: 1006 });
    await until(() => server.connections === 0);
  });

  it.each([
    ["an unmasked frame", encodeFrame({ opcode: opcodes.text }), "frame/mask-missing", 1002],
    ["a reserved opcode", encodeFrame({ opcode: 3, maskingKey: 1 }), "frame/opcode-reserved", 1002],
    [
      "text that is not UTF-8",
      encodeFrame({ opcode: 1, payload: Uint8Array.of(0xff), maskingKey: 1 }),
      "message/utf8-invalid",
      1007,
    ],
    [
      "a message of 17 MiB",
      encodeFrame({ opcode: 2, payload: new Uint8Array(17 << 20), maskingKey: 1 }),
      "message/too-big",
      1009,
    ],
  ])("fails the connection for %s, reports why, and ends once [X16]", async (_, bytes, code, statusCode) => {
    const server = await openServerOfPeers({ deadlines: { closing: 500 } });
    const client = await RawClient.open(server.port);
    const peer = await server.nextPeer();
    const events = allEvents(peer);
    client.socket.write(bytes);
    await client.until(() => client.ended);
    expect([...client.received.subarray(2, 4)]).toEqual([statusCode >> 8, statusCode & 0xff]);
    expect(client.text.slice(4)).toBe(code);
    client.socket.end();
    expect(await events).toMatchObject([
      { type: "failure", failure: { kind: "violation", violation: { code } } },
      { type: "end", clean: false },
    ]);
    expect(await peer.closed).toMatchObject({ failure: { violation: { code, statusCode } } });
  });

  it("survives a reset in every phase, and reports the end once", async () => {
    const server = await openServerOfPeers();
    const half = encodeFrame({ opcode: opcodes.binary, payload: new Uint8Array(1000), maskingKey: 9 }).subarray(0, 500);
    const phases: ((client: RawClient, peer: Peer) => void)[] = [
      () => {},
      (client) => client.socket.write(half),
      (_, peer) => peer.socket.send(new Uint8Array(8 << 20)),
      (_, peer) => peer.socket.close(1000),
      (client) => client.socket.write(closeFrame),
    ];
    for (const phase of phases) {
      const client = await RawClient.open(server.port);
      const peer = await server.nextPeer();
      const events = allEvents(peer);
      phase(client, peer);
      client.socket.resetAndDestroy();
      expect(ends(await events)).toHaveLength(1);
      await peer.closed;
      const { bufferedAmount } = peer.socket;
      peer.socket.send("late");
      peer.socket.ping();
      peer.socket.close();
      expect([peer.isOpen, peer.socket.bufferedAmount - bufferedAmount]).toEqual([false, 4]);
    }
    await until(() => server.connections === 0);
  });

  it("survives noise of every kind, and each connection ends once", async () => {
    const server = await openServerOfPeers({ deadlines: { closing: 200 } });
    let state = 7;
    for (let run = 0; run < 30; run++) {
      const noise = Uint8Array.from({ length: 2_000 }, () => {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        return state >>> 24;
      });
      const client = await RawClient.open(server.port);
      const peer = await server.nextPeer();
      const events = allEvents(peer);
      client.socket.end(noise);
      expect(ends(await events)).toHaveLength(1);
    }
  });

  it("closes every connection with 1001 when it stops, and resolves when all have ended", async () => {
    const server = await openServerOfPeers();
    const clients = [await openPeer(server.url), await openPeer(server.url)];
    const idle = new RawClient(server.port);
    await idle.connected();
    await until(() => server.connections === 3);
    await server.close();
    for (const client of clients)
      expect(await client.closed).toMatchObject({ clean: true, statusCode: statusCodes.goingAway });
    await expect(connect(server.url)).rejects.toMatchObject({ cause: { code: "ECONNREFUSED" } });
  });

  it("closes with 1011 when the application's handler throws, and reports the error to the application", async () => {
    const errors: unknown[] = [];
    const server = await openServer(
      async (opening) => {
        const socket = opening.accept();
        for await (const _ of socket) throw new Error("broken");
      },
      { onError: (error) => errors.push(error) },
    );
    const peer = await openPeer(server.url);
    peer.socket.send("go");
    expect(await peer.closed).toMatchObject({ clean: true, statusCode: 1011 });
    expect(errors).toMatchObject([{ message: "broken" }]);
  });

  it("keeps running when a listener of the application throws, and reports the error to the application", async () => {
    const errors: unknown[] = [];
    const server = await openServer(
      (opening) => {
        const socket = opening.accept();
        socket.onmessage = ({ data }) => {
          if (data === "throw") throw new Error("broken");
          socket.send(data);
        };
      },
      { onError: (error) => errors.push(error) },
    );
    const peer = await openPeer(server.url);
    peer.socket.send("throw");
    peer.socket.send("go on");
    expect(await peer.next()).toEqual({ type: "text", data: "go on" });
    expect(errors).toMatchObject([{ message: "broken" }]);
  });
});

describe("the client", () => {
  it("waits for the server to close first, and aborts when the server never does [X12]", async () => {
    const server = await openServerOfPeers();
    const client = await openPeer(server.url, { deadlines: { closing: 50 } });
    const peer = await server.nextPeer();
    const closing = client.close(1000);
    expect(await closing).toMatchObject({ clean: true, statusCode: 1000 });
    await peer.closed;
    // A server that sends a Close frame and leaves the transport open.
    const url = await openHandwrittenServer((socket, accepted) => {
      socket.write(accepted);
      socket.write(Uint8Array.of(0x88, 0));
    });
    const other = await openPeer(url, { deadlines: { closing: 50 } });
    expect(await other.closed).toMatchObject({ clean: true, statusCode: 1005 });
  });

  it("throws for misuse, but not for a state that the application cannot know", async () => {
    const server = await openServerOfPeers();
    const client = await openPeer(server.url);
    const peer = await server.nextPeer();
    expect(() => client.socket.close(1006)).toThrow(expect.objectContaining({ name: "InvalidAccessError" }));
    const closing = client.close();
    client.socket.send("late");
    expect(client.socket.bufferedAmount).toBe(4);
    expect(await closing).toMatchObject({ clean: true, statusCode: 1005 });
    await peer.closed;
    peer.socket.send("late");
    peer.socket.send(new Uint8Array(1));
    peer.socket.pong();
    expect(peer.socket.bufferedAmount).toBe(5);
  });

  it("closes even when the application does not take its messages", async () => {
    const server = await openServer(async (opening) => {
      const { writable } = await opening.acceptStream().opened;
      const writer = writable.getWriter();
      // The client closes before all writes are done, so they fail; that is expected here.
      writer.closed.catch(() => {});
      writer.ready.catch(() => {});
      for (let index = 0; index < 200; index++) {
        await writer.write(new Uint8Array(65_536)).catch(() => {});
      }
    });
    const socket = await connect(server.url);
    const messages = socket[Symbol.asyncIterator]();
    await messages.next();
    const closed = new Promise((resolve) => socket.addEventListener("close", resolve));
    socket.close(1000);
    expect(await closed).toMatchObject({ wasClean: true, code: 1000 });
  });
});
