/** The messages of one priority that wait to leave, in the order in which they were sent. */
import { ByteWriter } from "../bytes/byte-writer.ts";
import { Queue } from "../bytes/queue.ts";
import { writeUnmaskedHeader } from "../frame/frame-encoder.ts";
import { finBit, headerLength, length16, length64, lengthBits, maskBit } from "../frame/header.ts";
import { binary } from "../frame/opcode.ts";
import { PendingMessage } from "./pending-message.ts";

const none: readonly number[] = [];

/** A queue of short messages, which are encoded already, and of pending ones. */
export class Lane {
  /** Greater is more urgent. */
  readonly priority: number;
  /** Where it stands among the lanes of other priorities; theirs to say. */
  place = 0;
  /** Short messages are encoded to here; what is in it comes after everything in `#queue`. */
  readonly writer: ByteWriter = new ByteWriter();

  /** The overhead of it that `Lanes` has counted. */
  countedOverhead = 0;

  /** Which chunks of `writer` are whole payloads by reference, each behind its header. */
  #whole: number[] | undefined;
  /** Pending messages, and chunks that hold whole frames of whole messages. Most lanes never need it. */
  #queue: Queue<Uint8Array | PendingMessage> | undefined;
  /** How many chunks are in it, and the bytes of memory that they take beside their own. */
  #chunks = 0;
  #chunkOverhead = 0;
  #messageOverhead = 0;

  constructor(priority: number) {
    this.priority = priority;
  }

  get isEmpty(): boolean {
    return this.isRun && this.writer.isEmpty;
  }

  /** Bytes of memory that pending messages take beside those of their payload. */
  get messageOverhead(): number {
    return this.#messageOverhead;
  }

  /** Bytes of memory that everything takes beside the bytes that will leave. */
  get overhead(): number {
    return this.#messageOverhead + this.#chunkOverhead + this.writer.overhead;
  }

  /** Whether nothing but encoded short messages wait. */
  get isRun(): boolean {
    return this.#queue === undefined || this.#queue.length === 0;
  }

  /** Whether something can leave now: a message that is being streamed may have nothing to give yet. */
  get isReady(): boolean {
    const item = this.#queue?.first;
    if (item === undefined) return !this.writer.isEmpty;
    return !(item instanceof PendingMessage) || item.ready;
  }

  /**
   * Queues a binary message of a server as one frame: `payload`, longer than what is copied, by reference. Nearly always
   * all that waits leaves at once, and then nothing was made for it but a header; otherwise it becomes a pending message,
   * which can be cut and overtaken.
   */
  appendWhole(payload: Uint8Array): void {
    writeUnmaskedHeader(this.writer, finBit | binary, payload.length);
    this.#whole ??= [];
    this.#whole.push(this.writer.appendReference(payload));
  }

  /** Everything, if nothing but encoded messages wait. */
  takeAll(): readonly Uint8Array[] {
    this.#whole = undefined;
    return this.writer.take();
  }

  /** Queues a message behind everything that waits. */
  push(message: PendingMessage): void {
    this.#pushPending(this.#sealRun(), message);
  }

  /** What leaves first: a message that is pending, or a run of encoded ones. Only while the lane is not empty. */
  first(): PendingMessage | "run" {
    const item = this.#sealed().first;
    return item instanceof PendingMessage ? item : "run";
  }

  /** Removes the pending message that is first. */
  dropFirst(): void {
    this.#forget(this.#sealed().take() as PendingMessage);
  }

  /** Moves whole frames of the run that is first to `output`, at least one and about `room` bytes; answers the bytes. */
  takeRun(room: number, output: ByteWriter): number {
    const queue = this.#sealed();
    let taken = 0;
    for (let chunk = queue.first; chunk instanceof Uint8Array && taken < room; chunk = queue.first) {
      const cut = taken + chunk.length <= room ? chunk.length : frameBoundary(chunk, room - taken);
      taken += cut;
      if (cut === chunk.length) {
        output.appendReference(chunk);
        queue.take();
        this.#chunkOverhead -= Math.floor(this.#chunkOverhead / this.#chunks--);
      } else {
        output.appendReference(chunk.subarray(0, cut));
        queue.replaceFirst(chunk.subarray(cut));
      }
    }
    return taken;
  }

  /** Drops the messages that have not been given whole; answers the bytes of them. */
  dropUnended(): number {
    let dropped = 0;
    this.#queue?.remove((item) => {
      const unended = item instanceof PendingMessage && !item.ended;
      if (unended) {
        dropped += item.length;
        this.#forget(item);
      }
      return unended;
    });
    return dropped;
  }

  /** Drops everything; returns the bytes of payload. */
  clear(): number {
    const queue = this.#sealRun();
    let payload = 0;
    for (let item = queue.take(); item !== undefined; item = queue.take()) {
      payload += item instanceof PendingMessage ? item.length : payloadOf(item);
    }
    this.#chunks = 0;
    this.#chunkOverhead = 0;
    this.#messageOverhead = 0;
    return payload;
  }

  #pushPending(queue: Queue<Uint8Array | PendingMessage>, message: PendingMessage): void {
    message.countedOverhead = message.overhead;
    this.#messageOverhead += message.countedOverhead;
    queue.push(message);
  }

  #forget({ countedOverhead }: PendingMessage): void {
    this.#messageOverhead -= countedOverhead;
  }

  /** The queue, with the encoded messages in it if there is nothing before them. */
  #sealed(): Queue<Uint8Array | PendingMessage> {
    return this.#queue === undefined || this.#queue.length === 0 ? this.#sealRun() : this.#queue;
  }

  #sealRun(): Queue<Uint8Array | PendingMessage> {
    this.#queue ??= new Queue();
    const queue = this.#queue;
    const whole = this.#whole ?? none;
    this.#chunkOverhead += this.writer.overhead;
    const chunks = this.takeAll();
    let next = 0;
    for (const [index, chunk] of chunks.entries()) {
      if (index === whole[next]) {
        this.#pushPending(queue, pendingBinary(chunk));
        next++;
      } else {
        // The header of a payload by reference is written anew when it leaves.
        const header = index + 1 === whole[next] ? headerLength(chunks[index + 1]!.length, false) : 0;
        if (header < chunk.length) {
          queue.push(chunk.subarray(0, chunk.length - header));
          this.#chunks++;
        }
      }
    }
    if (this.#chunks === 0) this.#chunkOverhead = 0;
    return queue;
  }
}

function pendingBinary(payload: Uint8Array): PendingMessage {
  const message = new PendingMessage("binary", undefined);
  message.appendReference(payload);
  message.end();
  return message;
}

// The frames of a chunk are ours, whole and well-formed.

/** The end of the first frame of `chunk` that ends at `room` or after it, where `room` is less than its length. */
function frameBoundary(chunk: Uint8Array, room: number): number {
  let at = 0;
  while (at < room) at += frameLength(chunk, at);
  return at;
}

/** Bytes of payload in all frames of `chunk`. */
function payloadOf(chunk: Uint8Array): number {
  let payload = 0;
  for (let at = 0; at < chunk.length; at += frameLength(chunk, at)) payload += payloadLength(chunk, at);
  return payload;
}

function frameLength(chunk: Uint8Array, at: number): number {
  const length = payloadLength(chunk, at);
  return headerLength(length, isMasked(chunk, at)) + length;
}

function payloadLength(chunk: Uint8Array, at: number): number {
  const length = chunk[at + 1]! & lengthBits;
  // So long a frame went by reference, and is alone in its chunk.
  if (length === length64) return chunk.length - headerLength(chunk.length, isMasked(chunk, at));
  return length === length16 ? (chunk[at + 2]! << 8) | chunk[at + 3]! : length;
}

function isMasked(chunk: Uint8Array, at: number): boolean {
  return (chunk[at + 1]! & maskBit) !== 0;
}
