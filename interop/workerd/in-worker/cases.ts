/** The test cases in the Worker, by name. Each is one request: it starts I/O of its own, and its result is returned as JSON. */

import { permessageDeflate } from "@hybi/permessage-deflate";
import {
  type ClientSocketOptions,
  type CloseEvent,
  createTransportPair,
  createWebSocketClass,
  type FailureEvent,
  type WebSocket as HybiWebSocket,
  type MessageData,
  systemClock,
  WebSocketServer,
  whenOpen,
} from "@hybi/websocket";
import { converse, fail } from "../../../examples/both-sides/conversation.ts";
import { WebSocket, WebSocketStream } from "./transport.ts";

export interface Given {
  readonly url: string;
  readonly options?: ClientSocketOptions;
  readonly compressed?: boolean;
  readonly count?: number;
}

function client({ url, options, compressed }: Given): HybiWebSocket {
  const extensions = compressed === true ? [permessageDeflate({ threshold: 0 })] : [];
  const socket = new WebSocket(url, { ...options, extensions });
  socket.binaryType = "arraybuffer";
  return socket;
}

function next(socket: HybiWebSocket): Promise<MessageData> {
  return new Promise((resolve) => socket.addEventListener("message", ({ data }) => resolve(data), { once: true }));
}

function end(socket: HybiWebSocket): Promise<{ code: number; reason: string; wasClean: boolean }> {
  return new Promise((resolve) => {
    socket.addEventListener("close", ({ code, reason, wasClean }: CloseEvent) => resolve({ code, reason, wasClean }));
  });
}

/** Sends `count` messages, each after the reply to the previous one, and closes. */
async function echo(given: Given): Promise<unknown> {
  const socket = await whenOpen(client(given));
  for (let index = 0; index < (given.count ?? 1); index++) {
    const answer = next(socket);
    socket.send(`message ${index}`);
    if ((await answer) !== `message ${index}`) throw new Error("a different message was received");
  }
  const ended = end(socket);
  socket.close(4000, "enough");
  return { ...(await ended), extensions: socket.extensions };
}

/** Echoes text and bytes of various lengths. */
async function lengths(given: Given): Promise<unknown> {
  const socket = await whenOpen(client(given));
  const results: string[] = [];
  for (const length of [0, 1, 125, 126, 65_535, 65_536, 1_000_000]) {
    const bytes = new Uint8Array(length).map((_, index) => (index * 31) >>> 3);
    for (const data of ["ü€𝄞".repeat(length / 4), bytes]) {
      const answer = next(socket);
      socket.send(data);
      const received = await answer;
      const same =
        typeof data === "string"
          ? received === data
          : received instanceof ArrayBuffer && String(new Uint8Array(received)) === String(data);
      if (!same) results.push(`${typeof data} made of ${length}`);
    }
  }
  const ended = end(socket);
  socket.close();
  await ended;
  return results;
}

/** Returns how often each handler is called. */
async function handlers(given: Given): Promise<unknown> {
  const socket = client(given);
  const calls: string[] = [];
  socket.onopen = () => {
    calls.push("onopen");
    socket.send("hello");
  };
  socket.addEventListener("message", async () => {
    calls.push("listener");
  });
  socket.onmessage = function (this: unknown) {
    calls.push(this === socket ? "onmessage" : "another this");
    socket.close();
  };
  socket.onerror = () => calls.push("onerror");
  socket.onclose = () => calls.push("onclose");
  // Its listener comes after the handler.
  await end(socket);
  return calls;
}

/** Returns how the connection ends by itself. */
async function until(given: Given): Promise<unknown> {
  const socket = client(given);
  let message = "";
  socket.addEventListener("error", (event: FailureEvent) => {
    message = event.message;
  });
  return { ...(await end(socket)), message };
}

/** Returns how the connection ends when it is closed at once. */
async function closing(given: Given): Promise<unknown> {
  const socket = await whenOpen(client(given));
  const ended = end(socket);
  socket.close();
  return ended;
}

/** Leaves an open connection behind: the request ends. */
async function leave(given: Given): Promise<unknown> {
  await whenOpen(client(given));
  return "left";
}

/** Leaves an opening behind that has only just begun. */
async function leaveOpening(given: Given): Promise<unknown> {
  client(given);
  await new Promise((resolve) => setTimeout(resolve, 10));
  return "left";
}

async function streams(given: Given): Promise<unknown> {
  const stream = new WebSocketStream(given.url);
  const { readable, writable } = await stream.opened;
  const [reader, writer] = [readable.getReader(), writable.getWriter()];
  const received: unknown[] = [];
  for (const data of ["hello", new Uint8Array([1, 2, 3]), "x".repeat(300_000)]) {
    await writer.write(data);
    const { value } = await reader.read();
    received.push(typeof value === "string" ? value.length : Array.from(value ?? []));
  }
  stream.close({ closeCode: 4000, reason: "enough" });
  return { received, closed: await stream.closed };
}

/** Exchanges messages without a network, over createTransportPair() and all its layers. */
async function inMemory(given: Given): Promise<unknown> {
  const extensions = given.compressed === true ? [permessageDeflate({ threshold: 0 })] : [];
  const server = new WebSocketServer(
    (opening) => {
      const socket = opening.accept();
      socket.onmessage = ({ data }) => socket.send(data);
    },
    // Functions of the platform, as an application may pass them in.
    {
      extensions,
      onError: reportError,
      runtime: { clock: { ...systemClock, setTimeout, clearTimeout: clearTimeout as never } },
    },
  );
  const Socket = createWebSocketClass(
    () => {
      const [near, far] = createTransportPair({ schedule: queueMicrotask });
      server.receive(far);
      return near;
    },
    { extensions, runtime: { random: crypto.getRandomValues as never } },
  );
  const socket = await whenOpen(new Socket("ws://example.com/"));
  const received: unknown[] = [];
  for (let index = 0; index < (given.count ?? 1); index++) {
    const answer = next(socket);
    socket.send(`message ${index}`);
    received.push(await answer);
  }
  const ended = end(socket);
  socket.close(4000);
  const { code, wasClean } = await ended;
  await server.close();
  return { received, code, wasClean };
}

export const cases: Readonly<Record<string, (given: Given) => Promise<unknown>>> = {
  ...{ echo, lengths, handlers, until, closing, leave, leaveOpening, streams, inMemory },
  converse: ({ url }) => converse(url),
  fail: ({ url }) => fail(url),
};
