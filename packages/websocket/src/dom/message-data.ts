/** The data of messages (WHATWG WebSockets §3.1): what `send` accepts, and what a message event carries. */
import { UsageError } from "@hybi/core";
import { notSupported } from "./dom-exception.ts";
import { canMakeBlobs, isBlob } from "./platform-classes.ts";

/**
 * How binary messages are delivered to the application. `"bytes"`, an extension of the standard, is a Uint8Array, without a
 * copy: a view of the bytes as they arrived. They belong to the application, which may keep and modify them. Their `buffer` may
 * contain other messages and is not to be transferred: what is behind the message would be lost, and the connection fail with 1002
 * as if the peer had broken the protocol. A view keeps all of it in memory, so a message that is less than half of
 * a chunk of more than 64 KiB is a copy.
 */
export type BinaryType = "blob" | "arraybuffer" | "bytes";

/**
 * How text messages are delivered, an extension of the standard. `"bytes"` is a Uint8Array as with `binaryType` "bytes", which is valid
 * UTF-8 (RFC 6455 §8.1) and was not decoded: for who passes it on, or parses bytes. `kind` of a message event then says which
 * messages are text.
 */
export type TextType = "string" | "bytes";

/** Both types of a socket. */
export interface MessageTypes {
  readonly binary: BinaryType;
  readonly text: TextType;
}

/** There are six, which all sockets share. */
const allTypes: readonly MessageTypes[] = /* @__PURE__ */ (["blob", "arraybuffer", "bytes"] as const).flatMap(
  (binary) => (["string", "bytes"] as const).map((text) => Object.freeze({ binary, text })),
);

/** Returns both types as one value. */
export function messageTypes(binary: BinaryType, text: TextType): MessageTypes {
  return allTypes.find((types) => types.binary === binary && types.text === text)!;
}

/** Returns both types of options, or of `otherwise` where one was not given. @throws UsageError as `binaryTypeOf` */
export function typesOf(
  given: { readonly binaryType?: BinaryType | undefined; readonly textType?: TextType | undefined },
  otherwise: MessageTypes,
): MessageTypes {
  const { binaryType, textType } = given;
  if (binaryType === undefined && textType === undefined) return otherwise;
  return messageTypes(binaryTypeOf(binaryType, otherwise.binary), textType ?? otherwise.text);
}

/** Whether `value` is one of the types of text, exactly. */
export function isTextType(value: unknown): value is TextType {
  return value === "string" || value === "bytes";
}

/** The data of a message that has arrived. The form of a binary message depends on `binaryType`. */
export type MessageData = string | ArrayBuffer | Blob | Uint8Array<ArrayBuffer>;

/** Whether `value` is one of the binary types, exactly. */
export function isBinaryType(value: unknown): value is BinaryType {
  return value === "blob" || value === "arraybuffer" || value === "bytes";
}

/** Returns the option `binaryType`, or `otherwise` if it was not given. @throws UsageError `option/range` for an invalid one. */
export function binaryTypeOf(given: BinaryType | undefined, otherwise: BinaryType): BinaryType {
  if (given === undefined) return otherwise;
  if (isBinaryType(given)) return checkBlobs(given);
  const was = typeof (given as unknown) === "string" ? JSON.stringify(given) : `of type ${typeof given}`;
  throw new UsageError("option/range", `binaryType must be "blob", "arraybuffer" or "bytes", but is ${was}.`);
}

/** Returns the initial `binaryType` of a client's sockets: "blob" (WHATWG WebSockets §3.1), where the runtime has Blobs. */
export function defaultBinaryType(): BinaryType {
  return canMakeBlobs() ? "blob" : "arraybuffer";
}

/** Returns `type`. @throws DOMException NotSupportedError for "blob" where a Blob cannot be created from bytes */
export function checkBlobs(type: BinaryType): BinaryType {
  if (type === "blob" && !canMakeBlobs())
    throw notSupported('binaryType "blob" needs a Blob constructor that accepts bytes, which this runtime lacks.');
  return type;
}

/** What `send` accepts. Shared memory is an extension of the standard: its contents are copied when it is sent. */
export type Sendable = string | Blob | ArrayBufferLike | ArrayBufferView;

/** Returns `data` as a string, Blob or bytes. Does not copy bytes; converts any other value to a string, as for USVString. */
export function sendable(data: unknown): string | Blob | Uint8Array {
  if (typeof data === "string") return data;
  if (isPlainBytes(data)) return data;
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  // `instanceof` goes first: looking up the class name of other values costs as much as encoding a short message.
  if (data instanceof ArrayBuffer || isBuffer(data)) return new Uint8Array(data);
  if (isBlob(data)) return readable(data);
  // Web IDL: any other value is converted to a string; a Symbol throws a TypeError.
  return `${data as string}`;
}

/**
 * Whether `data` is a Uint8Array and no Buffer, which needs no other view. Reading the `buffer` of a short array would also move
 * its bytes out of V8's heap, which takes longer than sending them.
 */
function isPlainBytes(data: unknown): data is Uint8Array {
  return data instanceof Uint8Array && data.constructor === Uint8Array;
}

/** Like `sendable`, for streams, whose messages are `BufferSource or USVString`: shared or resizable memory is neither. */
export function writable(data: unknown): string | Uint8Array {
  const buffer: unknown = ArrayBuffer.isView(data) ? data.buffer : data;
  if (isBuffer(buffer) && (!isUnshared(buffer) || buffer.resizable === true)) {
    throw new TypeError("The bytes of a message must not be in shared or resizable memory: write a copy.");
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

/** Returns `blob`. @throws DOMException NotSupportedError where the platform's Blobs cannot be read, as in React Native */
function readable(blob: Blob): Blob {
  if (typeof blob.arrayBuffer === "function") return blob;
  throw notSupported("Sending a Blob needs Blob.arrayBuffer, which this runtime lacks: send its bytes.");
}

/** Compares the class name and not the class: the buffer may come from another realm. */
function isBuffer(data: unknown): data is ArrayBufferLike {
  const name = Object.prototype.toString.call(data);
  return name === "[object ArrayBuffer]" || name === "[object SharedArrayBuffer]";
}

/** Longest chunk, in bytes, that a view of less than half of it may keep in memory. */
const longestShared = 65_536;

/** Returns the binary message `bytes[start, end)` in the form that `type` selects. */
export function messageData(
  bytes: Uint8Array,
  start: number,
  end: number,
  type: BinaryType,
): Exclude<MessageData, string> {
  switch (type) {
    case "bytes": {
      // Bun reads up to 512 KiB at once, and the stream of an application may have longer chunks. Splitting those in the transport
      // would copy long messages too, and made those of 1 MB up to twice as slow. A chunk extends to the end of its buffer, whose own
      // length takes longer to read than this.
      const length = bytes.byteOffset + bytes.length;
      if (length > longestShared && (end - start) * 2 < length) return bytes.slice(start, end);
      // Short messages too: a copy takes longer, and several times as long if the application reads its `buffer`.
      return new Uint8Array(bytes.buffer as ArrayBuffer, bytes.byteOffset + start, end - start);
    }
    case "arraybuffer":
      return ownBuffer(bytes, start, end);
    case "blob":
      return new Blob([bytes.subarray(start, end) as Uint8Array<ArrayBuffer>]);
  }
}

/** Returns a message that was kept in a buffer of its own in the form that `type` selects. */
export function keptData(kept: ArrayBuffer, type: BinaryType): Exclude<MessageData, string> {
  if (type === "arraybuffer") return kept;
  if (type === "blob") return new Blob([kept]);
  // There is no view of a buffer that the application has transferred, after it also got it as an event.
  return kept.byteLength === 0 ? new Uint8Array(0) : new Uint8Array(kept);
}

/** Returns `bytes[start, end)` in an ArrayBuffer of its own, so that any typed array can be created on it. */
export function ownBuffer(bytes: Uint8Array, start: number, end: number): ArrayBuffer {
  const { buffer } = bytes;
  if (end - start === buffer.byteLength && buffer instanceof ArrayBuffer) return buffer;
  return bytes.slice(start, end).buffer as ArrayBuffer;
}

/** Returns the length of `text` as UTF-8, in bytes. A lone surrogate counts as the three bytes of U+FFFD. */
export function utf8Length(text: string): number {
  let length = text.length;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80) continue;
    length += unit < 0x800 ? 1 : 2;
    // A surrogate pair is four bytes, two for each of its chars.
    if (unit >= 0xd800 && unit <= 0xdbff && (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00) at++;
  }
  return length;
}

/** Returns the payload length of `message`, in bytes. */
export function payloadLength(message: string | Blob | Uint8Array): number {
  if (typeof message === "string") return utf8Length(message);
  return isBlob(message) ? message.size : message.length;
}
