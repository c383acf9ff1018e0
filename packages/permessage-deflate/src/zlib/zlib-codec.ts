/** The codec based on node:zlib, for Node, Deno and Bun. */
import type { DeflateCodec, InflaterOptions } from "../codec.ts";
import { portableCodec } from "../portable/portable-codec.ts";
import { works } from "./self-test.ts";
import { ZlibDeflater } from "./zlib-deflater.ts";
import { ZlibInflater, zlibWindowBits } from "./zlib-inflater.ts";

/**
 * DEFLATE using node:zlib, synchronous and without creating a stream per message. Falls back to the portable codec for what
 * node:zlib cannot do exactly, and entirely on a runtime whose node:zlib does not behave as expected.
 */
export const zlibCodec: DeflateCodec = createZlibCodec({
  openDeflater: ZlibDeflater.open,
  openInflater: ZlibInflater.open,
});

/** Factories of zlib-based compressors and decompressors. */
export interface ZlibStreams {
  readonly openDeflater: typeof ZlibDeflater.open;
  readonly openInflater: typeof ZlibInflater.open;
}

/** Creates a codec from these factories. Exported for tests. */
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

  /** zlib does not check distances against the window within the output of one call, so it is used only for the full window. */
  function openExact({ windowBits }: InflaterOptions): ZlibInflater | undefined {
    return windowBits === zlibWindowBits && isUsable() ? openInflater() : undefined;
  }
}
