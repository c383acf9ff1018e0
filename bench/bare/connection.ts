/**
 * The least program in plain Node that sends and receives WebSocket messages: the limit of what an implementation in JavaScript can
 * reach, and none to use. It hands over what a socket of ours does, a string for each text, a view or an ArrayBuffer for each binary
 * message, in an event of a subclass of the platform's Event, passed to one handler. What is sent in one read is written at once.
 *
 * It believes its peer and its application: it checks no frame, no text and no state, knows no fragments and no extension, keeps no
 * limit and no deadline, does not pause reading while output waits, and closes by ending the connection. Masking is that of core, so
 * that it is no part of the difference.
 */
import { randomFillSync } from "node:crypto";
import type { Socket } from "node:net";
import { mask, rotateKey } from "../subject.ts";

export type BareBinaryType = "bytes" | "arraybuffer";

export class BareMessageEvent extends Event {
  readonly data: string | Uint8Array | ArrayBuffer;

  constructor(data: string | Uint8Array | ArrayBuffer) {
    super("message");
    this.data = data;
  }
}

/** Methods of Buffer that the documented ones call after more checks of their arguments. */
interface Block extends Buffer {
  utf8Slice(start: number, end: number): string;
  utf8Write(text: string, at: number): number;
}

/** First bytes of frames, with FIN (RFC 6455 §5.2). */
const first = { text: 0x81, binary: 0x82, pong: 0x8a } as const;

/** A message whose payload has come in part. */
interface Begun {
  readonly opcode: number;
  readonly key: number;
  readonly payload: Buffer;
  length: number;
}

/**
 * Frames on their way out lie in one block, for all connections: `block[base, at)` is of `writer`, and `block[start, at)` has not been
 * passed to its socket yet. Bytes before `base` may still be waiting for a kernel whose buffers are full.
 */
const blockLength = 262_144;
let block = Buffer.allocUnsafeSlow(blockLength) as Block;
let base = 0;
let start = 0;
let at = 0;
let writer: BareConnection | undefined;
/** The connection whose read is being handled, at the end of which its output is written. */
let reader: BareConnection | undefined;
/** Longer payloads of a server are not copied to the block. */
const longestCopy = 4096;

const keys = new Int32Array(2048);
let nextKey = keys.length;

const connection = Symbol("connection");
type BareSocket = Socket & { [connection]?: BareConnection };

export class BareConnection {
  onmessage: (event: BareMessageEvent) => void = ignore;
  readonly socket: Socket;
  readonly #isClient: boolean;
  readonly #binaryType: BareBinaryType;
  #begun: Begun | undefined;
  /** A header that was cut between two reads. */
  #rest: Buffer | undefined;

  /** `socket` has exchanged the opening handshake. */
  constructor(socket: Socket, isClient: boolean, binaryType: BareBinaryType) {
    this.socket = socket;
    this.#isClient = isClient;
    this.#binaryType = binaryType;
    (socket as BareSocket)[connection] = this;
    socket.on("data", onData);
  }

  send(data: string | Uint8Array | ArrayBuffer): void {
    this.#write();
    if (typeof data === "string") this.#text(data);
    else this.#frame(first.binary, data instanceof ArrayBuffer ? new Uint8Array(data) : data);
  }

  /** Writes `frame`, which may be shared by many connections. */
  sendFrame(frame: Uint8Array): void {
    if (writer === this) flush();
    this.socket.write(frame);
  }

  /** Handles a read, at the end of which its replies are written. */
  receive(chunk: Buffer): void {
    reader = this;
    this.read(chunk);
    reader = undefined;
    if (writer === this) flush();
  }

  /** Delivers the messages in `chunk`. The next steps of the ladder (bench/ladder) decode in its place. */
  protected read(chunk: Buffer): void {
    let bytes = chunk;
    if (this.#rest !== undefined) {
      bytes = Buffer.concat([this.#rest, chunk]);
      this.#rest = undefined;
    }
    const { length: end } = bytes;
    let frame = this.#begun === undefined ? 0 : this.#continue(this.#begun, bytes);
    while (frame < end) {
      const second = frame + 1 < end ? (bytes[frame + 1] as number) : 0;
      const short = second & 0x7f;
      const body = frame + 2 + (short < 126 ? 0 : short === 126 ? 2 : 8) + (second >>> 7) * 4;
      if (body > end || frame + 1 === end) {
        this.#rest = bytes.subarray(frame);
        break;
      }
      // Of a length of eight bytes, the lower four (RFC 6455 §5.2).
      const length =
        short < 126 ? short : short === 126 ? bytes.readUInt16BE(frame + 2) : bytes.readUInt32BE(frame + 6);
      const key = second < 0x80 ? 0 : bytes.readInt32LE(body - 4);
      const opcode = (bytes[frame] as number) & 0x0f;
      if (body + length > end) {
        this.#begin({ opcode, key, payload: Buffer.allocUnsafe(length), length: 0 }, bytes, body);
        break;
      }
      frame = body + length;
      if (key !== 0) mask(bytes, body, frame, key);
      this.deliver(opcode, bytes, body, frame);
    }
  }

  #begin(begun: Begun, bytes: Buffer, from: number): void {
    this.#begun = begun;
    this.#continue(begun, bytes, from);
  }

  /** Takes what `bytes` has of the payload; returns where the next frame begins. */
  #continue(begun: Begun, bytes: Buffer, from = 0): number {
    const { opcode, key, payload, length } = begun;
    const to = Math.min(bytes.length, from + payload.length - length);
    bytes.copy(payload, length, from, to);
    begun.length += to - from;
    if (key !== 0) mask(payload, length, begun.length, rotateKey(key, length));
    if (begun.length === payload.length) {
      this.#begun = undefined;
      this.deliver(opcode, payload, 0, payload.length);
    }
    return to;
  }

  protected deliver(opcode: number, bytes: Buffer, from: number, to: number): void {
    if (opcode === 1) this.onmessage(new BareMessageEvent((bytes as Block).utf8Slice(from, to)));
    else if (opcode === 2) this.onmessage(new BareMessageEvent(this.#binary(bytes, from, to)));
    else this.control(opcode, bytes.subarray(from, to));
  }

  protected control(opcode: number, payload: Uint8Array): void {
    if (opcode === 8) this.socket.end();
    else if (opcode === 9) {
      this.#write();
      this.#frame(first.pong, payload);
    }
  }

  #binary(bytes: Buffer, from: number, to: number): Uint8Array | ArrayBuffer {
    const view = new Uint8Array(bytes.buffer as ArrayBuffer, bytes.byteOffset + from, to - from);
    if (this.#binaryType === "bytes") return view;
    return view.length === view.buffer.byteLength ? view.buffer : new Uint8Array(view).buffer;
  }

  /** Becomes the writer. What it sends in its own read is written at the end of that, otherwise at the end of the job. */
  #write(): void {
    if (writer === this) return;
    flush();
    writer = this;
    if (reader !== this) queueMicrotask(flush);
  }

  #text(text: string): void {
    // A char is at most three bytes.
    reserve(this.socket, text.length * 3);
    const guessed = headerLength(text.length, this.#isClient);
    const length = block.utf8Write(text, at + guessed);
    const actual = headerLength(length, this.#isClient);
    if (actual !== guessed) block.copyWithin(at + actual, at + guessed, at + guessed + length);
    this.#finish(first.text, length, actual, length);
  }

  #frame(firstByte: number, bytes: Uint8Array): void {
    const { length } = bytes;
    const header = headerLength(length, this.#isClient);
    const isCopied = this.#isClient || length <= longestCopy;
    reserve(this.socket, isCopied ? length : 0);
    if (isCopied) block.set(bytes, at + header);
    this.#finish(firstByte, length, header, isCopied ? length : 0);
    if (isCopied) return;
    push(this.socket);
    this.socket.write(bytes);
  }

  /** Writes the header before the payload, of which `copied` bytes are in the block, and masks these. */
  #finish(firstByte: number, length: number, header: number, copied: number): void {
    const body = at + header;
    const masked = this.#isClient ? 0x80 : 0;
    block[at] = firstByte;
    if (length < 126) block[at + 1] = masked | length;
    else if (length < 65_536) {
      block[at + 1] = masked | 126;
      block.writeUInt16BE(length, at + 2);
    } else {
      block[at + 1] = masked | 127;
      block.writeUInt32BE(0, at + 2);
      block.writeUInt32BE(length, at + 6);
    }
    if (this.#isClient) {
      const key = randomKey();
      block.writeInt32LE(key, body - 4);
      mask(block, body, body + copied, key);
    }
    at = body + copied;
  }
}

function onData(this: Socket, chunk: Buffer): void {
  (this as BareSocket)[connection]?.receive(chunk);
}

/** Returns the frame of a short text, not masked. */
export function textFrame(text: string): Uint8Array {
  const payload = Buffer.from(text);
  if (payload.length < 126) return Buffer.concat([Buffer.of(first.text, payload.length), payload]);
  const header = Buffer.of(first.text, 126, payload.length >>> 8, payload.length & 0xff);
  return Buffer.concat([header, payload]);
}

function headerLength(length: number, isMasked: boolean): number {
  return (length < 126 ? 2 : length < 65_536 ? 4 : 10) + (isMasked ? 4 : 0);
}

/** Makes room for a header and `length` bytes of `socket`, in a new block if need be. */
function reserve(socket: Socket, length: number): void {
  if (at + length + 14 <= block.length) return;
  if (at > start) push(socket);
  block = Buffer.allocUnsafeSlow(Math.max(blockLength, length + 14)) as Block;
  base = start = at = 0;
}

/** Passes what is in the block to `socket`, which keeps it until `flush`. */
function push(socket: Socket): void {
  if (socket.writableCorked === 0) socket.cork();
  socket.write(block.subarray(start, at));
  start = at;
}

function flush(): void {
  if (writer === undefined) return;
  const { socket } = writer;
  writer = undefined;
  if (at > start) socket.write(block.subarray(start, at));
  if (socket.writableCorked > 0) socket.uncork();
  // What the kernel has taken at once makes room for the next.
  if (socket.writableLength === 0) at = base;
  else base = at;
  start = at;
}

function randomKey(): number {
  if (nextKey === keys.length) {
    randomFillSync(keys);
    nextKey = 0;
  }
  return keys[nextKey++] as number;
}

function ignore(): void {}
