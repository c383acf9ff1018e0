/** Frames that break exactly one named rule (RFC 6455 §5). */
import type { Role, ViolationCode } from "@hybi/core";
import { encodeFrame, type FrameToEncode, opcodes } from "@hybi/core/frame";
import fc from "fast-check";
import { concatBytes, patternBytes } from "../bytes/bytes.ts";
import { maskingKeyOf } from "./frames.ts";
import { type NamedWays, oneOfNamed } from "./named.ts";
import { maskingKey } from "./payload.ts";

/** The rule that an illegal frame breaks. */
export type IllegalFrameCode = Extract<ViolationCode, `frame/${string}`>;

/** A frame that breaks one rule, between messages or within one. */
export interface IllegalFrame {
  readonly code: IllegalFrameCode;
  readonly bytes: Uint8Array;
  /** Index of the offending byte. */
  readonly at: number;
  /** Whether a fragmented message must be in progress before it, must not be, or either. */
  readonly within: "message" | "no-message" | "any";
}

/**
 * A frame from `sender` that is illegal whatever follows it when no extension is agreed, by any rule or by one of the
 * given ones.
 *
 * @throws RangeError for a rule that `sender` cannot break this way: a server has no mask to omit
 */
export function illegalFrame(sender: Role, ...codes: readonly IllegalFrameCode[]): fc.Arbitrary<IllegalFrame> {
  return oneOfNamed(illegalFrameWays(sender), codes).map(([code, frame]) => ({ code, ...frame }));
}

/** The rules that a single frame from `sender` can break. */
export function illegalFrameCodes(sender: Role): readonly IllegalFrameCode[] {
  return Object.keys(illegalFrameWays(sender)) as IllegalFrameCode[];
}

type Way = fc.Arbitrary<Omit<IllegalFrame, "code">>;

function illegalFrameWays(sender: Role): NamedWays<IllegalFrameCode, Omit<IllegalFrame, "code">> {
  const key = maskingKeyOf(sender);
  const control = fc.constantFrom<number>(opcodes.ping, opcodes.pong, opcodes.close);
  const broken = (
    change: { [Name in keyof FrameToEncode]?: fc.Arbitrary<FrameToEncode[Name]> },
    at = 0,
    within: IllegalFrame["within"] = "any",
  ): Way =>
    fc
      .record({ opcode: control, payload: fc.uint8Array({ maxLength: 8 }), maskingKey: key, ...change })
      .map((frame) => ({ bytes: encodeFrame(frame as FrameToEncode), at, within }));
  const lengths = (...headers: readonly (readonly number[])[]): Way =>
    fc.tuple(fc.constantFrom(...headers), key).map(([header, key]) => ({
      bytes: rawFrame(header, key),
      at: 2,
      within: "no-message",
    }));

  const masking: [IllegalFrameCode, Way] =
    sender === "client"
      ? ["frame/mask-missing", broken({ maskingKey: fc.constant(undefined) }, 1)]
      : ["frame/mask-unexpected", broken({ maskingKey: maskingKey() }, 1)];
  const ways: Partial<NamedWays<IllegalFrameCode, Omit<IllegalFrame, "code">>> = {
    "frame/rsv-unowned": broken({ rsv: fc.constantFrom(0x10, 0x20, 0x30, 0x40, 0x50, 0x60, 0x70) }),
    "frame/opcode-reserved": broken({ opcode: fc.constantFrom(0x3, 0x4, 0x5, 0x6, 0x7, 0xb, 0xc, 0xd, 0xe, 0xf) }),
    "frame/control-fragmented": broken({ final: fc.constant(false) }),
    "frame/control-too-long": broken({ payload: fc.integer({ min: 126, max: 65_536 }).map((n) => patternBytes(n)) }, 1),
    "frame/continuation-unexpected": broken({ opcode: fc.constant(opcodes.continuation) }, 0, "no-message"),
    "frame/continuation-expected": broken(
      { opcode: fc.constantFrom<number>(opcodes.text, opcodes.binary) },
      0,
      "message",
    ),
    "frame/length-not-minimal": fc.oneof(
      fc.tuple(fc.nat(125), key).map(([length, key]) => ({
        bytes: rawFrame([0x82, 126, 0, length], key),
        at: 2,
        within: "no-message" as const,
      })),
      lengths(
        [0x82, 127, 0, 0, 0, 0, 0, 0, 0, 0],
        [0x82, 127, 0, 0, 0, 0, 0, 0, 0, 125],
        [0x82, 127, 0, 0, 0, 0, 0, 0, 0xff, 0xff],
      ),
    ),
    "frame/length-sign-bit": lengths([0x82, 127, 0x80, 0, 0, 0, 0, 1, 0, 0]),
    // Larger than a double can count exactly, so above the limit of every receiver.
    "frame/too-big": lengths([0x82, 127, 0, 0x20, 0, 0, 0, 0, 0, 0]),
    [masking[0]]: masking[1],
  };
  return ways as NamedWays<IllegalFrameCode, Omit<IllegalFrame, "code">>;
}

/** Builds a frame from header bytes, with MASK and the key if there is one, and a few bytes that could be its payload. */
function rawFrame(header: readonly number[], maskingKey: number | undefined): Uint8Array {
  const bytes = Uint8Array.from(header);
  if (maskingKey === undefined) return concatBytes([bytes, patternBytes(5)]);
  bytes[1] = (bytes[1] ?? 0) | 0x80;
  return concatBytes([bytes, new Uint8Array(new Int32Array([maskingKey]).buffer), patternBytes(5)]);
}
