/**
 * The Pings and Pongs of one connection (RFC 6455 §5.5.2–5.5.3): what a Ping or a Pong of the peer causes, those that are
 * to be sent, before everything else (§5.4), and which Pings the peer has replied to.
 *
 * The replies are needed for two purposes. Whether the peer is alive: each keepalive Ping carries a number. A Pong with one
 * of these numbers acknowledges that Ping and all before it, because a peer may reply only to the most recent. Other Pongs
 * acknowledge nothing. How long a round trip takes: this is measured for the application's Pings as well, which carry no
 * number. Their payload identifies the Pong, and only that of the latest Ping is kept.
 */
import { noBytes } from "../bytes/byte-arrays.ts";
import type { ByteWriter } from "../bytes/byte-writer.ts";
import { Queue } from "../bytes/queue.ts";
import type { RandomPool } from "../bytes/random-pool.ts";
import { unmaskedFrame, writeFrame } from "../frame/frame-encoder.ts";
import { finBit, headerLength, ping, pong, writeUint32 } from "../frame/header.ts";
import { fixedLimits } from "../vocabulary/limits.ts";

interface PendingFrame {
  readonly opcode: number;
  readonly payload: Uint8Array;
}

/** Overhead of a pending frame in bytes, excluding its own. */
const frameCost = 208;

/** Payload of a keepalive Ping: `hb` and a four-byte number, which an application is unlikely to use in a Ping of its own. */
const keepalivePrefix = [0x68, 0x62];
const keepaliveLength = 6;

/** The Pings and Pongs of one connection, sent and received. Ordinals count all Pings that we send from 1. */
export class PingPong {
  readonly #keys: RandomPool | undefined;
  /** Our own Pings and Pongs, in order. */
  #frames: Queue<PendingFrame> | undefined;
  /** Payloads of the Pongs that reply to the peer. Like `#frames`, undefined when there are none: most connections have none. */
  #replies: Queue<Uint8Array> | undefined;
  #length = 0;
  #pingsQueued = 0;
  #pingsTaken = 0;

  /** Payload and ordinal of the latest Ping, keepalive or not. */
  #latestPayload: Uint8Array = noBytes;
  #latestOrdinal = 0;
  #answered = 0;
  /** Ordinal of the latest keepalive Ping, and the numbers of the latest that was sent and that was acknowledged. */
  #keepaliveOrdinal = 0;
  #keepalivesSent = 0;
  #acknowledged = 0;

  /** `keys` supplies masking keys; undefined for a server, which does not mask. */
  constructor(keys: RandomPool | undefined) {
    this.#keys = keys;
  }

  // Received

  /**
   * Queues the reply to a Ping of the peer. Of more than `fixedLimits.pendingReplies`, only the most recent are kept (RFC
   * 6455 §5.5.3).
   */
  receivePing(payload: Uint8Array): void {
    this.#replies ??= new Queue();
    if (this.#replies.length === fixedLimits.pendingReplies) this.#dropReply(this.#replies);
    this.#replies.push(payload);
    this.#length += this.#frameLength(payload);
  }

  /** Notes which of our Pings a Pong of the peer acknowledges, if any. An unsolicited Pong is legal (RFC 6455 §5.5.3). */
  receivePong(payload: Uint8Array): void {
    if (this.#pingsTaken >= this.#latestOrdinal && hasSameBytes(payload, this.#latestPayload)) {
      this.#answered = this.#latestOrdinal;
    }
    if (payload.length !== keepaliveLength) return;
    if (payload[0] !== keepalivePrefix[0] || payload[1] !== keepalivePrefix[1]) return;
    const number = ((payload[2]! << 24) | (payload[3]! << 16) | (payload[4]! << 8) | payload[5]!) >>> 0;
    if (number > this.#acknowledged && number <= this.#keepalivesSent) this.#acknowledged = number;
  }

  /** Whether a keepalive Ping was taken that no Pong has acknowledged. */
  get awaitsPong(): boolean {
    return this.#acknowledged < this.#keepalivesSent && this.#pingsTaken >= this.#keepaliveOrdinal;
  }

  /** Ordinal of the last Ping that a Pong answered while it was the latest; 0 before the first. */
  get pingsAnswered(): number {
    return this.#answered;
  }

  // Sent

  /** Queues a Ping of the application. */
  sendPing(payload: Uint8Array): void {
    // The application may modify its array later, which must not change what we send, so copy it. `slice` of a Node
    // Buffer does not copy.
    this.#queuePing(new Uint8Array(payload));
  }

  /** Queues a keepalive Ping. */
  sendKeepalive(): void {
    this.#keepalivesSent++;
    const payload = new Uint8Array(keepaliveLength);
    payload.set(keepalivePrefix);
    writeUint32(payload, 2, this.#keepalivesSent);
    this.#queuePing(payload);
    this.#keepaliveOrdinal = this.#latestOrdinal;
  }

  /** Queues an unsolicited Pong of the application. */
  sendPong(payload: Uint8Array): void {
    // Copied like a Ping.
    this.#push(pong, new Uint8Array(payload));
  }

  /** Number of Ping frames taken. */
  get pingsTaken(): number {
    return this.#pingsTaken;
  }

  get isEmpty(): boolean {
    return this.#frames === undefined && this.#replies === undefined;
  }

  /** Bytes of the pending frames. */
  get length(): number {
    return this.#length;
  }

  /** Overhead of the pending frames in bytes, excluding `length`. */
  get overhead(): number {
    return frameCost * ((this.#replies?.length ?? 0) + (this.#frames?.length ?? 0));
  }

  /**
   * Takes the frame of a server if it is the only one, as an array of its length: a block and a writer for eight bytes would cost
   * twice as much. Returns undefined if there are more.
   */
  takeOnly(): Uint8Array | undefined {
    const own = this.#frames?.length ?? 0;
    if (own + (this.#replies?.length ?? 0) !== 1 || this.#keys !== undefined) return undefined;
    const { opcode, payload } = this.#frames?.take() ?? { opcode: pong, payload: this.#replies!.take()! };
    this.#frames = undefined;
    this.#replies = undefined;
    if (opcode === ping) this.#pingsTaken++;
    this.#length = 0;
    return unmaskedFrame(finBit | opcode, payload);
  }

  /** Moves frames to `output` while there is `room`. Returns the bytes written. */
  take(output: ByteWriter, room: number): number {
    let taken = 0;
    const frames = this.#frames;
    if (frames !== undefined) {
      for (let frame = frames.first; frame !== undefined && taken < room; frame = frames.first) {
        if (frame.opcode === ping) this.#pingsTaken++;
        taken += writeFrame(output, finBit | frame.opcode, frame.payload, this.#keys);
        frames.take();
      }
      if (frames.length === 0) this.#frames = undefined;
    }
    const replies = this.#replies;
    if (replies !== undefined) {
      for (let reply = replies.first; reply !== undefined && taken < room; reply = replies.first) {
        taken += writeFrame(output, finBit | pong, reply, this.#keys);
        replies.take();
      }
      if (replies.length === 0) this.#replies = undefined;
    }
    this.#length -= taken;
    return taken;
  }

  /** Drops the replies to Pings: RFC 6455 §5.5.2 requires none once a Close frame was received. */
  dropReplies(): void {
    while (this.#replies !== undefined && this.#replies.length > 0) this.#dropReply(this.#replies);
    this.#replies = undefined;
  }

  /** Drops all pending frames. */
  drop(): void {
    this.dropReplies();
    this.#frames = undefined;
    this.#length = 0;
    this.#pingsQueued = this.#pingsTaken;
  }

  // Internals

  #queuePing(payload: Uint8Array): void {
    this.#push(ping, payload);
    this.#latestPayload = payload;
    this.#latestOrdinal = ++this.#pingsQueued;
  }

  #push(opcode: number, payload: Uint8Array): void {
    this.#frames ??= new Queue();
    this.#frames.push({ opcode, payload });
    this.#length += this.#frameLength(payload);
  }

  #dropReply(replies: Queue<Uint8Array>): void {
    this.#length -= this.#frameLength(replies.take()!);
  }

  #frameLength(payload: Uint8Array): number {
    return headerLength(payload.length, this.#keys !== undefined) + payload.length;
  }
}

function hasSameBytes(left: Uint8Array, right: Uint8Array): boolean {
  if (left.length !== right.length) return false;
  for (let index = 0; index < left.length; index++) if (left[index] !== right[index]) return false;
  return true;
}
