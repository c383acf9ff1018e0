import {
  createTransportPair,
  createWebSocketClass,
  type PairedTransport,
  type WebSocket,
  WebSocketServer,
} from "@hybi/websocket";
import { describe, expect, it } from "vitest";
import { Room } from "./room.ts";

/** Adds a member to `room`; returns the messages it receives, and its end of a transport without a kernel's buffers. */
async function visit(room: Room, name: string): Promise<{ socket: WebSocket; heard: string[]; near: PairedTransport }> {
  const [near, far] = createTransportPair();
  const server = new WebSocketServer((opening) => void room.join(name, opening.accept()));
  server.receive(far);
  const socket = new (createWebSocketClass(() => near))("ws://example.com/");
  const heard: string[] = [];
  socket.onmessage = ({ data }) => heard.push(String(data));
  await new Promise((resolve) => (socket.onopen = resolve));
  return { socket, heard, near };
}

/** Resolves once everything in memory has arrived. */
async function rest(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

// One write in flight may wait in the transport: 128 KiB.
const long = "x".repeat(200_000);

describe("a room", () => {
  it("skips a member that does not read, holds little for it, and reports how much it missed", async () => {
    const room = new Room({ skipAbove: 1_000, dropAbove: 1_000 });
    const ann = await visit(room, "ann");
    const bob = await visit(room, "bob");
    await rest();
    bob.near.pause();
    room.say("ann", long);
    for (let index = 0; index < 500; index++) {
      room.say("ann", `${index}`);
      await rest();
    }
    expect(ann.heard.slice(-2)).toEqual(["ann: 498", "ann: 499"]);
    expect(bob.heard).toEqual(["* bob has joined"]);
    bob.near.resume();
    await rest();
    room.say("ann", "there again?");
    await rest();
    expect(bob.heard.slice(1)).toEqual([`ann: ${long}`, "* you have missed 500 messages", "ann: there again?"]);
  });

  it("drops a member that still does not read, and gives the reason if it reads after all", async () => {
    const room = new Room({ skipAbove: 1_000, dropAbove: 2 });
    const { socket, near } = await visit(room, "bob");
    const end = new Promise<unknown>((resolve) => {
      socket.onclose = ({ code, reason }) => resolve([code, reason]);
    });
    near.pause();
    for (let index = 0; index < 4; index++) room.say("ann", long);
    near.resume();
    expect(await end).toEqual([1008, "You do not keep up."]);
  });

  it("has one member per name", async () => {
    const room = new Room({ skipAbove: 1_000, dropAbove: 2 });
    const { heard, socket } = await visit(room, "bob");
    expect(room.join("bob", socket)).toBe(false);
    room.leave("bob");
    expect(room.isEmpty).toBe(true);
    await rest();
    expect(heard).toEqual(["* bob has joined"]);
  });
});
