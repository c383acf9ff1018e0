/**
 * An echo server written for these tests from the text of RFC 6455, without our code except the opening handshake. It has a
 * switch for each rule: the cases must detect every rule that it does not observe.
 */

import type { InProcessSubject, SubjectEvent } from "@hybi/conformance";
import { ServerHandshake } from "@hybi/core/opening";

/** The rules that it may break. */
export type Defect =
  | "ignores-reserved-bits"
  | "ignores-reserved-opcodes"
  | "ignores-masking"
  | "ignores-pings"
  | "answers-pings-without-payload"
  | "takes-long-control-frames"
  | "takes-fragmented-control-frames"
  | "takes-stray-continuations"
  | "takes-interleaved-messages"
  | "ignores-utf8"
  | "checks-utf8-at-the-end"
  | "strips-byte-order-mark"
  | "takes-any-status-code"
  | "takes-half-a-status-code"
  | "ignores-reason"
  | "reads-on-after-close"
  | "never-answers-close"
  | "fails-without-close-frame"
  | "fails-with-1000"
  | "takes-long-lengths"
  | "masks-its-frames"
  | "mixes-up-types"
  | "restarts-mask-late";

type Opcode = 0 | 1 | 2 | 8 | 9 | 10;

export class NaiveServer implements InProcessSubject {
  state = "opening";
  transportAction: "keep" | "end" = "keep";
  readonly #defects: ReadonlySet<Defect>;
  readonly #handshake = new ServerHandshake();
  #input: number[] = [];
  #output: Uint8Array[] = [];
  #message: { opcode: number; bytes: number[] } | undefined;
  #maskAt = 0;

  constructor(...defects: Defect[]) {
    this.#defects = new Set(defects);
  }

  receive(chunk: Uint8Array): readonly SubjectEvent[] {
    if (this.state === "opening") return this.#handshake.receive(chunk);
    for (const byte of chunk) this.#input.push(byte);
    return this.#readFrames();
  }

  accept(): readonly SubjectEvent[] {
    const [event] = this.#handshake.accept();
    this.state = "open";
    return event?.type === "open" ? this.receive(event.rest) : [];
  }

  receiveEnd(): void {
    this.transportAction = "end";
  }

  takeOutput(): readonly Uint8Array[] {
    if (this.state === "opening") this.transportAction = this.#handshake.transportAction;
    return [...this.#handshake.takeOutput(), ...this.#output.splice(0)];
  }

  sendText(data: string): void {
    this.#write(this.#has("mixes-up-types") ? 2 : 1, new TextEncoder().encode(data));
  }

  sendBinary(data: Uint8Array): void {
    this.#write(2, data);
  }

  #has(defect: Defect): boolean {
    return this.#defects.has(defect);
  }

  #readFrames(): SubjectEvent[] {
    const events: SubjectEvent[] = [];
    while (this.state === "open" || (this.state === "closed" && this.#has("reads-on-after-close"))) {
      const before = this.#input.length;
      events.push(...this.#readFrame());
      if (this.#input.length === before) break;
    }
    return events;
  }

  #readFrame(): SubjectEvent[] {
    const [first, second] = this.#input;
    if (first === undefined) return [];
    const fin = (first & 0x80) !== 0;
    const opcode = first & 0x0f;
    const isControl = opcode >= 8;
    if ((first & 0x70) !== 0 && !this.#has("ignores-reserved-bits")) return this.#fail(1002);
    if (![0, 1, 2, 8, 9, 10].includes(opcode) && !this.#has("ignores-reserved-opcodes")) return this.#fail(1002);
    if (isControl && !fin && !this.#has("takes-fragmented-control-frames")) return this.#fail(1002);
    if (opcode === 0 && this.#message === undefined && !this.#has("takes-stray-continuations")) return this.#fail(1002);
    if ((opcode === 1 || opcode === 2) && this.#message !== undefined) {
      if (!this.#has("takes-interleaved-messages")) return this.#fail(1002);
    }
    if (second === undefined) return [];
    const isMasked = (second & 0x80) !== 0;
    if (!isMasked && !this.#has("ignores-masking")) return this.#fail(1002);
    const short = second & 0x7f;
    if (isControl && short > 125 && !this.#has("takes-long-control-frames")) return this.#fail(1002);
    const extended = short === 126 ? 2 : short === 127 ? 8 : 0;
    if (this.#input.length < 2 + extended) return [];
    const length =
      extended === 0 ? short : this.#input.slice(2, 2 + extended).reduce((sum, byte) => sum * 256 + byte, 0);
    if (extended === 8 && (this.#input[2] ?? 0) >= 0x80) return this.#fail(1002);
    if (length < (extended === 8 ? 65_536 : extended === 2 ? 126 : 0) && !this.#has("takes-long-lengths")) {
      return this.#fail(1002);
    }
    if (length > 20_000_000) return this.#fail(1009);
    const start = 2 + extended + (isMasked ? 4 : 0);
    if (this.#input.length < start) return [];
    const key = isMasked ? this.#input.slice(start - 4, start) : [0, 0, 0, 0];
    const available = this.#input.slice(start, start + length);
    if (available.length < length) return this.#peek(opcode, fin, available, key);
    this.#input = this.#input.slice(start + length);
    const maskAt = this.#has("restarts-mask-late") ? this.#maskAt : 0;
    this.#maskAt += length;
    const payload = available.map((byte, index) => byte ^ (key[(index + maskAt) % 4] ?? 0));
    return isControl ? this.#control(opcode, payload) : this.#data(opcode, fin, payload);
  }

  /** Text is validated before its frame is complete. */
  #peek(opcode: number, _fin: boolean, masked: number[], key: number[]): SubjectEvent[] {
    const kind = opcode === 0 ? this.#message?.opcode : opcode;
    if (kind !== 1 || this.#has("checks-utf8-at-the-end") || this.#has("ignores-utf8")) return [];
    const bytes = masked.map((byte, index) => byte ^ (key[index % 4] ?? 0));
    return isUtf8([...(this.#message?.bytes ?? []), ...bytes], "beginning") ? [] : this.#fail(1007);
  }

  #data(opcode: number, fin: boolean, payload: number[]): SubjectEvent[] {
    if (opcode !== 0 || this.#message === undefined) this.#message = { opcode: opcode === 0 ? 1 : opcode, bytes: [] };
    const message = this.#message;
    // One by one, because an array of 100,000 arguments is too long for a call.
    for (const byte of payload) message.bytes.push(byte);
    const isText = message.opcode === 1;
    const checksNow = fin || !this.#has("checks-utf8-at-the-end");
    if (isText && checksNow && !this.#has("ignores-utf8")) {
      if (!isUtf8(message.bytes, fin ? "whole" : "beginning")) return this.#fail(1007);
    }
    if (!fin) return [];
    this.#message = undefined;
    const bytes = Uint8Array.from(message.bytes);
    if (!isText) return [{ type: "binary", data: bytes }];
    const ignoreBOM = !this.#has("strips-byte-order-mark");
    return [{ type: "text", data: new TextDecoder("utf-8", { ignoreBOM }).decode(bytes) }];
  }

  #control(opcode: number, payload: number[]): SubjectEvent[] {
    if (opcode === 9 && !this.#has("ignores-pings")) {
      this.#write(10, Uint8Array.from(this.#has("answers-pings-without-payload") ? [] : payload));
    }
    if (opcode !== 8) return [];
    if (this.state === "closed") return [];
    if (payload.length === 1 && !this.#has("takes-half-a-status-code")) return this.#fail(1002);
    const code = payload.length < 2 ? undefined : (payload[0] ?? 0) * 256 + (payload[1] ?? 0);
    if (code !== undefined && !isLegal(code) && !this.#has("takes-any-status-code")) return this.#fail(1002);
    if (!isUtf8(payload.slice(2), "whole") && !this.#has("ignores-reason")) return this.#fail(1007);
    if (this.#has("never-answers-close")) return [];
    // Do not echo what it would be wrong to send.
    this.#write(8, Uint8Array.from(code === undefined ? [] : isLegal(code) ? payload.slice(0, 2) : [0x03, 0xe8]));
    this.state = "closed";
    this.transportAction = "end";
    return [];
  }

  #fail(statusCode: number): SubjectEvent[] {
    const code = this.#has("fails-with-1000") ? 1000 : statusCode;
    if (!this.#has("fails-without-close-frame")) this.#write(8, Uint8Array.of(code >> 8, code & 0xff));
    this.#input = [];
    this.state = "failed";
    this.transportAction = "end";
    return [];
  }

  #write(opcode: Opcode, payload: Uint8Array): void {
    const { length } = payload;
    const mask = this.#has("masks-its-frames") ? 0x80 : 0;
    const lengthBytes =
      length < 126
        ? [length]
        : length < 65_536
          ? [126, length >> 8, length & 0xff]
          : [127, 0, 0, 0, 0, length >>> 24, (length >> 16) & 0xff, (length >> 8) & 0xff, length & 0xff];
    lengthBytes[0] = (lengthBytes[0] ?? 0) | mask;
    this.#output.push(Uint8Array.of(0x80 | opcode, ...lengthBytes, ...(mask === 0 ? [] : [0, 0, 0, 0])), payload);
  }
}

function isLegal(code: number): boolean {
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}

/** Validates UTF-8 (RFC 3629 §4) with the decoder of the platform. */
function isUtf8(bytes: readonly number[], what: "whole" | "beginning"): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.from(bytes), { stream: what === "beginning" });
    return true;
  } catch {
    return false;
  }
}
