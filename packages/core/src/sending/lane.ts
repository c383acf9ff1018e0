/** The pending messages of one priority, in the order in which they were sent. */
import { arrayCost, ByteWriter, smallestBlock } from "../bytes/byte-writer.ts";
import { Queue } from "../bytes/queue.ts";
import { scratchOf } from "../bytes/scratch.ts";
import { encodeText, maxUtf8Length } from "../bytes/text-encode.ts";
import { unmaskedFrame, unmaskedHeader, writeTextFrame, writeUnmaskedHeader } from "../frame/frame-encoder.ts";
import {
  binary,
  finBit,
  headerLength,
  length16,
  length64,
  lengthBits,
  maskBit,
  maxHeaderLength,
  text,
} from "../frame/header.ts";
import type { NativeFunctions } from "../vocabulary/native-functions.ts";
import type { MessageKind } from "../vocabulary/terms.ts";
import { Mark, markCost } from "./marks.ts";
import { PendingMessage } from "./pending-message.ts";

/** What waits in a lane. A mark is never the first. */
type Item = Uint8Array | PendingMessage | Mark;

const none: readonly number[] = [];

/** A queue of short messages, which are already encoded, and of pending messages. */
export class Lane {
  /** Greater is more urgent. */
  readonly priority: number;
  /** Index in the heap; maintained by `LaneHeap`. */
  place = 0;
  /** Short messages are encoded into this writer; its content comes after everything in `#queue`. */
  readonly writer: ByteWriter = new ByteWriter();

  /** The overhead of this lane as last counted by `Lanes`. */
  countedOverhead = 0;

  /** Indexes of the chunks of `writer` that are payloads of long binary messages, each after its header. */
  #binaries: number[] | undefined;
  /** Where the long texts are in the chunks of `writer`: for each the index of the chunk, and that of its frame in there. */
  #texts: number[] | undefined;
  /** Pending messages, chunks of whole frames of unfragmented messages, and marks. Most lanes never need it. */
  #queue: Queue<Item> | undefined;
  /** Number of chunks in the queue, and their overhead in bytes. */
  #chunks = 0;
  #chunkOverhead = 0;
  #messageOverhead = 0;

  constructor(priority: number) {
    this.priority = priority;
  }

  get isEmpty(): boolean {
    return this.isRun && this.writer.isEmpty;
  }

  /** Overhead of pending messages in bytes, excluding their payload. */
  get messageOverhead(): number {
    return this.#messageOverhead;
  }

  /** Overhead of everything in bytes, excluding the bytes to send. */
  get overhead(): number {
    return this.#messageOverhead + this.#chunkOverhead + this.writer.overhead;
  }

  /** Whether only encoded short messages are pending. */
  get isRun(): boolean {
    return this.#queue === undefined || this.#queue.length === 0;
  }

  /** Whether something can be sent now: a streamed message may have no payload yet. */
  get isReady(): boolean {
    const item = this.#queue?.first;
    if (item === undefined) return !this.writer.isEmpty;
    return !(item instanceof PendingMessage) || item.ready;
  }

  /**
   * Queues a server's binary message as one frame, with `payload` (longer than the copy limit) by reference. Usually all
   * pending output is taken at once, and then only a header was written; otherwise the message becomes a pending
   * message, which can be fragmented and overtaken.
   */
  appendBinary(payload: Uint8Array): void {
    const { writer } = this;
    if (writer.isEmpty) {
      // Often the only message of its turn. Its header needs no block, and `push` on an empty array would make room for 17.
      this.#binaries = [writer.appendFirst(unmaskedHeader(finBit | binary, payload.length), payload)];
      return;
    }
    writeUnmaskedHeader(writer, finBit | binary, payload.length);
    this.#binaries ??= [];
    this.#binaries.push(writer.appendReference(payload));
  }

  /**
   * Queues a server's long text as one frame, like `appendBinary`. Returns the length of its payload in bytes. Encodes it at
   * its final position if there is room for the longest payload that it may have. Otherwise, and if it `waits`, it gets an
   * array of its own length: it would hold three times as much, or a whole block of the pool.
   */
  appendLongText(data: string, native: NativeFunctions, waits: boolean): number {
    const { writer } = this;
    this.#texts ??= [];
    const most = maxUtf8Length(data);
    if (!waits && writer.hasRoom(maxHeaderLength + most)) {
      const { chunkCount, position } = writer;
      const length = writeTextFrame(writer, finBit | text, data, undefined, native);
      this.#texts.push(chunkCount, position);
      return length;
    }
    const encoded = scratchOf(most);
    const length = encodeText(data, encoded, 0, native);
    const frame = unmaskedFrame(finBit | text, encoded.subarray(0, length));
    this.#texts.push(writer.appendReference(frame), 0);
    return length;
  }

  /** Takes everything, if only encoded messages are pending. */
  takeAll(): readonly Uint8Array[] {
    this.#binaries = undefined;
    this.#texts = undefined;
    return this.writer.take();
  }

  /** Queues a message after everything pending. */
  push(message: PendingMessage): void {
    this.#pushPending(this.#sealRun(), message);
  }

  /** Puts a mark behind everything pending. The lane must not be empty. */
  mark(subject: object): void {
    this.#messageOverhead += markCost;
    this.#sealRun().push(new Mark(subject));
  }

  /** Moves the marks that nothing precedes any more to `to`. */
  takeMarks(to: object[]): void {
    const queue = this.#queue;
    for (let item = queue?.first; item instanceof Mark; item = queue?.first) {
      to.push(item.subject);
      queue?.take();
      this.#messageOverhead -= markCost;
    }
  }

  /** Returns what is sent next: a pending message, or a run of encoded ones. The lane must not be empty. */
  first(): PendingMessage | "run" {
    const item = this.#sealed().first;
    return item instanceof PendingMessage ? item : "run";
  }

  /** Removes the first item, which must be a pending message. */
  dropFirst(): void {
    this.#forget(this.#sealed().take() as PendingMessage);
  }

  /** Moves whole frames of the first run to `output`, at least one and about `room` bytes. Returns the bytes moved. */
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

  /** Drops the messages for which `isUnwanted` returns true, with their marks. Returns their bytes. */
  drop(isUnwanted: (message: PendingMessage) => boolean): number {
    let dropped = 0;
    let isDropping = false;
    this.#queue?.remove((item) => {
      if (item instanceof Mark) {
        // It goes with its message.
        if (isDropping) this.#messageOverhead -= markCost;
        return isDropping;
      }
      isDropping = item instanceof PendingMessage && isUnwanted(item);
      if (isDropping) {
        dropped += (item as PendingMessage).drop();
        this.#forget(item as PendingMessage);
      }
      return isDropping;
    });
    return dropped;
  }

  /** Drops everything. Returns the bytes of payload. */
  clear(): number {
    const queue = this.#sealRun();
    let payload = 0;
    for (let item = queue.take(); item !== undefined; item = queue.take()) {
      if (item instanceof PendingMessage) payload += item.drop();
      else if (item instanceof Uint8Array) payload += payloadOf(item);
    }
    this.#chunks = 0;
    this.#chunkOverhead = 0;
    this.#messageOverhead = 0;
    return payload;
  }

  #pushPending(queue: Queue<Item>, message: PendingMessage): void {
    message.countedOverhead = message.overhead;
    this.#messageOverhead += message.countedOverhead;
    queue.push(message);
  }

  #forget({ countedOverhead }: PendingMessage): void {
    this.#messageOverhead -= countedOverhead;
  }

  /** Returns the queue, after moving the encoded messages into it if nothing precedes them. */
  #sealed(): Queue<Item> {
    return this.#queue === undefined || this.#queue.length === 0 ? this.#sealRun() : this.#queue;
  }

  #sealRun(): Queue<Item> {
    this.#queue ??= new Queue();
    const queue = this.#queue;
    const binaries = this.#binaries ?? none;
    const texts = this.#texts ?? none;
    const chunks = this.takeAll();
    let next = 0;
    let nextText = 0;
    for (const [index, chunk] of chunks.entries()) {
      if (index === binaries[next]) {
        this.#pushPending(queue, pendingMessage("binary", chunk));
        next++;
        continue;
      }
      let start = 0;
      for (; texts[nextText] === index; nextText += 2) {
        const at = texts[nextText + 1]!;
        const end = at + frameLength(chunk, at);
        this.#pushRun(queue, chunk.subarray(start, at));
        const payload = chunk.subarray(end - payloadLength(chunk, at), end);
        // A text that must wait holds no more than its length: not the block that it was encoded in.
        const isAlone = end - at === chunk.buffer.byteLength;
        this.#pushPending(queue, pendingMessage("text", isAlone ? payload : payload.slice()));
        start = end;
      }
      // The header of a payload by reference is written again when the message is sent.
      const header = index + 1 === binaries[next] ? headerLength(chunks[index + 1]!.length, false) : 0;
      this.#pushRun(queue, chunk.subarray(start, chunk.length - header));
    }
    return queue;
  }

  /** Queues the frames of short messages. They are copied if they would keep alive a block of more than twice their length. */
  #pushRun(queue: Queue<Item>, frames: Uint8Array): void {
    const { length } = frames;
    if (length === 0) return;
    this.#chunks++;
    this.#chunkOverhead += arrayCost;
    // Reading the buffer of a short array would make V8 move it out of its heap.
    if (length <= smallestBlock || length * 2 < frames.buffer.byteLength) queue.push(frames.slice());
    else {
      this.#chunkOverhead += frames.buffer.byteLength - length;
      queue.push(frames);
    }
  }
}

function pendingMessage(kind: MessageKind, payload: Uint8Array): PendingMessage {
  const message = new PendingMessage(kind, undefined);
  message.appendReference(payload);
  message.end();
  return message;
}

// The frames of a chunk are our own, complete and well-formed.

/** Returns the end of the first frame of `chunk` that ends at or after `room`, which must be less than the chunk's length. */
function frameBoundary(chunk: Uint8Array, room: number): number {
  let at = 0;
  while (at < room) at += frameLength(chunk, at);
  return at;
}

/** Returns the bytes of payload in all frames of `chunk`. */
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
  // A frame this long was appended by reference, so it is alone in its chunk.
  if (length === length64) return chunk.length - headerLength(chunk.length, isMasked(chunk, at));
  return length === length16 ? (chunk[at + 2]! << 8) | chunk[at + 3]! : length;
}

function isMasked(chunk: Uint8Array, at: number): boolean {
  return (chunk[at + 1]! & maskBit) !== 0;
}
