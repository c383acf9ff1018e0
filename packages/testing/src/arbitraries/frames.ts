/** Frames: legal ones, and arbitrary ones (RFC 6455 §5). */
import type { Role } from "@hybi/core";
import { type FrameToEncode, opcodes } from "@hybi/core/frame";
import fc from "fast-check";
import { utf8Bytes } from "../bytes/bytes.ts";
import { closePayload } from "../wire/close-content.ts";
import { closeContent } from "./close.ts";
import { maskingKey, payload } from "./payload.ts";
import { text } from "./text.ts";

/** The masking key of a frame from `sender`: a client masks, a server does not (RFC 6455 §5.1). */
export function maskingKeyOf(sender: Role): fc.Arbitrary<number | undefined> {
  return sender === "client" ? maskingKey() : fc.constant(undefined);
}

/** The payload of a Ping or a Pong: 125 bytes at most (RFC 6455 §5.5). */
export function controlPayload(): fc.Arbitrary<Uint8Array> {
  return payload(125);
}

/** A legal Ping or Pong from `sender`. Shrinks towards an empty Ping. */
export function controlFrame(sender: Role): fc.Arbitrary<FrameToEncode> {
  return fc.record({
    opcode: fc.constantFrom<number>(opcodes.ping, opcodes.pong),
    payload: controlPayload(),
    maskingKey: maskingKeyOf(sender),
  });
}

/**
 * A frame from `sender` that is legal when no message is in progress: a message in one frame, a first fragment, or a
 * control frame. `most` bounds the length of its payload. Shrinks towards an empty Ping.
 */
export function legalFrame(sender: Role, most = 70_000): fc.Arbitrary<FrameToEncode> {
  const data = (opcode: number, payload: fc.Arbitrary<Uint8Array>): fc.Arbitrary<FrameToEncode> =>
    fc.record({
      opcode: fc.constant(opcode),
      payload,
      final: fc.boolean().map((fragment) => !fragment),
      maskingKey: maskingKeyOf(sender),
    });
  const close = fc.record({
    opcode: fc.constant<number>(opcodes.close),
    payload: closeContent().map(({ statusCode, reason }) => closePayload(statusCode, reason)),
    maskingKey: maskingKeyOf(sender),
  });
  return fc.oneof(
    { withCrossShrink: true },
    { weight: 2, arbitrary: controlFrame(sender) },
    { weight: 3, arbitrary: data(opcodes.text, text().map(utf8Bytes)) },
    { weight: 3, arbitrary: data(opcodes.binary, payload(most)) },
    { weight: 1, arbitrary: close },
  );
}

/** Any frame that can be encoded, whether or not it is legal where it appears. */
export function anyFrame(): fc.Arbitrary<FrameToEncode> {
  return fc.record({
    opcode: fc.nat(0xf),
    payload: payload(4097),
    final: fc.boolean(),
    rsv: fc.constantFrom(0, 0, 0, 0x10, 0x20, 0x40, 0x70),
    maskingKey: fc.option(maskingKey(), { nil: undefined }),
  });
}
