/**
 * A process with one client, which measures its own CPU time per message received. `ws` gets a text as bytes, as is its default;
 * "ws, as a string" makes a string of it, as ours and undici always do.
 */
import { connect } from "@hybi/node";
import * as hybiWs from "@hybi/ws";
import * as ws from "ws";
import { holdBallast } from "../ballast.ts";
import { connectBare } from "../bare/client.ts";
import { connectStep } from "../ladder/client.ts";
import { cpuTime } from "../task.ts";
import { workloadOf } from "./message.ts";
import type { ClientTask } from "./subjects.ts";

/** An open connection: `received` is called for each message with its length. */
interface Client {
  send(data: string | Uint8Array): void;
  close(): void;
}
type Received = (length: number) => void;

export interface ClientRequest {
  readonly port: number;
  readonly task: ClientTask;
  /** Least CPU time of the pass in microseconds. */
  readonly passTime: number;
}

const name = process.argv[2] as string;
if (process.argv[3] === "ballast") holdBallast();

function open(url: string, received: Received): Promise<Client> {
  if (name.startsWith("ws")) return openWs(url, received, ws.WebSocket);
  if (name === "hybi-ws") return openWs(url, received, hybiWs.WebSocket as unknown as typeof ws.WebSocket);
  if (name.startsWith("bare")) return openBare(url, received);
  if (name.startsWith("ladder-")) return openStep(url, received);
  return name === "undici" ? openUndici(url, received) : openHybi(url, received);
}

function openWs(url: string, received: Received, WebSocket: typeof ws.WebSocket): Promise<Client> {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  if (name === "ws-buffer") socket.binaryType = "arraybuffer";
  if (name === "ws-string") socket.on("message", (data) => received(data.toString().length));
  else if (name === "ws-buffer") socket.on("message", (data: ArrayBuffer | Buffer) => received(data.byteLength));
  else socket.on("message", (data: Buffer) => received(data.length));
  return new Promise((resolve, reject) => {
    socket.on("open", () => resolve({ send: (data) => socket.send(data), close: () => socket.terminate() }));
    socket.on("error", reject);
  });
}

function openUndici(url: string, received: Received): Promise<Client> {
  const socket = new globalThis.WebSocket(url);
  socket.binaryType = "arraybuffer";
  socket.onmessage = ({ data }) => received(typeof data === "string" ? data.length : data.byteLength);
  return new Promise((resolve, reject) => {
    socket.onopen = () =>
      resolve({ send: (data) => socket.send(data as Uint8Array<ArrayBuffer>), close: () => socket.close() });
    socket.onerror = () => reject(new Error("undici could not connect."));
  });
}

async function openHybi(url: string, received: Received): Promise<Client> {
  const binaryType = name === "connect-buffer" ? "arraybuffer" : "bytes";
  const socket = await connect(url, { binaryType });
  socket.onmessage = ({ data }) =>
    received(typeof data === "string" ? data.length : (data as ArrayBuffer | Uint8Array).byteLength);
  return { send: (data) => socket.send(data as Uint8Array<ArrayBuffer>), close: () => socket.terminate() };
}

async function openBare(url: string, received: Received): Promise<Client> {
  const connection = await connectBare(url, name === "bare-buffer" ? "arraybuffer" : "bytes");
  connection.onmessage = ({ data }) => received(typeof data === "string" ? data.length : data.byteLength);
  return { send: (data) => connection.send(data), close: () => connection.socket.destroy() };
}

async function openStep(url: string, received: Received): Promise<Client> {
  const connection = await connectStep(name, url);
  connection.onmessage = ({ data }) => received(typeof data === "string" ? data.length : data.byteLength);
  return { send: (data) => connection.send(data), close: () => connection.drop() };
}

/** Returns the nanoseconds of CPU time per message. */
async function pass({ port, task, passTime }: ClientRequest): Promise<number> {
  const { kind, length, replies, connections } = task;
  const { payload } = workloadOf(kind, length);
  const data = kind === "text" ? Buffer.from(payload).toString() : payload;
  // A short message asks for a firehose; what is answered message by message is sent as it is expected.
  const request = replies === 1 ? data : "more";
  const path = `ws://127.0.0.1:${port}/${kind}/${length}/${replies}`;
  let messages = 0;
  let isOver = false;
  let start = 0;
  const rounds = Array.from({ length: connections }, async () => {
    let left = 0;
    let done = (): void => {};
    const client = await open(path, (received) => {
      if (received !== length) throw new Error(`A message of ${received} arrived.`);
      messages++;
      if (--left > 0) return;
      if (messages % 64 === 0 || replies > 1) isOver ||= cpuTime() - start >= passTime;
      if (isOver) return done();
      left = replies;
      client.send(request);
    });
    return {
      begin: () =>
        new Promise<void>((resolve) => {
          done = resolve;
          left = replies;
          client.send(request);
        }),
      close: () => client.close(),
    };
  });
  const clients = await Promise.all(rounds);
  start = cpuTime();
  await Promise.all(clients.map((client) => client.begin()));
  const spent = cpuTime() - start;
  for (const client of clients) client.close();
  return (spent * 1000) / messages;
}

process.on("message", (request: ClientRequest) => {
  pass(request).then(
    (nanoseconds) => process.send?.(nanoseconds),
    (error) => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.on("disconnect", () => process.exit(0));
