/** Messages, and the frames that carry them (RFC 6455 §5.4). */
import type { MessageKind } from "@hybi/core";
import { type FrameToEncode, opcodes } from "@hybi/core/frame";

/** A data message. */
export type Message =
  | { readonly kind: "text"; readonly data: string }
  | { readonly kind: "binary"; readonly data: Uint8Array };

/** Splits `bytes` into fragments. */
export function cutIntoFragments(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const ends = [...cuts.map((share) => Math.floor((bytes.length * share) / 1000)), bytes.length];
  return ends.map((end, index) => bytes.subarray(index === 0 ? 0 : ends[index - 1], end));
}

/**
 * Returns the frames of a message: `payload` in fragments, each with a masking key if `keys` are given, followed by its
 * control frames.
 */
export function messageFrames(
  kind: MessageKind,
  parts: readonly Uint8Array[],
  keys: readonly (number | undefined)[],
  between: readonly (readonly FrameToEncode[])[] = [],
): FrameToEncode[] {
  return parts.flatMap((payload, index) => [
    {
      opcode: index > 0 ? opcodes.continuation : kind === "text" ? opcodes.text : opcodes.binary,
      payload,
      final: index === parts.length - 1,
      maskingKey: keys[index % keys.length],
    },
    ...(index < parts.length - 1 ? (between[index] ?? []) : []),
  ]);
}
