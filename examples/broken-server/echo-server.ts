/**
 * A handwritten WebSocket server, as one might write it in an afternoon: it reads frames, replies to Pings and Close frames,
 * and sends every message back. It handles connections after their opening handshake. It does not use hybi.
 *
 * It has one fault. `main.ts` finds it.
 */

export type EchoEvent =
  | { readonly type: "text"; readonly data: string }
  | { readonly type: "binary"; readonly data: Uint8Array }
  | { readonly type: "ping" | "pong"; readonly payload: Uint8Array }
  | { readonly type: "close"; readonly statusCode: number | undefined; readonly reason: string };

const opcodes = { continuation: 0x0, text: 0x1, binary: 0x2, close: 0x8, ping: 0x9, pong: 0xa };

export class EchoServer {
  #received = new Uint8Array(0);
  #output: Uint8Array[] = [];
  #opcode = opcodes.text;
  #fragments: Uint8Array[] = [];
  #closed = false;

  receive(chunk: Uint8Array): EchoEvent[] {
    this.#received = join([this.#received, chunk]);
    const events: EchoEvent[] = [];
    while (!this.#closed) {
      const frame = this.#takeFrame();
      if (frame === undefined) break;
      events.push(...this.#handle(frame.final, frame.opcode, frame.payload));
    }
    return events;
  }

  receiveEnd(): EchoEvent[] {
    return [];
  }

  takeOutput(): Uint8Array[] {
    return this.#output.splice(0);
  }

  /** Returns the first frame received, once it is complete. */
  #takeFrame(): { final: boolean; opcode: number; payload: Uint8Array } | undefined {
    const bytes = this.#received;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    if (bytes.length < 2) return undefined;
    let length = view.getUint8(1) & 0x7f;
    let at = 2;
    if (length === 126) {
      if (bytes.length < 4) return undefined;
      length = view.getUint16(2);
      at = 4;
    } else if (length === 127) {
      if (bytes.length < 10) return undefined;
      length = Number(view.getBigUint64(2));
      at = 10;
    }
    if (bytes.length < at + 4 + length) return undefined;
    const key = bytes.subarray(at, at + 4);
    const payload = bytes.slice(at + 4, at + 4 + length).map((byte, index) => byte ^ (key[index % 4] ?? 0));
    this.#received = bytes.slice(at + 4 + length);
    return { final: view.getUint8(0) >= 0x80, opcode: view.getUint8(0) & 0x0f, payload };
  }

  #handle(final: boolean, opcode: number, payload: Uint8Array): EchoEvent[] {
    // A continuation belongs to the message in progress.
    if (opcode !== opcodes.continuation) this.#opcode = opcode;
    switch (opcode) {
      case opcodes.ping:
        this.#send(opcodes.pong, payload);
        return [{ type: "ping", payload }];
      case opcodes.pong:
        return [{ type: "pong", payload }];
      case opcodes.close:
        this.#closed = true;
        this.#send(opcodes.close, payload.subarray(0, 2));
        return [closeEvent(payload)];
      default:
        this.#fragments.push(payload);
        return final ? [this.#endMessage()] : [];
    }
  }

  #endMessage(): EchoEvent {
    const data = join(this.#fragments.splice(0));
    this.#send(this.#opcode, data);
    return this.#opcode === opcodes.text ? { type: "text", data: decode(data) } : { type: "binary", data };
  }

  #send(opcode: number, payload: Uint8Array): void {
    const header = new DataView(new ArrayBuffer(payload.length < 126 ? 2 : payload.length < 65_536 ? 4 : 10));
    header.setUint8(0, 0x80 | opcode);
    header.setUint8(1, payload.length < 126 ? payload.length : payload.length < 65_536 ? 126 : 127);
    if (header.byteLength === 4) header.setUint16(2, payload.length);
    if (header.byteLength === 10) header.setBigUint64(2, BigInt(payload.length));
    this.#output.push(join([new Uint8Array(header.buffer), payload]));
  }
}

function closeEvent(payload: Uint8Array): EchoEvent {
  const [high, low] = payload;
  const statusCode = high === undefined || low === undefined ? undefined : high * 256 + low;
  return { type: "close", statusCode, reason: decode(payload.subarray(2)) };
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}

function join(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
