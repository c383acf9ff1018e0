/** The data of messages, in and out (WHATWG WebSockets §3.1): what `send` takes, and what a message event carries. */
import { UsageError } from "@hybi/core";
import { notSupported } from "./dom-exception.ts";
import { canMakeBlobs, isBlob } from "./platform-classes.ts";

/** How binary messages are told. */
export type BinaryType = "blob" | "arraybuffer";

/** The option `binaryType`, or what it is when it was not given. @throws UsageError `option/range` for what is none. */
export function binaryTypeOf(given: BinaryType | undefined, otherwise: BinaryType): BinaryType {
  if (given === undefined) return otherwise;
  if (given === "blob" || given === "arraybuffer") return checkBlobs(given);
  const was = typeof given === "string" ? JSON.stringify(given) : `of type ${typeof given}`;
  throw new UsageError("option/range", `binaryType takes "blob" or "arraybuffer"; it was ${was}.`);
}

/** How a client's sockets begin (WHATWG WebSockets §3.1), where there are Blobs. */
export function defaultBinaryType(): BinaryType {
  return canMakeBlobs() ? "blob" : "arraybuffer";
}

/** @throws DOMException NotSupportedError for Blobs where bytes cannot be made one */
export function checkBlobs(type: BinaryType): BinaryType {
  if (type === "blob" && !canMakeBlobs())
    throw notSupported('binaryType "blob" needs a Blob that is made of bytes, which this runtime lacks.');
  return type;
}

/** What may be sent. Shared memory is an extension: what it contains when it is sent is copied. */
export type Sendable = string | Blob | ArrayBufferLike | ArrayBufferView;

/** `data` with everything that is no bytes made a string, as for USVString; the bytes are those of the application. */
export function sendable(data: unknown): string | Blob | Uint8Array {
  if (typeof data === "string") return data;
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  // The name that is looked up for others costs as much as encoding a short message.
  if (data instanceof ArrayBuffer || isBuffer(data)) return new Uint8Array(data);
  if (isBlob(data)) return readable(data);
  // Web IDL: what is none of the above is converted to a string; a Symbol cannot be, and throws a TypeError.
  return `${data as string}`;
}

/** As `sendable`, for streams, whose messages are `BufferSource or USVString`: memory that is shared or resizable is neither. */
export function writable(data: unknown): string | Uint8Array {
  const buffer: unknown = ArrayBuffer.isView(data) ? data.buffer : data;
  if (isBuffer(buffer) && (!isUnshared(buffer) || buffer.resizable === true)) {
    throw new TypeError("The bytes of a message must not be shared, nor resizable.");
  }
  const message = sendable(data);
  if (typeof message !== "string" && !(message instanceof Uint8Array)) {
    throw new TypeError("A Blob cannot be written: write its bytes.");
  }
  return message;
}

function isUnshared(buffer: ArrayBufferLike): buffer is ArrayBuffer & { readonly resizable?: boolean } {
  return Object.prototype.toString.call(buffer) === "[object ArrayBuffer]";
}

/** @throws DOMException NotSupportedError where the platform's Blobs cannot be read, as in React Native */
function readable(blob: Blob): Blob {
  if (typeof blob.arrayBuffer === "function") return blob;
  throw notSupported("Sending a Blob needs Blob.arrayBuffer, which this runtime lacks: send its bytes.");
}

/** By its name and not by its class: it may come from another realm. */
function isBuffer(data: unknown): data is ArrayBufferLike {
  const name = Object.prototype.toString.call(data);
  return name === "[object ArrayBuffer]" || name === "[object SharedArrayBuffer]";
}

/** `bytes[start, end)` in an ArrayBuffer of its own, so that any typed array can be made on it. */
export function ownBuffer(bytes: Uint8Array, start: number, end: number): ArrayBuffer {
  const { buffer } = bytes;
  if (end - start === buffer.byteLength && buffer instanceof ArrayBuffer) return buffer;
  return bytes.slice(start, end).buffer as ArrayBuffer;
}

/** Bytes of `text` as UTF-8, a lone surrogate as the three of U+FFFD. */
export function utf8Length(text: string): number {
  let length = text.length;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80) continue;
    length += unit < 0x800 ? 1 : 2;
    // A pair is four bytes, two for each of its chars.
    if (unit >= 0xd800 && unit <= 0xdbff && (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00) at++;
  }
  return length;
}

/** Bytes of payload that `message` will have. */
export function payloadLength(message: string | Blob | Uint8Array): number {
  if (typeof message === "string") return utf8Length(message);
  return isBlob(message) ? message.size : message.length;
}
