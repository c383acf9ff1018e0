/** Frames that are legal, and frames that are illegal in one named way (RFC 6455 §5). */
import type { Role, ViolationCode } from "@hybi/core";
import { encodeFrame, type FrameToEncode, opcodes } from "@hybi/core/frame";
import fc from "fast-check";
import { concat, pattern } from "../bytes/bytes.ts";
import { maskingKey, payload } from "./payload.ts";

/** RFC 6455 §5.1: a client masks, a server does not. */
export function keyOf(sender: Role): fc.Arbitrary<number | undefined> {
  return sender === "client" ? maskingKey() : fc.constant(undefined);
}

/** The payload of a control frame. */
export function controlPayload(): fc.Arbitrary<Uint8Array> {
  return payload(125);
}

/** A legal Ping or Pong. */
export function controlFrame(sender: Role): fc.Arbitrary<FrameToEncode> {
  return fc.record({
    opcode: fc.constantFrom<number>(opcodes.ping, opcodes.pong),
    payload: controlPayload(),
    maskingKey: keyOf(sender),
  });
}

/** Any frame at all that can be encoded, legal or not where it stands. */
export function anyFrame(): fc.Arbitrary<FrameToEncode> {
  return fc.record({
    opcode: fc.nat(0xf),
    payload: payload(4097),
    final: fc.boolean(),
    rsv: fc.constantFrom(0, 0, 0, 0x10, 0x20, 0x40, 0x70),
    maskingKey: fc.option(maskingKey(), { nil: undefined }),
  });
}

/** A frame that breaks one rule, between messages or within one. */
export interface IllegalFrame {
  readonly code: ViolationCode;
  readonly bytes: Uint8Array;
  /** The index of the byte at fault. */
  readonly at: number;
  /** Whether a fragmented message must be in progress before it, must not be, or either. */
  readonly within: "message" | "no-message" | "any";
}

/** A frame from `sender` that is illegal whatever follows it. No extension is agreed. */
export function illegalFrame(sender: Role): fc.Arbitrary<IllegalFrame> {
  const key = keyOf(sender);
  const data = fc.constantFrom<number>(opcodes.text, opcodes.binary);
  const control = fc.constantFrom<number>(opcodes.close, opcodes.ping, opcodes.pong);
  const broken = (
    code: ViolationCode,
    frame: { [Name in keyof FrameToEncode]?: fc.Arbitrary<FrameToEncode[Name]> },
    at = 0,
    within: IllegalFrame["within"] = "any",
  ): fc.Arbitrary<IllegalFrame> =>
    fc
      .record({ opcode: control, payload: fc.uint8Array({ maxLength: 8 }), maskingKey: key, ...frame })
      .map((whole) => ({ code, bytes: encodeFrame(whole as FrameToEncode), at, within }));

  const wrongKey = sender === "client" ? fc.constant(undefined) : maskingKey();
  const lengths = (code: ViolationCode, header: readonly number[]): fc.Arbitrary<IllegalFrame> =>
    key.map((maskingKey) => ({ code, bytes: rawFrame(header, maskingKey), at: 2, within: "no-message" }));

  return fc.oneof(
    broken("frame/rsv-unowned", { rsv: fc.constantFrom(0x10, 0x20, 0x30, 0x40, 0x50, 0x60, 0x70) }),
    broken("frame/opcode-reserved", { opcode: fc.constantFrom(0x3, 0x4, 0x5, 0x6, 0x7, 0xb, 0xc, 0xd, 0xe, 0xf) }),
    broken("frame/control-fragmented", { final: fc.constant(false) }),
    broken(
      "frame/control-too-long",
      { payload: fc.constantFrom(126, 127, 65_536).map((length) => pattern(length)) },
      1,
    ),
    broken("frame/continuation-unexpected", { opcode: fc.constant(opcodes.continuation) }, 0, "no-message"),
    broken("frame/continuation-expected", { opcode: data }, 0, "message"),
    broken(sender === "client" ? "frame/mask-missing" : "frame/mask-unexpected", { maskingKey: wrongKey }, 1),
    fc.nat(125).chain((length) => lengths("frame/length-not-minimal", [0x82, 126, 0, length])),
    fc
      .constantFrom([0, 0, 0, 0], [0, 0, 0, 125], [0, 0, 0xff, 0xff])
      .chain((low) => lengths("frame/length-not-minimal", [0x82, 127, 0, 0, 0, 0, ...low])),
    lengths("frame/length-sign-bit", [0x82, 127, 0x80, 0, 0, 0, 0, 1, 0, 0]),
    lengths("frame/too-big", [0x82, 127, 0, 0x20, 0, 0, 0, 0, 0, 0]),
  );
}

/** A header of bytes, with MASK and the key where there is one, and a few bytes that could be its payload. */
function rawFrame(header: readonly number[], maskingKey: number | undefined): Uint8Array {
  const bytes = Uint8Array.from(header);
  if (maskingKey === undefined) return concat([bytes, pattern(5)]);
  bytes[1] = (bytes[1] ?? 0) | 0x80;
  return concat([bytes, new Uint8Array(new Int32Array([maskingKey]).buffer), pattern(5)]);
}
