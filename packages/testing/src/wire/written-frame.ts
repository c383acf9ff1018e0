/** Frames as a test writes them: an opcode by name, a payload as text, masked as the role of the sender requires. */
import type { Role } from "@hybi/core";
import { encodeFrame } from "@hybi/core/frame";
import { concatBytes, utf8Bytes } from "../bytes/bytes.ts";
import type { ReadFrame } from "./read-frames.ts";

/** RFC 6455 §11.8, written out so that a mistake in the table of core is noticed. */
const opcodes = { continuation: 0x0, text: 0x1, binary: 0x2, close: 0x8, ping: 0x9, pong: 0xa } as const;

/** The masking key of `frameFrom("client", …)`; its first byte on the wire is 0x12. */
export const sampleMaskingKey = 0x7856_3412;

/** A frame to write; text is sent as UTF-8, the opcode is a name or any number. */
export interface WrittenFrame {
  readonly opcode: keyof typeof opcodes | number;
  readonly payload?: Uint8Array | string;
  readonly final?: boolean;
  readonly rsv?: number;
}

/** Encodes a frame, legal or not, as `sender` sends it: masked by a client, unmasked by a server. */
export function frameFrom(sender: Role, { opcode, payload = "", final = true, rsv = 0 }: WrittenFrame): Uint8Array {
  return encodeFrame({
    opcode: typeof opcode === "number" ? opcode : opcodes[opcode],
    payload: typeof payload === "string" ? utf8Bytes(payload) : payload,
    final,
    rsv,
    maskingKey: sender === "client" ? sampleMaskingKey : undefined,
  });
}

/** Encodes several frames, and concatenates them. */
export function framesFrom(sender: Role, ...frames: readonly WrittenFrame[]): Uint8Array {
  return concatBytes(frames.map((frame) => frameFrom(sender, frame)));
}

/** Formats frames briefly: `["text FIN 5", "continuation 3"]`, with RSV bits as `rsv20` if any are set. */
export function outlineFrames(frames: Iterable<Pick<ReadFrame, "opcode" | "final" | "rsv" | "payload">>): string[] {
  const names = Object.entries(opcodes);
  return Array.from(frames, ({ opcode, final, rsv, payload }) => {
    const name = names.find(([, value]) => value === opcode)?.[0] ?? `opcode ${opcode}`;
    return `${name}${final ? " FIN" : ""}${rsv === 0 ? "" : ` rsv${rsv.toString(16)}`} ${payload.length}`;
  });
}
