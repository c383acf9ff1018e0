/**
 * CPU of a server for one Ping and its Pong on thousands of idle connections, over loopback, against `ws` with the heartbeat
 * loop of its README. The clients are in a process of their own: raw sockets that answer each Ping.
 *
 *     tsx --conditions=@hybi/source bench/micro/keepalive.ts [connections, 5000 by default]
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, connect, type Socket } from "node:net";
import { listen } from "@hybi/node";
import { WebSocketServer } from "ws";

/** Milliseconds between the Pings of a connection, and for how many of them the CPU is measured. */
const interval = 2_000;
const intervals = 4;
const inParallel = 64;

const request = [
  "GET / HTTP/1.1",
  "Host: a",
  "Connection: Upgrade",
  "Upgrade: websocket",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  "",
  "",
].join("\r\n");

interface Subject {
  readonly port: number;
  stop(): void;
}

const subjects: Readonly<Record<string, () => Promise<Subject>>> = {
  async hybi() {
    const server = await listen((opening) => void opening.accept(), {
      port: 0,
      deadlines: { ping: interval },
      openingsPerAddress: 1000,
    });
    return { port: server.port, stop: () => void server.close() };
  },
  async ws() {
    const server = new WebSocketServer({ port: 0 });
    await once(server, "listening");
    const alive = new WeakMap<object, boolean>();
    server.on("connection", (socket) => {
      alive.set(socket, true);
      socket.on("error", console.error);
      socket.on("pong", () => alive.set(socket, true));
    });
    const beat = setInterval(() => {
      for (const socket of server.clients) {
        if (alive.get(socket) === false) socket.terminate();
        else {
          alive.set(socket, false);
          socket.ping();
        }
      }
    }, interval);
    return { port: (server.address() as AddressInfo).port, stop: () => clearInterval(beat) };
  },
};

/** Opens one connection, and answers its Pings, which come one at a time. Returns once the response has arrived. */
async function openClient(port: number, answered: () => void): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  socket.write(request);
  await once(socket, "data");
  socket.on("data", (frame: Buffer) => {
    if (frame[0] !== 0x89) return;
    const length = frame[1] ?? 0;
    socket.write(Buffer.concat([Buffer.of(0x8a, 0x80 | length, 0, 0, 0, 0), frame.subarray(2, 2 + length)]));
    answered();
  });
  return socket;
}

async function runClients(port: number, count: number): Promise<void> {
  let pongs = 0;
  const opened: Socket[] = [];
  while (opened.length < count) {
    const batch = Array.from({ length: Math.min(inParallel, count - opened.length) }, () =>
      openClient(port, () => {
        pongs++;
      }),
    );
    opened.push(...(await Promise.all(batch)));
  }
  process.on("message", () => process.send?.(pongs));
  process.send?.("open");
}

async function runServer(title: string, count: number): Promise<void> {
  const subject = await subjects[title]?.();
  if (subject === undefined) throw new Error(`There is no subject ${title}.`);
  const clients = fork(process.argv[1] as string, ["clients", String(subject.port), String(count)]);
  await once(clients, "message");
  const pongs = async (): Promise<number> => {
    clients.send("pongs");
    return (await once(clients, "message"))[0] as number;
  };
  // What follows an opening is over, and the first Pings are answered.
  await new Promise((resolve) => setTimeout(resolve, 12_000));
  const before = await pongs();
  const start = process.cpuUsage();
  await new Promise((resolve) => setTimeout(resolve, interval * intervals));
  const { user, system } = process.cpuUsage(start);
  const pings = (await pongs()) - before;
  console.log(
    `${title.padEnd(5)} ${count} connections, ${pings} Pings: ${((user + system) / pings).toFixed(1)} µs each`,
  );
  clients.kill();
  subject.stop();
}

const [role = "5000", first = "", second = ""] = process.argv.slice(2);
if (role === "clients") await runClients(Number(first), Number(second));
else {
  for (const title of Object.keys(subjects)) await runServer(title, Number(role));
  process.exit();
}
