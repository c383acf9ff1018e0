/** The queue of pending control frames, which are sent before everything else (RFC 6455 §5.4–5.5). */
import type { ByteWriter } from "../bytes/byte-writer.ts";
import { Queue } from "../bytes/queue.ts";
import type { RandomPool } from "../bytes/random-pool.ts";
import { writeFrame } from "../frame/frame-encoder.ts";
import { finBit, headerLength } from "../frame/header.ts";
import { ping, pong } from "../frame/opcode.ts";
import { fixedLimits } from "../vocabulary/limits.ts";

interface PendingControl {
  readonly opcode: number;
  readonly payload: Uint8Array;
}

/** Overhead of a pending frame in bytes, excluding its own. */
const frameCost = 208;

/** The application's Pings and Pongs, in order, and the replies to the peer's most recent Pings. */
export class ControlQueue {
  readonly #keys: RandomPool | undefined;
  #frames: Queue<PendingControl> | undefined;
  /** Payloads of the Pongs that reply to the peer. */
  readonly #replies = new Queue<Uint8Array>();
  #length = 0;
  #pingsQueued = 0;
  #pingsTaken = 0;

  /** `keys` supplies masking keys; undefined for a server, which does not mask. */
  constructor(keys: RandomPool | undefined) {
    this.#keys = keys;
  }

  get isEmpty(): boolean {
    return this.#frames === undefined && this.#replies.length === 0;
  }

  /** Bytes of the pending frames. */
  get length(): number {
    return this.#length;
  }

  /** Overhead of the pending frames in bytes, excluding `length`. */
  get overhead(): number {
    return frameCost * (this.#replies.length + (this.#frames?.length ?? 0));
  }

  /** Number of Ping frames queued so far, taken or not. */
  get pingsQueued(): number {
    return this.#pingsQueued;
  }

  get pingsTaken(): number {
    return this.#pingsTaken;
  }

  ping(payload: Uint8Array): void {
    this.#pingsQueued++;
    this.#push(ping, payload);
  }

  pong(payload: Uint8Array): void {
    this.#push(pong, payload);
  }

  /** Queues the reply to a Ping. Of more than `fixedLimits.pendingReplies`, only the most recent are kept. */
  reply(payload: Uint8Array): void {
    if (this.#replies.length === fixedLimits.pendingReplies) this.#length -= this.#frameLength(this.#replies.take()!);
    this.#replies.push(payload);
    this.#length += this.#frameLength(payload);
  }

  /** Drops the replies to Pings: RFC 6455 §5.5.2 requires none once a Close frame was received. */
  dropReplies(): void {
    while (this.#replies.length > 0) this.#length -= this.#frameLength(this.#replies.take()!);
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
    while (this.#replies.length > 0 && taken < room) {
      taken += writeFrame(output, finBit | pong, this.#replies.take()!, this.#keys);
    }
    this.#length -= taken;
    return taken;
  }

  #push(opcode: number, payload: Uint8Array): void {
    this.#frames ??= new Queue();
    // The application may modify its array later, which must not change what we send, so copy it. `slice` of a Node
    // Buffer does not copy.
    this.#frames.push({ opcode, payload: new Uint8Array(payload) });
    this.#length += this.#frameLength(payload);
  }

  #frameLength(payload: Uint8Array): number {
    return headerLength(payload.length, this.#keys !== undefined) + payload.length;
  }
}
