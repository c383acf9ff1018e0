/** `@hybi/core/frame`: frames without a connection (RFC 6455 §5.1–5.5), for proxies, analyzers and tests. */

export {
  finBit,
  headerLength,
  isControl,
  isReserved,
  maxControlPayload,
  maxHeaderLength,
  type Opcode,
  opcodes,
  rsv1Bit,
  rsv2Bit,
  rsv3Bit,
  writeHeader,
} from "./header.ts";
export { checkExtendedLength, checkFirstByte, checkSecondByte } from "./rules.ts";
export { mask, type MaskingKey, rotateKey } from "./mask.ts";
export {
  FrameDecoder,
  type FrameDecoderOptions,
  type FrameFault,
  type FrameSink,
  type SinkVerdict,
} from "./frame-decoder.ts";
export type { Fault } from "../vocabulary/violation.ts";
export { encodeFrame, type FrameToEncode } from "./encode-frame.ts";
