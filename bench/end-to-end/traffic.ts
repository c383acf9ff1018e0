/** The messages that the load generator sends, encoded once. */
import { constants, deflateRawSync } from "node:zlib";
import { messagesOf } from "../deflate/workload.ts";
import { decodeMessages, encodeFrame, encodeMessage } from "../wire.ts";
import type { Message } from "../workloads.ts";
import type { ClientSocket, Traffic } from "./client-socket.ts";

/** Kind and length of the messages, and how many are outstanding per connection. */
export interface TrafficKind {
  readonly kind: "text" | "binary" | "deflated";
  readonly length: number;
  readonly depth: number;
}

function messageOf({ kind, length }: TrafficKind): Message {
  const payload = Uint8Array.from({ length }, (_, index) => 0x20 + (index % 0x5f));
  return { kind: kind === "binary" ? "binary" : "text", payload };
}

/** Returns the outstanding messages of one connection: equal ones, or different JSON of about that length, compressed. */
export function trafficOf(traffic: TrafficKind): Traffic {
  const frames =
    traffic.kind === "deflated"
      ? messagesOf(traffic.length as 200)
          .slice(0, traffic.depth)
          .map(compressedFrame)
      : Array.from({ length: traffic.depth }, (_, serial) => encodeMessage(messageOf(traffic), true, serial));
  let at = 0;
  return { batch: Buffer.concat(frames), ends: frames.map((frame) => (at += frame.length)) };
}

/** Each message is compressed without its predecessors; whether the server takes its own context over is its choice. */
function compressedFrame(text: string, serial: number): Uint8Array {
  const payload = deflateRawSync(text, { finishFlush: constants.Z_SYNC_FLUSH });
  // RFC 7692 §7.2.1: remove the 00 00 FF FF of the flush. RSV1 marks the message as compressed.
  return encodeFrame(0xc1, payload.subarray(0, -4), true, serial);
}

/** Sends the messages of `traffic` once and checks the echo; of compressed ones, that the echo is compressed as well. */
export async function verifyEcho(socket: ClientSocket, traffic: TrafficKind): Promise<void> {
  const { batch } = trafficOf(traffic);
  const echo = await socket.exchange(batch, traffic.depth);
  if (traffic.kind === "deflated") {
    // RSV1 of the first frame: what is sent back uncompressed costs less.
    if (((echo[0] as number) & 0x40) === 0) throw new Error("The echo is not compressed.");
    return;
  }
  const sent = messageOf(traffic);
  const isSame = (message: Message): boolean =>
    message.kind === sent.kind && Buffer.compare(message.payload, sent.payload) === 0;
  const echoed = decodeMessages(echo);
  if (echoed.length !== traffic.depth || !echoed.every(isSame))
    throw new Error("The echo differs from the messages sent.");
}
