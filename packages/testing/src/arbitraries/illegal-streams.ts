/** Streams of one peer that are legal up to one illegal frame, Close frame or text. */
import type { MessageKind, Role, ViolationCode } from "@hybi/core";
import { encodeFrame, opcodes } from "@hybi/core/frame";
import fc from "fast-check";
import { concatBytes } from "../bytes/bytes.ts";
import { cutIntoFragments, messageFrames } from "../wire/message.ts";
import { illegalClosePayload } from "./close.ts";
import { maskingKeyOf } from "./frames.ts";
import { illegalFrame } from "./illegal-frames.ts";
import { fragmentation } from "./messages.ts";
import { legalStream, readable, type Stream, type StreamOptions } from "./streams.ts";
import { illegalUtf8 } from "./text.ts";

/** A stream that is legal up to one fault. */
export interface IllegalStream extends Stream {
  readonly code: ViolationCode;
  /** Offset of the offending byte. */
  readonly offset: number;
}

/**
 * A legal stream, then something illegal, then any bytes. `events` are those before the failure. Shrinks towards the
 * illegal frame alone.
 */
export function illegalStream(sender: Role, { most = 300 }: StreamOptions = {}): fc.Arbitrary<IllegalStream> {
  const start = fc.record({
    kind: fc.constantFrom<MessageKind>("text", "binary"),
    key: maskingKeyOf(sender),
    begun: fc.boolean(),
  });
  const faults = fc.oneof(
    { weight: 4, arbitrary: illegalFrame(sender) },
    { weight: 1, arbitrary: illegalClose(sender) },
    { weight: 2, arbitrary: illegalText(sender) },
  );
  return fc
    .tuple(legalStream(sender, { most, close: false }), start, faults, fc.uint8Array({ maxLength: 20 }))
    .map(([legal, { kind, key, begun }, fault, after]) => {
      const within = fault.within === "message" || (fault.within === "any" && begun);
      const opening = messageFrames(kind, [Uint8Array.of(0x68, 0x69), new Uint8Array(0)], [key]).slice(
        0,
        within ? 1 : 0,
      );
      const before = concatBytes([legal.bytes, ...opening.map(encodeFrame)]);
      return readable({
        frames: [...legal.frames, ...opening],
        bytes: concatBytes([before, fault.bytes, after]),
        events: legal.events,
        code: fault.code,
        offset: before.length + fault.at,
      });
    });
}

/** A Close frame whose payload is illegal. The frame as a whole is at fault, so the offset is that of its first byte. */
function illegalClose(sender: Role) {
  return fc.tuple(illegalClosePayload(), maskingKeyOf(sender)).map(([{ code, payload }, maskingKey]) => ({
    code: code as ViolationCode,
    bytes: encodeFrame({ opcode: opcodes.close, payload, maskingKey }),
    at: 0,
    within: "any" as const,
  }));
}

/** A text message that is not valid UTF-8, in any fragmentation. */
function illegalText(sender: Role) {
  return fc.tuple(illegalUtf8(), fragmentation(), maskingKeyOf(sender)).map(([{ bytes, at }, cuts, key]) => {
    const frames = messageFrames("text", cutIntoFragments(bytes, cuts), [key]).map((frame) => ({
      header: encodeFrame({ ...frame, payload: frame.payload }).length - (frame.payload?.length ?? 0),
      frame,
    }));
    // The offending byte is in the fragment that contains it; for text that ends too early it is where the text ends.
    let offset = 0;
    let seen = 0;
    for (const { header, frame } of frames) {
      const length = frame.payload?.length ?? 0;
      const isLast = frame.final === true;
      if (at < seen + length || (isLast && at === seen + length)) {
        offset += header + at - seen;
        break;
      }
      offset += header + length;
      seen += length;
    }
    return {
      code: (at === bytes.length ? "message/utf8-truncated" : "message/utf8-invalid") as ViolationCode,
      bytes: concatBytes(frames.map(({ frame }) => encodeFrame(frame))),
      at: offset,
      within: "no-message" as const,
    };
  });
}
