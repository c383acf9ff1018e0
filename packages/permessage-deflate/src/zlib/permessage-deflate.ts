/** The permessage-deflate extension with DEFLATE by node:zlib. */
import type { Extension } from "@hybi/core";
import type { PermessageDeflateOptions } from "../options.ts";
import { createExtension } from "../permessage-deflate.ts";
import { zlibCodec } from "./zlib-codec.ts";

/**
 * Creates the extension as `permessageDeflate` of `@hybi/permessage-deflate` does, with `zlibCodec` unless `options` name another
 * codec. node:zlib is first used when a connection compresses or decompresses its first message.
 *
 * @throws UsageError `option/unknown`, `option/type`, `option/range`
 */
export function permessageDeflate(options: PermessageDeflateOptions = {}): Extension {
  return createExtension(options, zlibCodec);
}
