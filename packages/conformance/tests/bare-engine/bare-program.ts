/** The program for engines that lack parts of the web platform: every runtime-independent package, and in-memory connections. */
import { type RandomSource, UsageError } from "@hybi/core";
import { permessageDeflate } from "@hybi/permessage-deflate";
import {
  type ClientSocketOptions,
  createTransportPair,
  createWebSocketClass,
  createWebSocketStreamClass,
  type PairedTransport,
  reconnect,
  type ServerOptions,
  WebSocketError,
  WebSocketServer,
  whenOpen,
} from "@hybi/websocket";

export { WireDump } from "@hybi/conformance/inspect";
export { arb, Simulation } from "@hybi/testing";
export { createWebSocketClass, fromStreams, WebSocketServer, WebSocketStream } from "@hybi/websocket";

/** Not random: no secret is sent here, and an engine need not have a random source. */
const random: RandomSource = (target) => target.fill(7);

/** Returns a class of sockets that connect to a server in the same engine. */
export function connected(serverOptions: ServerOptions = {}, options: ClientSocketOptions = {}) {
  const server = new WebSocketServer((opening) => {
    if (opening.request.resourceName === "/forbidden") {
      opening.reject({ status: 403 });
      return;
    }
    const socket = opening.accept();
    socket.onmessage = ({ data }) => {
      if (data === "leave me") socket.terminate();
      else socket.send(data);
    };
  }, serverOptions);
  const connect = (): PairedTransport => {
    const [near, far] = createTransportPair({ chunkSize: 700 });
    server.receive(far);
    return near;
  };
  const defaults = { runtime: { random }, ...options };
  return {
    server,
    WebSocket: createWebSocketClass(connect, defaults),
    WebSocketStream: createWebSocketStreamClass(connect, defaults),
  };
}

/** Echoes text and bytes, sends a Ping, and closes; returns everything that the client receives. */
export async function talk(compressed: boolean): Promise<string[]> {
  const extensions = compressed ? [permessageDeflate({ threshold: 0 })] : [];
  const { WebSocket, server } = connected({ extensions }, { extensions });
  const socket = new WebSocket("ws://example.com:8080/path?query#".slice(0, -1), ["chat"].slice(1));
  socket.binaryType = "arraybuffer";
  const seen: string[] = [];
  socket.onopen = (event) => seen.push(`${event.type} ${event.target === socket}`);
  socket.addEventListener("message", { handleEvent: () => seen.push("once") } as never, { once: true });
  const next = (): Promise<void> =>
    new Promise((resolve) => {
      socket.onmessage = ({ data, origin }) => {
        seen.push(`${typeof data === "string" ? data : new Uint8Array(data as ArrayBuffer).join()} from ${origin}`);
        resolve();
      };
    });
  await whenOpen(socket);
  for (const data of ["Grüße 👋 \ufeff", "x".repeat(20), new Uint8Array([1, 2, 255])]) {
    const answer = next();
    socket.send(data);
    await answer;
  }
  const pong = new Promise<void>((resolve) => socket.addEventListener("pong", () => resolve()));
  socket.ping();
  await pong;
  const closed = new Promise<void>((resolve) => {
    socket.onclose = ({ code, reason, wasClean }) => {
      seen.push(`${code} ${reason} ${wasClean}`);
      resolve();
    };
  });
  socket.close(4000);
  await closed;
  await server.close();
  return seen;
}

/** Returns errors of the interface, of a loop, of a rejected opening, and of a peer that sends text that is not UTF-8. */
export async function errors(): Promise<string[]> {
  const { WebSocket } = connected();
  const found: string[] = [];
  const note = (error: unknown): void => {
    const { name, message, code } = error as Error & { code?: number };
    found.push(`${name} ${code} ${message !== ""}`);
  };
  const attempt = (action: () => unknown): void => {
    try {
      action();
      found.push("nothing");
    } catch (error) {
      note(error);
    }
  };
  attempt(() => new WebSocket("no scheme"));
  attempt(() => new WebSocket("ftp://example.com/"));
  attempt(() => new WebSocket("ws://example.com/#fragment"));
  attempt(() => new WebSocket("ws://example.com/", "no token"));
  const socket = new WebSocket("ws://example.com/");
  attempt(() => socket.send("too early"));
  attempt(() => socket.close(1001));
  await whenOpen(socket);
  socket.send("leave me");
  try {
    for await (const _ of socket);
  } catch (error) {
    note(error);
    found.push(`${error instanceof WebSocketError} ${(error as WebSocketError).closeCode}`);
  }
  await whenOpen(new WebSocket("ws://example.com/forbidden")).catch(note);
  // Overlong (RFC 3629 §3): a receiver that accepts it as text lets through what filters have rejected.
  const [near, far] = createTransportPair();
  new WebSocketServer((opening) => opening.accept()).receive(near);
  const closed = new Promise<number>((resolve) => {
    const request =
      "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n" +
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    const frame = [0x81, 0x82, 0, 0, 0, 0, 0xc0, 0x80];
    const received: number[] = [];
    far.start({
      data: (chunk) => received.push(...chunk),
      drain() {},
      end: () => far.end(),
      error() {},
      close: () => {
        // A Close frame follows the head of the response: 88, a length, and the status code.
        const [, , high = 0, low = 0] = received.slice(received.lastIndexOf(0x88));
        resolve(high * 256 + low);
      },
    });
    far.write([Uint8Array.from([...[...request].map((char) => char.charCodeAt(0)), ...frame])]);
  });
  found.push(String(await closed));
  return found;
}

/** A client that reconnects, and gives up. */
export async function comeBack(): Promise<string[]> {
  const { WebSocket } = connected();
  const seen: string[] = [];
  let attempts = 0;
  const client = reconnect(
    () => {
      attempts++;
      if (attempts === 1) throw new Error("not yet");
      return new WebSocket("ws://example.com/");
    },
    { runtime: { random }, firstDelay: 0 },
  );
  const message = new Promise<void>((resolve) => {
    client.addEventListener("message", (event) => {
      seen.push(String((event as MessageEvent).data));
      resolve();
    });
  });
  client.addEventListener("waiting", (event) => seen.push(event.type));
  client.send("hello");
  await message;
  const ended = new Promise((resolve) => client.addEventListener("ended", resolve));
  client.close();
  await ended;
  return seen;
}

/** A deadline passes while a transport with an abort signal is being opened. */
export async function tooLate(): Promise<string[]> {
  const seen: string[] = [];
  const connect = ({ signal }: { signal: AbortSignal }): Promise<never> =>
    new Promise((_, reject) => {
      signal.addEventListener("abort", () => {
        seen.push(`${signal.aborted} ${(signal.reason as Error).name}`);
        reject(signal.reason);
      });
    });
  const WebSocket = createWebSocketClass(connect, { runtime: { random }, deadlines: { opening: 1 } });
  const socket = new WebSocket("ws://example.com/");
  await new Promise((resolve) => {
    socket.onerror = ({ failure }) => seen.push(failure.kind);
    socket.onclose = resolve;
  });
  return seen;
}

/** Runs `action`, and returns what it throws. */
export function messageOf(action: () => unknown): string {
  try {
    action();
    return "";
  } catch (error) {
    return `${error instanceof UsageError ? error.code : ""} ${(error as Error).message}`.trim();
  }
}
