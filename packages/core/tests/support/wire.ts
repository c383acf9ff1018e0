/** Frames on the wire, written and read without the code under test where that matters. */
import { encodeFrame } from "../../src/frame/encode-frame.ts";
import type { Role } from "../../src/vocabulary/terms.ts";
import { concat, utf8 } from "./bytes.ts";

const opcode = { continuation: 0x0, text: 0x1, binary: 0x2, close: 0x8, ping: 0x9, pong: 0xa } as const;

/** The masking key of test clients; its first byte is 0x12. */
export const testKey = 0x7856_3412;

/** A frame to write; text is sent as UTF-8, the opcode is a name or any number. */
export interface WrittenFrame {
  readonly opcode: keyof typeof opcode | number;
  readonly payload?: Uint8Array | string;
  readonly final?: boolean;
  readonly rsv?: number;
}

/** The frame as `sender` sends it: masked by a client, unmasked by a server. */
export function frame(sender: Role, written: WrittenFrame): Uint8Array {
  const { payload = "", final = true, rsv = 0 } = written;
  return encodeFrame({
    opcode: typeof written.opcode === "number" ? written.opcode : opcode[written.opcode],
    payload: typeof payload === "string" ? utf8(payload) : payload,
    final,
    rsv,
    maskingKey: sender === "client" ? testKey : undefined,
  });
}

/** Several frames, joined. */
export function frames(sender: Role, ...written: WrittenFrame[]): Uint8Array {
  return concat(written.map((each) => frame(sender, each)));
}

/** The payload of a Close frame. */
export function closeBody(statusCode: number, reason: string | Uint8Array = ""): Uint8Array {
  const tail = typeof reason === "string" ? utf8(reason) : reason;
  return concat([Uint8Array.of(statusCode >>> 8, statusCode & 0xff), tail]);
}

/** A frame read from the wire, unmasked. */
export interface ReadFrame {
  readonly opcode: number;
  readonly final: boolean;
  readonly rsv: number;
  /** The four bytes of the masking key, or undefined when the frame was not masked. */
  readonly key: Uint8Array | undefined;
  readonly payload: Uint8Array;
}

/** Every frame of `chunks`, parsed by RFC 6455 §5.2; throws when the last one is cut or a length is not minimal. */
export function readFrames(chunks: Iterable<Uint8Array>): ReadFrame[] {
  const wire = concat(chunks);
  const view = new DataView(wire.buffer);
  const found: ReadFrame[] = [];
  let at = 0;
  while (at < wire.length) {
    const first = view.getUint8(at);
    const second = view.getUint8(at + 1);
    at += 2;
    let length = second & 0x7f;
    if (length === 126) {
      length = view.getUint16(at);
      at += 2;
      if (length < 126) throw new Error("the length is not minimal");
    } else if (length === 127) {
      length = Number(view.getBigUint64(at));
      at += 8;
      if (length < 65_536) throw new Error("the length is not minimal");
    }
    const key = (second & 0x80) === 0 ? undefined : wire.slice(at, at + 4);
    if (key !== undefined) at += 4;
    if (at + length > wire.length) throw new Error("the last frame is cut");
    const payload = wire.slice(at, at + length);
    if (key !== undefined) {
      for (let index = 0; index < length; index++) payload[index] = (payload[index] ?? 0) ^ (key[index % 4] ?? 0);
    }
    found.push({ opcode: first & 0x0f, final: (first & 0x80) !== 0, rsv: first & 0x70, key, payload });
    at += length;
  }
  return found;
}

/** A readable form of frames: `["text FIN 5", "continuation 3"]`, with RSV bits as `rsv20` if any. */
export function outline(found: Iterable<ReadFrame>): string[] {
  const names = Object.entries(opcode);
  return [...found].map((each) => {
    const name = names.find(([, value]) => value === each.opcode)?.[0] ?? `opcode ${each.opcode}`;
    const rsv = each.rsv === 0 ? "" : ` rsv${each.rsv.toString(16)}`;
    return `${name}${each.final ? " FIN" : ""}${rsv} ${each.payload.length}`;
  });
}

/** The status code of a Close frame's payload, or undefined when it is empty. */
export function statusCodeOf(payload: Uint8Array): number | undefined {
  return payload.length === 0 ? undefined : ((payload[0] ?? 0) << 8) | (payload[1] ?? 0);
}
