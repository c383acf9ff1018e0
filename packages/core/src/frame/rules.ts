/**
 * The rules for a legal frame header (RFC 6455 §5.1–5.5), separate from parsing. Each rule is a pure function of the
 * bytes that decide it, so that a violation is found as soon as its byte has arrived.
 */
import type { Role } from "../vocabulary/terms.ts";
import type { ConnectionViolationCode } from "../vocabulary/violation.ts";
import {
  continuation,
  finBit,
  isControl,
  isReserved,
  length16,
  lengthBits,
  maskBit,
  opcodeBits,
  rsvBits,
} from "./header.ts";

/**
 * Checks FIN, RSV1–3 and opcode. `ownedRsv` are the bits owned by agreed extensions; `messageInProgress` is whether a
 * fragmented message has begun and not ended.
 */
export function checkFirstByte(
  firstByte: number,
  ownedRsv: number,
  messageInProgress: boolean,
): ConnectionViolationCode | undefined {
  const opcode = firstByte & opcodeBits;
  const rsv = firstByte & rsvBits;
  // RFC 6455 §5.2: "If a nonzero value is received and none of the negotiated extensions defines the meaning of such a
  // nonzero value, the receiving endpoint MUST _Fail the WebSocket Connection_."
  if ((rsv & ~ownedRsv) !== 0) return "frame/rsv-unowned";
  // RFC 6455 §5.2: "If an unknown opcode is received, the receiving endpoint MUST _Fail the WebSocket Connection_."
  if (isReserved(opcode)) return "frame/opcode-reserved";
  // RFC 7692 §6.1: the bit marks a message, so it is legal only on the first frame of a message.
  if (rsv !== 0 && (opcode === continuation || isControl(opcode))) return "frame/rsv-misplaced";
  if (isControl(opcode)) {
    // RFC 6455 §5.5: control frames "MUST NOT be fragmented".
    return (firstByte & finBit) === 0 ? "frame/control-fragmented" : undefined;
  }
  // RFC 6455 §5.4: the fragments of one message are not interleaved with those of another.
  if (opcode === continuation) return messageInProgress ? undefined : "frame/continuation-unexpected";
  return messageInProgress ? "frame/continuation-expected" : undefined;
}

/** Checks MASK, and the 7-bit length as far as it is decisive. */
export function checkSecondByte(
  firstByte: number,
  secondByte: number,
  role: Role,
): ConnectionViolationCode | undefined {
  const masked = (secondByte & maskBit) !== 0;
  // RFC 6455 §5.1: "The server MUST close the connection upon receiving a frame that is not masked. […] A client MUST
  // close a connection if it detects a masked frame."
  if (masked !== (role === "server")) return masked ? "frame/mask-unexpected" : "frame/mask-missing";
  // RFC 6455 §5.5: control frames "MUST have a payload length of 125 bytes or less".
  if ((secondByte & lengthBits) >= length16 && isControl(firstByte & opcodeBits)) return "frame/control-too-long";
  return undefined;
}

/**
 * Checks an extended length of 16 bits, or of 64 bits in two halves. `minimal` is false if a leniency permits more bytes
 * than needed.
 */
export function checkExtendedLength(
  lengthBytes: 2 | 8,
  high: number,
  low: number,
  minimal: boolean,
): ConnectionViolationCode | undefined {
  // RFC 6455 §5.2: "the most significant bit MUST be 0".
  if (high > 0x7fff_ffff) return "frame/length-sign-bit";
  // RFC 6455 §5.2: "the minimal number of bytes MUST be used to encode the length".
  if (minimal && high === 0 && low < (lengthBytes === 2 ? length16 : 65_536)) return "frame/length-not-minimal";
  // Above 2^53 - 1 the length is no longer exact in a number (RFC 6455 §10.4 lets an implementation limit frames).
  return high > 0x1f_ffff ? "frame/too-big" : undefined;
}
