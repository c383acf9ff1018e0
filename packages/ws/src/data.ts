/** What `send`, `ping` and `pong` take, as bytes or text, and what is received, in the forms of `binaryType`. */
import { Buffer } from "node:buffer";

/** A message as it is received. Those of `@types/ws` leave a Blob out, and so does this, for programs that compile with them. */
export type ReceivedMessage = Buffer | ArrayBuffer | Buffer[];

/** A Blob, that of the runtime or the global one, whose types differ. */
interface BlobLike {
  readonly size: number;
  readonly type: string;
  arrayBuffer(): Promise<ArrayBuffer>;
  stream(): unknown;
}

/** What `send` takes: text, bytes, or what `Buffer.from` makes bytes of. */
export type MessageData =
  | string
  | number
  | ArrayBufferLike
  | ArrayBufferView
  | BlobLike
  | readonly unknown[]
  | { valueOf(): ArrayBufferLike | Uint8Array | readonly number[] | string }
  | { [Symbol.toPrimitive](hint: string): string };

/**
 * In what form binary messages are received; text is always a Buffer. `fragments` is a list with one Buffer: messages are joined as they
 * arrive.
 */
export type BinaryType = "nodebuffer" | "arraybuffer" | "fragments" | "blob";

const binaryTypes: readonly unknown[] = ["nodebuffer", "arraybuffer", "fragments", "blob"];

export function isBinaryType(type: unknown): type is BinaryType {
  return binaryTypes.includes(type);
}

/** The class whose instances Buffers are. `Buffer.from` over memory checks its arguments, which takes as long as making the view. */
const FastBuffer = (Buffer as unknown as { readonly [Symbol.species]: typeof Uint8Array })[
  Symbol.species
] as unknown as new (
  memory: ArrayBufferLike,
  offset: number,
  length: number,
) => Buffer;

/** Returns a Buffer over `bytes[start, end)` without a copy. */
export function bufferOver(bytes: Uint8Array, start: number, end: number): Buffer {
  return new FastBuffer(bytes.buffer, bytes.byteOffset + start, end - start);
}

/** Returns the memory of `data` alone, as an ArrayBuffer. */
function arrayBufferOf(data: Buffer): ArrayBuffer {
  if (data.byteLength === data.buffer.byteLength) return data.buffer as ArrayBuffer;
  return data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength) as ArrayBuffer;
}

/** Returns what was passed to be sent as text or as bytes: nothing is empty bytes, a number its digits, and the rest as `Buffer.from` takes it. */
export function payloadOf(data: unknown): string | Uint8Array {
  if (typeof data === "string" || data instanceof Uint8Array) return data;
  if (typeof data === "number") return String(data);
  if (data === undefined || data === null || data === false) return new Uint8Array(0);
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  return Buffer.from(data as never);
}

/** Returns payload as bytes. */
export function bytesOf(payload: string | Uint8Array): Uint8Array {
  return typeof payload === "string" ? Buffer.from(payload) : payload;
}

export function isBlob(data: unknown): data is Blob {
  // Mostly bytes. To look up what they lack takes longer than to send them.
  if (typeof data !== "object" || data === null || ArrayBuffer.isView(data)) return false;
  const { arrayBuffer, stream, type, [Symbol.toStringTag]: tag } = data as Record<PropertyKey, unknown>;
  if (typeof arrayBuffer !== "function" || typeof stream !== "function" || typeof type !== "string") return false;
  return tag === "Blob" || tag === "File";
}

/** Returns a binary message in the form of `type`. */
export function converted(data: Buffer, type: BinaryType): ReceivedMessage | Blob {
  if (type === "arraybuffer") return arrayBufferOf(data);
  if (type === "blob") return new Blob([data as Buffer<ArrayBuffer>]);
  return type === "fragments" ? [data] : data;
}

/** Returns a copy, which nobody else has. */
export function copyOf(bytes: Uint8Array): Uint8Array {
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  copy.set(bytes);
  return copy;
}
