/**
 * Frames (RFC 6455 §5.2), checked against the bytes they came in, which are parsed here without any validation.
 *
 * The first byte of an input selects the reader (bit 0: a server, and frames are masked), whether lengths may have more
 * bytes than needed (bit 1), whether an extension owns RSV1 (bit 2), and the length of the chunks (bits 3–7); the rest is
 * received.
 */
import { violationTable } from "@hybi/core";
import {
  encodeFrame,
  FrameDecoder,
  type FrameDecoderOptions,
  headerLength,
  maxControlPayload,
  maxHeaderLength,
  rsv1Bit,
} from "@hybi/core/frame";
import { chunks, law, sameLaw, type Target } from "../target.ts";

const isServerBit = 0x01;
const toleratesBit = 0x02;
const ownsRsv1Bit = 0x04;
/** Chunks of one byte are tried in any case. */
const chunkLength = (options: number): number => 2 + (options >> 3);

export const target: Target = {
  maxLength: 400,
  work: { perByte: 100, fixed: 3000 },
  seeds: [
    Uint8Array.of(0x00, 0x81, 0x02, 0x68, 0x69, 0x89, 0x00, 0x88, 0x02, 0x03, 0xe8),
    Uint8Array.of(0x01, 0x81, 0x82, 0x01, 0x02, 0x03, 0x04, 0x69, 0x6b, 0x8a, 0x80, 0x00, 0x00, 0x00, 0x00),
    Uint8Array.of(0x02, 0x82, 0x7e, 0x00, 0x02, 0x01, 0x05, 0x82, 0x7f, 0, 0, 0, 0, 0, 0, 0, 1, 0xe2),
    Uint8Array.of(0x08, 0x01, 0x01, 0x68, 0x89, 0x00, 0x80, 0x01, 0x69, 0x82, 0x7e, 0x00, 0x7e, ...new Uint8Array(126)),
    Uint8Array.of(0x04, 0xc1, 0x02, 0x68, 0x69, 0x42, 0x00, 0x80, 0x00, 0x82, 0x7f, 0, 0, 0, 0, 0, 1, 0, 0, 0x00),
  ],

  run(bytes: Uint8Array): void {
    const options = bytes[0] ?? 0;
    const stream = bytes.subarray(1);
    const how: FrameDecoderOptions = {
      role: (options & isServerBit) === 0 ? "client" : "server",
      tolerateNonMinimalLength: (options & toleratesBit) !== 0,
      ownedRsv: (options & ownsRsv1Bit) === 0 ? 0 : rsv1Bit,
    };
    const outcome = decode(how, [stream.slice()]);
    sameLaw(decode(how, chunks(stream, 1)), outcome, "byte by byte and in one chunk");
    const length = chunkLength(options);
    sameLaw(decode(how, chunks(stream, length)), outcome, `by ${length} bytes and in one chunk`);

    let at = 0;
    for (const frame of outcome.frames) at = check(how, stream, at, frame);
    if (outcome.fault === undefined) {
      law(stream.length - at < maxHeaderLength, `${stream.length - at} bytes are longer than an incomplete header`);
    } else {
      const { code, offset } = outcome.fault;
      law(code in violationTable, `${code} is not a violation`);
      law(offset >= at && offset < stream.length, `offset ${offset} is not in the frame at ${at}`);
    }
    law(how.tolerateNonMinimalLength === true || !outcome.tolerated, "a length was tolerated");
  },
};

interface Frame {
  readonly firstByte: number;
  /** Length given by its header. */
  readonly length: number;
  /** The payload received, in order. */
  readonly payload: number[];
  isWhole: boolean;
}

interface Outcome {
  readonly frames: readonly Frame[];
  readonly fault: { readonly code: string; readonly offset: number } | undefined;
  readonly tolerated: boolean;
}

function decode(how: FrameDecoderOptions, parts: readonly Uint8Array[]): Outcome {
  const frames: Frame[] = [];
  const decoder = new FrameDecoder(
    {
      frame(firstByte, length) {
        law(
          frames.every(({ isWhole }) => isWhole),
          "a frame began within another",
        );
        frames.push({ firstByte, length, payload: [], isWhole: false });
        return undefined;
      },
      payload(bytes, start, end, last) {
        const frame = frames[frames.length - 1];
        law(frame !== undefined && !frame.isWhole, "payload came without a frame");
        frame.payload.push(...bytes.subarray(start, end));
        frame.isWhole = last;
        return undefined;
      },
    },
    how,
  );
  for (const part of parts) {
    const fault = decoder.decode(part);
    law(fault !== "stop", "the decoder stopped without being asked to");
    if (fault !== undefined) return { frames, fault, tolerated: decoder.toleratedNonMinimalLength };
  }
  return { frames, fault: undefined, tolerated: decoder.toleratedNonMinimalLength };
}

/** Checks a frame against the bytes from `start`; returns its end. */
function check(how: FrameDecoderOptions, stream: Uint8Array, start: number, frame: Frame): number {
  const isMasked = how.role === "server";
  const short = byteAt(stream, start + 1) & 0x7f;
  const lengthBytes = short < 126 ? 0 : short === 126 ? 2 : 8;
  const keyAt = start + 2 + lengthBytes;
  const payloadAt = keyAt + (isMasked ? 4 : 0);
  const end = Math.min(stream.length, payloadAt + frame.length);
  const length = stream
    .subarray(start + 2, keyAt)
    .reduce((sum, byte) => sum * 256 + byte, lengthBytes === 0 ? short : 0);

  law(stream[start] === frame.firstByte, "the first byte differs");
  law(frame.length === length, `the length is ${length}, but ${frame.length} was decoded`);
  law((frame.firstByte & 0x08) === 0 || length <= maxControlPayload, "a control frame is too long");
  law(frame.isWhole === payloadAt + length <= stream.length, "the frame ends elsewhere");
  const key = isMasked ? stream.subarray(keyAt, payloadAt) : Uint8Array.of(0, 0, 0, 0);
  const payload = Array.from(stream.subarray(payloadAt, end), (byte, index) => byte ^ byteAt(key, index & 3));
  sameLaw(frame.payload, payload, "the payload, and its bytes one by one");

  const isMinimal = payloadAt - start === headerLength(length, isMasked);
  law(isMinimal || how.tolerateNonMinimalLength === true, "the length has more bytes than needed");
  if (frame.isWhole && isMinimal) {
    const again = encodeFrame({
      opcode: frame.firstByte & 0x0f,
      payload: Uint8Array.from(frame.payload),
      final: (frame.firstByte & 0x80) !== 0,
      rsv: frame.firstByte & 0x70,
      maskingKey: isMasked ? new DataView(key.buffer, key.byteOffset).getInt32(0, true) : undefined,
    });
    sameLaw([...again], [...stream.subarray(start, end)], "encoded again, and as received");
  }
  return end;
}

const byteAt = (bytes: Uint8Array, index: number): number => bytes[index] ?? 0;
