/** The codec on node:zlib, which Node, Deno and Bun have. */
import type { DeflateCodec, InflaterOptions } from "../codec.ts";
import { portableCodec } from "../portable/portable-codec.ts";
import { works } from "./self-test.ts";
import { ZlibDeflater } from "./zlib-deflater.ts";
import { ZlibInflater, zlibWindowBits } from "./zlib-inflater.ts";

/**
 * DEFLATE by node:zlib, synchronous and without a new stream for each message. What node:zlib cannot do exactly, and all
 * of it on a runtime whose node:zlib is not as expected, is done by the portable codec.
 */
export const zlibCodec: DeflateCodec = createZlibCodec({
  openDeflater: ZlibDeflater.open,
  openInflater: ZlibInflater.open,
});

/** Where the streams of zlib come from. */
export interface ZlibStreams {
  readonly openDeflater: typeof ZlibDeflater.open;
  readonly openInflater: typeof ZlibInflater.open;
}

/** A codec on these streams; exported for tests. */
export function createZlibCodec({ openDeflater, openInflater }: ZlibStreams): DeflateCodec {
  let verdict: boolean | undefined;
  const isUsable = (): boolean => {
    verdict ??= works(openDeflater, openInflater);
    return verdict;
  };
  return {
    createDeflater: (options) =>
      (isUsable() ? openDeflater(options) : undefined) ?? portableCodec.createDeflater(options),
    createInflater: (options) => openExact(options) ?? portableCodec.createInflater(options),
  };

  /** zlib does not check distances against a window within what one call puts out, so a smaller one is for another codec. */
  function openExact({ windowBits }: InflaterOptions): ZlibInflater | undefined {
    return windowBits === zlibWindowBits && isUsable() ? openInflater() : undefined;
  }
}
