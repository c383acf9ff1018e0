/** `@hybi/permessage-deflate/zlib`: RFC 7692 with DEFLATE by node:zlib, for Node, Deno and Bun. */

export type { DeflateCodec, Deflater, DeflaterOptions, Inflater, InflaterOptions, WindowBits } from "../codec.ts";
export type { PermessageDeflateOptions } from "../options.ts";
export { permessageDeflate } from "./permessage-deflate.ts";
export { zlibCodec } from "./zlib-codec.ts";
