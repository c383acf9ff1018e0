/** What Node does faster than portable JavaScript: C++ functions behind Buffer's methods, applied to plain byte arrays. */
import { isUtf8 } from "node:buffer";
import type { HostFunctions } from "@hybi/core";

/** Methods that Node has had for ever and documents nowhere; those that it documents are these, behind more checks. */
interface NativeMethods {
  utf8Slice(this: Uint8Array, start: number, end: number): string;
  latin1Slice(this: Uint8Array, start: number, end: number): string;
  utf8Write(this: Uint8Array, text: string, at: number): number;
}

const { utf8Slice, latin1Slice, utf8Write } = Buffer.prototype as unknown as NativeMethods;

/** Up to Node 22, `utf8Slice` decodes other text than ASCII at half the speed of a TextDecoder that core has warmed. */
const hasFastUtf8Slice = Number.parseInt(process.versions.node, 10) >= 24;

/** For `options.host` of everything that runs on Node. */
export const nodeHost: HostFunctions = {
  isUtf8: (bytes, start, end) => isUtf8(bytes.subarray(start, end)),
  decodeUtf8: hasFastUtf8Slice ? (bytes, start, end) => utf8Slice.call(bytes, start, end) : undefined,
  decodeAscii: (bytes, start, end) => latin1Slice.call(bytes, start, end),
  encodeUtf8: (text, target, at) => utf8Write.call(target, text, at),
};
