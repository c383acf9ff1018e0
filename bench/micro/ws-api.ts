/**
 * `ws` and `@hybi/ws` over sockets without a connection: what is left is the implementation, and the streams of Node. Prints the least
 * nanoseconds of CPU time per message of each scenario, so that the collector has little part in it.
 * `tsx --conditions=@hybi/source bench/micro/ws-api.ts SUBJECT SCENARIO…`, with the subject `ws` or `hybi`, once for each of them.
 */
import { Socket } from "node:net";
import * as hybiWs from "@hybi/ws";
import * as original from "ws";
import { encodeFrame } from "../wire.ts";

type Done = (error?: Error | null) => void;

class SilentSocket extends Socket {
  written = 0;
  writes = 0;

  override _write(chunk: Uint8Array, _encoding: string, done: Done): void {
    this.written += chunk.length;
    this.writes++;
    done();
  }

  override _writev(chunks: readonly { readonly chunk: Uint8Array }[], done: Done): void {
    this.writes++;
    for (const { chunk } of chunks) this.written += chunk.length;
    done();
  }

  override _read(): void {}
}

const tick = (process as unknown as { _tickCallback(): void })._tickCallback.bind(process);
const head = {
  upgrade: "websocket",
  connection: "Upgrade",
  host: "chat.example.com",
  "sec-websocket-version": "13",
  "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
};

const subject = process.argv[2] as string;
const api = (subject.startsWith("ws") ? original : hybiWs) as unknown as typeof original;

function openServer(connection: (socket: original.WebSocket) => void): {
  server: original.WebSocketServer;
  add(): SilentSocket;
} {
  const server = new api.WebSocketServer({ noServer: true });
  return {
    server,
    add: () => {
      const socket = new SilentSocket();
      const request = { method: "GET", url: "/", headers: head } as never;
      server.handleUpgrade(request, socket, Buffer.alloc(0), (client) => {
        server.clients.add(client);
        client.on("error", () => {});
        connection(client);
      });
      return socket;
    },
  };
}

type Pass = () => Promise<{ messages: number; spent: number }>;

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function cpu(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

function copies(chunks: readonly Uint8Array[], count: number): Buffer[] {
  return Array.from({ length: count }, (_, at) => {
    const source = chunks[at % chunks.length] as Uint8Array;
    const copy = Buffer.allocUnsafeSlow(source.length);
    copy.set(source);
    return copy;
  });
}

function echo(kind: "text" | "binary", length: number, depth: number, isMasked = true): Pass {
  const { add } = openServer((client) => client.on("message", (data, binary) => client.send(data, { binary })));
  const sockets = Array.from({ length: 32 }, add);
  const opcode = kind === "text" ? 0x81 : 0x82;
  const frames = Array.from({ length: depth }, (_, serial) =>
    encodeFrame(opcode, new Uint8Array(length).fill(0x61), isMasked, serial * 7919 + 3),
  );
  const all = Buffer.concat(frames);
  // As sockets read: at most 64 KiB at once.
  const reads: Buffer[] = [];
  for (let at = 0; at < all.length; at += 65_536) reads.push(all.subarray(at, at + 65_536));
  let written = 0;
  return async () => {
    const rounds = Math.max(1, Math.ceil((length > 1000 ? 300 : 2560) / depth / 32));
    const given = sockets.map(() => copies(reads, rounds * reads.length));
    const start = cpu();
    for (let at = 0; at < rounds * reads.length; at++) {
      for (let index = 0; index < sockets.length; index++) {
        sockets[index]?.push(given[index]?.[at]);
        tick();
      }
      if (length > 1000) await turn();
    }
    const spent = cpu() - start;
    await turn();
    await turn();
    written += rounds * depth * 32 * length;
    const actual = sockets.reduce((sum, socket) => sum + socket.written, 0);
    if (actual < written) throw new Error(`${actual} of ${written}`);
    return { messages: rounds * depth * 32, spent };
  };
}

function client(kind: "text" | "binary", length: number, isFirehose: boolean): Pass {
  let count = 0;
  const make = (): SilentSocket => {
    const Class = api.WebSocket as unknown as new (
      address: null,
      protocols: undefined,
      options: object,
    ) => original.WebSocket & { setSocket(socket: Socket, head: Buffer, options: object): void; _isServer: boolean };
    const socket = new SilentSocket();
    const websocket = new Class(null, undefined, { isServer: false });
    websocket._isServer = false;
    const payload = kind === "text" ? "a".repeat(length) : new Uint8Array(length).fill(0x61);
    websocket.on("message", (data: Buffer) => {
      if (data.length !== length) throw new Error("wrong");
      count++;
      if (!isFirehose) websocket.send(payload);
    });
    websocket.setSocket(socket, Buffer.alloc(0), {
      ...{
        allowSynchronousEvents: true,
        maxPayload: 104_857_600,
        skipUTF8Validation: false,
        maxBufferedChunks: 1e6,
        maxFragments: 131_072,
      },
    });
    return socket;
  };
  const sockets = Array.from({ length: isFirehose ? 1 : 16 }, make);
  const frame = encodeFrame(kind === "text" ? 0x81 : 0x82, new Uint8Array(length).fill(0x61), false, 0);
  const perPass = isFirehose ? (length > 1000 ? 200 : 4000) : 120;
  const all = Buffer.concat(Array(perPass).fill(frame));
  const reads: Buffer[] = [];
  for (let at = 0; at < all.length; at += 65_536) reads.push(all.subarray(at, at + 65_536));
  return async () => {
    if (isFirehose) {
      const given = copies(reads, reads.length);
      count = 0;
      const start = cpu();
      for (const chunk of given) {
        sockets[0]?.push(chunk);
        tick();
        await turn();
      }
      if (count !== perPass) throw new Error(`${count}`);
      return { messages: perPass, spent: cpu() - start };
    }
    const given = sockets.map(() => copies([frame], perPass));
    const start = cpu();
    for (let at = 0; at < perPass; at++) {
      for (let index = 0; index < sockets.length; index++) {
        sockets[index]?.push(given[index]?.[at]);
        tick();
      }
    }
    return { messages: perPass * sockets.length, spent: cpu() - start };
  };
}

function broadcast(): Pass {
  const { server, add } = openServer(() => {});
  const sockets = Array.from({ length: 1000 }, add);
  const text = "x".repeat(200);
  return async () => {
    const start = cpu();
    for (let round = 0; round < 4; round++) {
      const bytes = Buffer.from(text);
      for (const client of server.clients) client.send(bytes, { binary: false });
      tick();
    }
    const spent = cpu() - start;
    if (sockets[0]?.written === 0) throw new Error("nothing");
    return { messages: 4 * sockets.length, spent };
  };
}

const scenarios: Readonly<Record<string, () => Pass>> = {
  t1: () => echo("text", 64, 1),
  t2: () => echo("text", 64, 2),
  t8: () => echo("text", 64, 8),
  t64: () => echo("text", 64, 64),
  b1: () => echo("binary", 64, 1),
  b2: () => echo("binary", 64, 2),
  b8: () => echo("binary", 64, 8),
  b64: () => echo("binary", 64, 64),
  b16k: () => echo("binary", 16_384, 8),
  pt: () => client("text", 64, false),
  pb: () => client("binary", 64, false),
  ft: () => client("text", 200, true),
  fb: () => client("binary", 16_384, true),
  bc: () => broadcast(),
};

const result: Record<string, number> = {};
for (const name of process.argv.slice(3)) {
  const pass = (scenarios[name] as () => Pass)();
  let least = Number.POSITIVE_INFINITY;
  const until = cpu() + Number(process.env.MS ?? 1500) * 1000;
  while (cpu() < until) {
    const { messages, spent } = await pass();
    least = Math.min(least, (spent * 1000) / messages);
    await turn();
    await turn();
  }
  result[name] = Math.round(least);
}
console.log(JSON.stringify(result));
process.exit();
