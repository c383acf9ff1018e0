/**
 * Host functions that Node runs faster than portable JavaScript: the C++ functions behind Buffer's methods, called on plain
 * Uint8Arrays.
 */
import { isUtf8 } from "node:buffer";
import type { NativeFunctions } from "@hybi/core";

/** Undocumented methods of Buffer, present in every Node version. The documented ones call them after more argument checks. */
interface NativeMethods {
  utf8Slice(this: Uint8Array, start: number, end: number): string;
  latin1Slice(this: Uint8Array, start: number, end: number): string;
  utf8Write(this: Uint8Array, text: string, at: number): number;
}

const { utf8Slice, latin1Slice, utf8Write } = Buffer.prototype as unknown as NativeMethods;

/** Up to Node 22, `utf8Slice` decodes non-ASCII text at half the speed of a TextDecoder that core has warmed up. */
const hasFastUtf8Slice = Number.parseInt(process.versions.node, 10) >= 24;

/** The `options.native` of every endpoint that runs on Node. */
export const nodeFunctions: NativeFunctions = {
  // A view of a Buffer takes twice as long as to check a short text.
  isUtf8: (bytes, start, end) => isUtf8(start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end)),
  decodeUtf8: hasFastUtf8Slice ? (bytes, start, end) => utf8Slice.call(bytes, start, end) : undefined,
  decodeAscii: (bytes, start, end) => latin1Slice.call(bytes, start, end),
  encodeUtf8: (text, target, at) => utf8Write.call(target, text, at),
  asWritten: ({ buffer, byteOffset, length }) => Buffer.from(buffer, byteOffset, length),
};
