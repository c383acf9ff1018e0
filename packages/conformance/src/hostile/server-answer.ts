/**
 * Finds a server's response to a hostile client in the bytes it sent: the status of the HTTP response, and of its Close
 * frame.
 */
import { opcodes } from "@hybi/core/frame";

const endOfHead = [0x0d, 0x0a, 0x0d, 0x0a] as const;
/** "HTTP/1.1 101". */
const statusEnd = 12;
/** Header of a server's frame, plus the status code of a Close frame. */
const longestHeader = 10;

export class ServerAnswer {
  /** The status code of the response. */
  status: number | undefined;
  /** The status code of the Close frame; 1005 if it has none. */
  closeCode: number | undefined;
  /** Whether the head of the response is complete. */
  isHeadComplete = false;

  #begin = "";
  /** How many bytes of the sequence that ends a head have matched. */
  #matched = 0;
  readonly #header = new Uint8Array(longestHeader);
  #headerLength = 0;
  /** Remaining bytes of the current payload. */
  #left = 0;
  /** Bytes received so far of the payload of a Close frame. */
  #close: number[] | undefined;

  get isOpen(): boolean {
    return this.isHeadComplete && this.status === 101;
  }

  receive(bytes: Uint8Array): void {
    let at = 0;
    for (; at < bytes.length && !this.isHeadComplete; at++) this.#receiveHead(bytes[at]!);
    if (this.isOpen) this.#receiveFrames(bytes, at);
  }

  #receiveHead(byte: number): void {
    if (this.#begin.length < statusEnd) {
      this.#begin += String.fromCharCode(byte);
      if (this.#begin.length === statusEnd) this.status = Number(this.#begin.slice(-3));
    }
    this.#matched = byte === endOfHead[this.#matched] ? this.#matched + 1 : byte === endOfHead[0] ? 1 : 0;
    this.isHeadComplete = this.#matched === endOfHead.length;
  }

  #receiveFrames(bytes: Uint8Array, at: number): void {
    while (at < bytes.length && this.closeCode === undefined) {
      if (this.#left > 0) {
        const step = Math.min(this.#left, bytes.length - at);
        if (this.#close !== undefined) this.#close.push(...bytes.subarray(at, at + Math.min(step, 2)));
        this.#left -= step;
        at += step;
        this.#concludeClose();
        continue;
      }
      this.#header[this.#headerLength++] = bytes[at++]!;
      if (this.#headerLength < 2 || this.#headerLength < headerLength(this.#header[1]!)) continue;
      this.#left = payloadLength(this.#header);
      if ((this.#header[0]! & 0x0f) === opcodes.close) this.#close = [];
      this.#headerLength = 0;
      this.#concludeClose();
    }
  }

  #concludeClose(): void {
    if (this.#close === undefined || (this.#left > 0 && this.#close.length < 2)) return;
    const [high, low] = this.#close;
    this.closeCode = high === undefined || low === undefined ? 1005 : high * 256 + low;
  }
}

function headerLength(secondByte: number): number {
  const length = secondByte & 0x7f;
  return length < 126 ? 2 : length === 126 ? 4 : 10;
}

function payloadLength(header: Uint8Array): number {
  const length = header[1]! & 0x7f;
  if (length < 126) return length;
  const view = new DataView(header.buffer);
  return length === 126 ? view.getUint16(2) : Number(view.getBigUint64(2));
}
