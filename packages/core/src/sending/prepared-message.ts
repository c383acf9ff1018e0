/**
 * A message encoded once for many connections. A server's connections without extensions send these bytes as they are; a
 * client's connections mask a copy, and connections with extensions transform one. Most send the array itself, so nobody may
 * change it.
 */
import { isBytes } from "../bytes/byte-arrays.ts";
import { utf8Bytes } from "../bytes/text-encode.ts";
import { wrongResult } from "../checks/callback-result.ts";
import { UsageError } from "../checks/usage-error.ts";
import { unmaskedFrame } from "../frame/frame-encoder.ts";
import { binary, finBit, text } from "../frame/header.ts";
import type { EncodedMessage, RsvBits } from "../vocabulary/extension.ts";
import { type NativeFunctions, noNativeFunctions } from "../vocabulary/native-functions.ts";
import type { MessageKind } from "../vocabulary/terms.ts";

/** Created by `prepareText` and `prepareBinary`, sent by `sendPrepared`. */
export interface PreparedMessage {
  readonly kind: MessageKind;
  readonly payload: Uint8Array;
  /** The message as one unmasked frame. */
  readonly frame: Uint8Array;
}

/** Prepares a text message. Lone surrogates become U+FFFD. @throws UsageError `send/data-type`, `callback/result` */
export function prepareText(data: string, native: NativeFunctions = noNativeFunctions): PreparedMessage {
  if (typeof data !== "string") throw new UsageError("send/data-type");
  return prepare("text", utf8Bytes(data, native), native);
}

/** Prepares a binary message from a copy of `data`. @throws UsageError `send/data-type`, `callback/result` */
export function prepareBinary(data: Uint8Array, native: NativeFunctions = noNativeFunctions): PreparedMessage {
  if (!isBytes(data)) throw new UsageError("send/data-type");
  return prepare("binary", data, native);
}

/** Whether `message` is what `prepareText` or `prepareBinary` has returned. */
export function isPrepared(message: unknown): message is PreparedMessage {
  const { frame, payload } = (message ?? {}) as Partial<PreparedMessage>;
  return isBytes(frame) && isBytes(payload);
}

/** @throws UsageError `send/data-type` for what neither `prepareText` nor `prepareBinary` has returned */
export function checkPrepared(message: PreparedMessage): void {
  if (isPrepared(message)) return;
  throw new UsageError("send/data-type", "sendPrepared takes what prepareText or prepareBinary has returned.");
}

/** The frames of messages that an extension has encoded once for many connections. */
const encodedFrames = new WeakMap<EncodedMessage, PreparedMessage>();

/** Returns the message that `encoded` is, for connections that send it as it is. The same for all of them. */
export function preparedOf(kind: MessageKind, encoded: EncodedMessage, native: NativeFunctions): PreparedMessage {
  let prepared = encodedFrames.get(encoded);
  if (prepared === undefined) {
    prepared = prepare(kind, encoded.payload, native, encoded.rsv);
    encodedFrames.set(encoded, prepared);
  }
  return prepared;
}

function prepare(
  kind: MessageKind,
  data: Uint8Array,
  { asWritten }: NativeFunctions,
  rsv: RsvBits = 0,
): PreparedMessage {
  const bytes = unmaskedFrame(finBit | rsv | (kind === "text" ? text : binary), data);
  const frame = asWritten === undefined ? bytes : asWritten(bytes);
  if (!isBytes(frame) || frame.length !== bytes.length) throw wrongResult("asWritten", frame);
  return { kind, payload: bytes.subarray(bytes.length - data.length), frame };
}
