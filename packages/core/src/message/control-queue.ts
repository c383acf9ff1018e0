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

/** Pings and Pongs of the application's, in order, and the answer to the peer's most recent Ping. */
export class ControlQueue {
  readonly #keys: RandomPool | undefined;
  #frames: Queue<PendingControl> | undefined;
  /** RFC 6455 §5.5.3: of several unanswered Pings only the most recent needs a Pong. */
  #reply: Uint8Array | undefined;
  #length = 0;
  #pingsQueued = 0;
  #pingsTaken = 0;

  /** `keys` are a client's masking keys. */
  constructor(keys: RandomPool | undefined) {
    this.#keys = keys;
  }

  get isEmpty(): boolean {
    return this.#frames === undefined && this.#reply === undefined;
  }

  /** Bytes of the frames that wait. */
  get length(): number {
    return this.#length;
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

  /** Answers a Ping, in place of the answer to an earlier one if that has not been taken. */
  reply(payload: Uint8Array): void {
    this.dropReply();
    this.#reply = payload;
    this.#length += this.#frameLength(payload);
  }

  /** Drops the answer to a Ping: RFC 6455 §5.5.2 asks for none once a Close frame was received. */
  dropReply(): void {
    if (this.#reply === undefined) return;
    this.#length -= this.#frameLength(this.#reply);
    this.#reply = undefined;
  }

  /** Moves them to `output` while there is `room`; answers the bytes. */
  take(output: ByteWriter, room: number): number {
    let taken = 0;
    for (let frame = this.#frames?.first; frame !== undefined && taken < room; frame = this.#frames?.first) {
      if (frame.opcode === ping) this.#pingsTaken++;
      taken += writeFrame(output, finBit | frame.opcode, frame.payload, this.#keys);
      this.#frames?.shift();
    }
    if (this.#frames?.length === 0) this.#frames = undefined;
    if (this.#reply !== undefined && taken < room) {
      taken += writeFrame(output, finBit | pong, this.#reply, this.#keys);
      this.#reply = undefined;
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
