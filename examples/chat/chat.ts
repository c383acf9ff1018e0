/**
 * The chat server. A room is a URL, such as /rooms/tea: over HTTP it is a page, over WebSocket the conversation. The first
 * message of a client is its name; every other message goes to all members.
 */
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type IncomingOpening, upgrade, WebSocketServer } from "@hybi/node";
import { printable } from "./printable.ts";
import { Room, type SlowReaderPolicy } from "./room.ts";

const roomPath = /^\/rooms\/[\w-]{1,32}$/;
const namePattern = /^[\p{Letter}\p{Number}_-]{1,32}$/u;

/** Application-defined status codes (RFC 6455 §7.4.2: 4000 to 4999). */
const closeCodes = { nameRefused: 4000, nameTaken: 4001 } as const;

const defaultPolicy: SlowReaderPolicy = { skipAbove: 65_536, dropAbove: 1_000 };

export interface Chat {
  /** URL of the page. */
  readonly url: string;
  close(): Promise<void>;
}

/** Listens on 127.0.0.1; `port` 0 selects a free one. */
export async function openChat(port: number, policy: SlowReaderPolicy = defaultPolicy): Promise<Chat> {
  const rooms = new Map<string, Room>();
  const page = await readFile(new URL("page.html", import.meta.url));
  // Pages of other hosts are rejected by default.
  const sockets = new WebSocketServer((opening) => enter(opening, rooms, policy), {
    maxConnections: 1_000,
    // A chat needs neither long messages nor fragments of one byte.
    limits: { message: 4_096, fragments: 64 },
    deadlines: { stalled: 60_000 },
  });
  const server = createServer((request, response) => answer(request, response, page));
  server.on("upgrade", (request, socket, head) => upgrade(request, socket, head, sockets));
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/rooms/lobby`,
    async close() {
      await sockets.close({ reason: "The chat is over.", timeout: 1_000 });
      server.closeAllConnections();
      server.close();
    },
  };
}

function answer({ url = "" }: IncomingMessage, response: ServerResponse, page: Buffer): void {
  if (roomPath.test(url)) response.setHeader("Content-Type", "text/html; charset=utf-8").end(page);
  else if (url === "/") response.writeHead(302, { Location: "/rooms/lobby" }).end();
  else response.writeHead(404).end();
}

/** Handles one visit, from the opening request to the end of the connection. */
async function enter(opening: IncomingOpening, rooms: Map<string, Room>, policy: SlowReaderPolicy): Promise<void> {
  const path = opening.request.resourceName;
  // An opening without an answer gets 404.
  if (!roomPath.test(path)) return;
  const socket = opening.accept();
  let member: { name: string; room: Room } | undefined;
  try {
    // The loop reads only as fast as it iterates, so a client that sends too fast is paused.
    for await (const message of socket) {
      if (typeof message !== "string") socket.close(1003, "Only text is accepted.");
      else if (member !== undefined) member.room.say(member.name, printable(message));
      else if (!namePattern.test(message)) socket.close(closeCodes.nameRefused, "Letters and digits, at most 32.");
      else {
        const room = rooms.get(path) ?? new Room(policy);
        rooms.set(path, room);
        if (room.join(message, socket)) member = { name: message, room };
        else socket.close(closeCodes.nameTaken, "This name is taken.");
      }
    }
  } finally {
    member?.room.leave(member.name);
    if (member?.room.isEmpty) rooms.delete(path);
  }
}
