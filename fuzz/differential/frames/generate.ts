/**
 * Generates streams as a peer may send them: complete and fragmented messages, control frames in between, a Close frame;
 * legal, or with a wrong header, text that is not UTF-8, or bytes that are changed, missing or repeated; and cut anywhere.
 */
import { Random } from "../../random.ts";
import { endsOfChunks, mutate } from "../mutations.ts";
import type { Stream } from "../stream.ts";
import type { StreamGenerator } from "../subject.ts";
import { type Conversation, compressedConversations } from "./compressed-messages.ts";
import { payloadLength, writeBinary, writeText } from "./payloads.ts";
import { type HeaderFault, headerFaults, StreamWriter } from "./stream-writer.ts";

const text = 0x1;
const binary = 0x2;
const close = 0x8;
const ping = 0x9;
const pong = 0xa;
const final = 0x80;
const compressed = 0x40;

const statusCodes = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999];
const otherStatusCodes = [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535];

/** First bytes of frames, and boundary values of lengths. */
const notableBytes = [0x00, 0x01, 0x7d, 0x7e, 0x7f, 0x80, 0x81, 0x82, 0x88, 0x89, 0x8a, 0xc1, 0xfe, 0xff];

/** Generates the streams of one seed. */
export class FramesGenerator implements StreamGenerator {
  readonly #seed: number;
  readonly #conversations: readonly Conversation[];
  readonly #scratch = new Uint8Array(1_048_576);
  readonly #message = new Uint8Array(70_000);

  // The stream being generated.
  #random = new Random(0);
  #writer = new StreamWriter("client", this.#random, this.#scratch);
  #faulty = false;

  constructor(seed: number) {
    this.#seed = seed;
    this.#conversations = compressedConversations(new Random(seed, -1));
  }

  /** Returns the stream with this index, independent of the streams generated before it. */
  stream(index: number): Stream {
    const random = new Random(this.#seed, index);
    const role = random.oneIn(2) ? "server" : "client";
    const deflate = random.oneIn(40);
    this.#random = random;
    this.#faulty = random.oneIn(2);
    this.#writer = new StreamWriter(role, random, this.#scratch);
    this.#frames(deflate ? random.of(this.#conversations) : []);
    const bytes = this.#mutate(this.#scratch.slice(0, this.#writer.length));
    return { role, deflate, bytes, ends: endsOfChunks(random, bytes.length) };
  }

  #frames(conversation: Conversation): void {
    const random = this.#random;
    const messages = conversation.values();
    // Short messages find as much as long ones, and cost less.
    for (let count = 1 + random.below(random.oneIn(6) ? 6 : 2); count > 0; count--) {
      const kind = random.below(20);
      if (kind < 4) this.#control();
      else if (kind === 4) this.#close();
      else {
        const message = random.oneIn(4) ? undefined : messages.next().value;
        if (message !== undefined) {
          this.#message.set(message.payload);
          this.#fragments((message.kind === "text" ? text : binary) | compressed, message.payload.length);
        } else this.#dataMessage();
      }
    }
    if (random.oneIn(3)) this.#close();
  }

  #dataMessage(): void {
    const random = this.#random;
    const length = payloadLength(random);
    if (random.oneIn(2)) {
      writeText(random, this.#message, 0, length, this.#faulty && random.oneIn(3));
      this.#fragments(text, length);
    } else {
      writeBinary(random, this.#message, 0, length);
      this.#fragments(binary, length);
    }
  }

  /** Writes the first `length` bytes of the message, complete or in fragments. */
  #fragments(firstByte: number, length: number): void {
    const random = this.#random;
    const fragments = random.oneIn(2) ? 1 : 1 + random.below(random.oneIn(12) ? 10 : 4);
    let sent = 0;
    for (let fragment = 1; fragment <= fragments; fragment++) {
      const isLast = fragment === fragments;
      const start = sent;
      const size = isLast ? length - sent : random.below(Math.min(length - sent + 1, 200));
      const first = (fragment === 1 ? firstByte : 0) | (isLast ? final : 0);
      this.#writer.frame(
        first,
        size,
        (bytes, at) => bytes.set(this.#message.subarray(start, start + size), at),
        this.#fault(),
      );
      sent += size;
      if (!isLast && random.oneIn(5)) this.#control();
    }
  }

  #control(): void {
    const random = this.#random;
    const length = random.oneIn(6) ? 120 + random.below(this.#faulty ? 10 : 6) : random.below(8);
    this.#writer.frame(
      final | (random.oneIn(3) ? pong : ping),
      length,
      (bytes, start, end) => writeBinary(random, bytes, start, end),
      this.#fault(),
    );
  }

  #close(): void {
    const random = this.#random;
    const kind = random.below(4);
    const statusCode = random.of(this.#faulty && random.oneIn(4) ? otherStatusCodes : statusCodes);
    const length = kind === 0 ? 0 : this.#faulty && random.oneIn(12) ? 1 : 2 + (kind === 1 ? 0 : random.below(124));
    this.#writer.frame(
      final | close,
      length,
      (bytes, start, end) => {
        writeText(random, bytes, start, end, this.#faulty && random.oneIn(6));
        bytes[start] = statusCode >>> 8;
        bytes[start + 1] = statusCode;
      },
      this.#fault(),
    );
  }

  #fault(): HeaderFault {
    return this.#faulty && this.#random.oneIn(8) ? this.#random.of(headerFaults) : undefined;
  }

  #mutate(original: Uint8Array): Uint8Array {
    const random = this.#random;
    let bytes = original;
    if (this.#faulty && random.oneIn(3)) {
      for (let count = 1 + random.below(3); count > 0; count--) bytes = mutate(random, bytes, notableBytes);
    }
    return random.oneIn(10) ? bytes.subarray(0, random.below(bytes.length + 1)) : bytes;
  }
}
