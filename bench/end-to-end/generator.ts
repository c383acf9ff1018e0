/** The load generator: a process that opens connections and creates traffic on them at the request of its parent. */
import { constants, deflateRawSync } from "node:zlib";
import { decodeMessages, encodeFrame, encodeMessage } from "../wire.ts";
import type { Message } from "../workloads.ts";
import { ClientSocket, type Traffic } from "./client-socket.ts";

/** Where and how to connect. */
export interface Target {
  readonly port: number;
  readonly isWebSocket: boolean;
  readonly deflate: boolean;
}

/** Kind and length of the messages, and how many are outstanding per connection. */
export interface TrafficKind {
  readonly kind: "text" | "binary";
  readonly length: number;
  readonly depth: number;
}

export type GeneratorRequest =
  /** Opens connections, `parallel` at a time; responds with the number that are open. */
  | { readonly type: "open"; readonly target: Target; readonly connections: number; readonly parallel: number }
  /** Sends one batch on each connection of the target and verifies the echo. */
  | { readonly type: "verify"; readonly target: Target; readonly traffic: TrafficKind }
  /** Creates traffic for `milliseconds`; responds with the number of messages received back. */
  | { readonly type: "run"; readonly target: Target; readonly traffic: TrafficKind; readonly milliseconds: number }
  | { readonly type: "close"; readonly target: Target };

export type GeneratorResponse = { readonly count: number; readonly seconds: number } | { readonly error: string };

const socketsByPort = new Map<number, ClientSocket[]>();

process.on("message", (request: GeneratorRequest) => {
  const start = performance.now();
  respond(request).then(
    (count) => send({ count, seconds: (performance.now() - start) / 1000 }),
    (error: Error) => send({ error: error.message }),
  );
});
process.on("disconnect", () => process.exit(0));

function send(response: GeneratorResponse): void {
  process.send?.(response);
}

async function respond(request: GeneratorRequest): Promise<number> {
  const { target } = request;
  const sockets = socketsByPort.get(target.port) ?? [];
  socketsByPort.set(target.port, sockets);
  switch (request.type) {
    case "open":
      await open(request.connections, request.parallel, target, sockets);
      return sockets.length;
    case "verify":
      for (const socket of sockets) {
        if (target.deflate) await socket.exchange(compressedFrame, 1);
        else await verify(socket, request.traffic);
      }
      return sockets.length;
    case "run": {
      const traffic = trafficOf(request.traffic);
      for (const socket of sockets) socket.start(traffic);
      await new Promise((resolve) => setTimeout(resolve, request.milliseconds));
      const counts = await Promise.all(sockets.map((socket) => socket.stop()));
      return counts.reduce((sum, count) => sum + count, 0);
    }
    case "close":
      await Promise.all(sockets.splice(0).map((socket) => socket.close()));
      return 0;
    default:
      return request satisfies never;
  }
}

/** Stops at the first connection that cannot be opened. The caller decides whether there are enough. */
async function open(count: number, parallel: number, target: Target, sockets: ClientSocket[]): Promise<void> {
  let wanted = count;
  let failure: unknown;
  const worker = async (): Promise<void> => {
    while (wanted-- > 0 && failure === undefined) {
      try {
        sockets.push(await ClientSocket.open(target.port, target.isWebSocket, target.deflate));
      } catch (error) {
        failure = error;
      }
    }
  };
  await Promise.all(Array.from({ length: parallel }, worker));
  if (failure !== undefined) console.error(`A connection could not be opened: ${(failure as Error).message}`);
}

function messageOf({ kind, length }: TrafficKind): Message {
  return { kind, payload: Uint8Array.from({ length }, (_, index) => 0x20 + (index % 0x5f)) };
}

function trafficOf(traffic: TrafficKind): Traffic {
  const message = messageOf(traffic);
  const frames = Array.from({ length: traffic.depth }, (_, serial) => encodeMessage(message, true, serial));
  return { batch: Buffer.concat(frames), frameLength: (frames[0] as Uint8Array).length };
}

/** A compressed frame long enough for the server to compress its echo; the echo is not verified. */
const compressedFrame = ((): Uint8Array => {
  const text = Buffer.from("a message that is worth to be compressed, ".repeat(64));
  const payload = deflateRawSync(text, { finishFlush: constants.Z_SYNC_FLUSH });
  // RFC 7692 §7.2.1: remove the 00 00 FF FF of the flush. RSV1 marks the message as compressed.
  return encodeFrame(0xc2, payload.subarray(0, -4), true, 0);
})();

async function verify(socket: ClientSocket, traffic: TrafficKind): Promise<void> {
  const { batch } = trafficOf(traffic);
  const sent = messageOf(traffic);
  const echoed = decodeMessages(await socket.exchange(batch, traffic.depth));
  const isSame = (message: Message): boolean =>
    message.kind === sent.kind && Buffer.compare(message.payload, sent.payload) === 0;
  if (echoed.length !== traffic.depth || !echoed.every(isSame))
    throw new Error("The echo differs from the messages sent.");
}
