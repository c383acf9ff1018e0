/** The control frames that wait to leave: they go before everything else (RFC 6455 §5.4–5.5). */
import type { ByteWriter } from "../bytes/byte-writer.ts";
import { Queue } from "../bytes/queue.ts";
import type { RandomPool } from "../bytes/random-pool.ts";
import { writeFrame } from "../frame/frame-encoder.ts";
import { finBit, headerLength } from "../frame/header.ts";
import { ping, pong } from "../frame/opcode.ts";

interface PendingControl {
  readonly opcode: number;
  readonly payload: Uint8Array;
}

/**
 * Answers to Pings that wait at most, the oldest dropped first. RFC 6455 §5.5.3: only the most recent Ping needs one. But
 * peers count on an answer to each, to measure round trips or as Autobahn's case 2.10 does, and whether a few Pings come in
 * one chunk is chance. 16 of them are 2 KiB.
 */
const mostReplies = 16;

/** Bytes of memory that a frame takes that waits, beside its own. */
const frameCost = 208;

/** Pings and Pongs of the application's, in order, and the answers to the peer's most recent Pings. */
export class ControlQueue {
  readonly #keys: RandomPool | undefined;
  #frames: Queue<PendingControl> | undefined;
  /** The payloads of the Pongs that answer the peer. */
  readonly #replies = new Queue<Uint8Array>();
  #length = 0;
  #pingsQueued = 0;
  #pingsTaken = 0;

  /** `keys` are a client's masking keys. */
  constructor(keys: RandomPool | undefined) {
    this.#keys = keys;
  }

  get isEmpty(): boolean {
    return this.#frames === undefined && this.#replies.length === 0;
  }

  /** Bytes of the frames that wait. */
  get length(): number {
    return this.#length;
  }

  /** Bytes of memory that the frames take beside those of `length`. */
  get overhead(): number {
    return frameCost * (this.#replies.length + (this.#frames?.length ?? 0));
  }

  /** Ping frames queued so far, taken or not. */
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

  /** Answers a Ping; of more than `mostReplies` that were not taken, the most recent ones stay. */
  reply(payload: Uint8Array): void {
    if (this.#replies.length === mostReplies) this.#length -= this.#frameLength(this.#replies.take()!);
    this.#replies.push(payload);
    this.#length += this.#frameLength(payload);
  }

  /** Drops the answers to Pings: RFC 6455 §5.5.2 asks for none once a Close frame was received. */
  dropReplies(): void {
    while (this.#replies.length > 0) this.#length -= this.#frameLength(this.#replies.take()!);
  }

  /** Moves them to `output` while there is `room`; answers the bytes. */
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
    // The array is the application's, and what it does with it later must not change what we send. A copy, then, which
    // `slice` of a Node Buffer is not.
    this.#frames.push({ opcode, payload: new Uint8Array(payload) });
    this.#length += this.#frameLength(payload);
  }

  #frameLength(payload: Uint8Array): number {
    return headerLength(payload.length, this.#keys !== undefined) + payload.length;
  }
}
