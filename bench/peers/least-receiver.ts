/**
 * The least that receiving binary messages takes in JavaScript: no checks, no states, no limits, and memory for a message as soon as
 * its header says how much. What remains is to find the headers, to copy what is in pieces into fresh memory, and to unmask.
 * It takes chunks that begin where their buffers do. A measure for what a decoder could save: see `bench/micro/joining.ts`.
 */
import type { Ledger } from "../ledger.ts";
import { mask } from "../subject.ts";
import type { Receive, Role } from "./receivers.ts";

const slabSize = 8192;
const longestCarved = 2048;

/** With `asEvents`, each message is an object with a view, in an array for each chunk, as `receive` answers. */
export function leastReceiver(role: Role, ledger: Ledger, asEvents: boolean): Receive {
  const keyBytes = role === "server" ? 4 : 0;
  const header = new Uint8Array(14);
  let headerBytes = 0;
  let key = 0;
  let message = header;
  let filled = 0;
  let slab = new ArrayBuffer(slabSize);
  let used = 0;

  const allocate = (length: number): Uint8Array<ArrayBuffer> => {
    if (length > longestCarved) return new Uint8Array(length);
    if (used + length > slabSize) {
      slab = new ArrayBuffer(slabSize);
      used = 0;
    }
    used += length;
    return new Uint8Array(slab, used - length, length);
  };

  let events: { readonly type: "binary"; readonly data: Uint8Array }[] = [];
  const deliver = (bytes: Uint8Array, start: number, length: number): void => {
    if (!asEvents) ledger.binary(bytes, start, start + length);
    else {
      const data = length === bytes.length ? bytes : new Uint8Array(bytes.buffer, start, length);
      events.push({ type: "binary", data });
    }
  };

  const decode = (chunk: Uint8Array): void => {
    const end = chunk.length;
    const { buffer } = chunk;
    let at = 0;
    while (at < end) {
      if (filled < message.length && message !== header) {
        const step = Math.min(end - at, message.length - filled);
        message.set(step === end ? chunk : new Uint8Array(buffer, at, step), filled);
        filled += step;
        at += step;
        if (filled < message.length) return;
        if (keyBytes > 0) mask(message, 0, filled, key);
        deliver(message, 0, filled);
        message = header;
        continue;
      }
      header[headerBytes++] = chunk[at++] as number;
      if (headerBytes < 2) continue;
      const short = (header[1] as number) & 127;
      const lengthBytes = short < 126 ? 0 : short === 126 ? 2 : 8;
      if (headerBytes < 2 + lengthBytes + keyBytes) continue;
      let length = short;
      if (lengthBytes > 0) length = 0;
      for (let index = 0; index < lengthBytes; index++) length = length * 256 + (header[2 + index] as number);
      for (let index = 0; index < keyBytes; index++)
        key = (key >>> 8) | ((header[2 + lengthBytes + index] as number) << 24);
      headerBytes = 0;
      if (length <= end - at) {
        if (keyBytes > 0) mask(chunk, at, at + length, key);
        deliver(chunk, at, length);
        at += length;
      } else {
        message = allocate(length);
        filled = 0;
      }
    }
  };
  if (!asEvents) return decode;
  return (chunk) => {
    events = [];
    decode(chunk);
    for (const { data } of events) ledger.binary(data, 0, data.length);
  };
}
