/** `@hybi/permessage-deflate`: RFC 7692 as an extension of `@hybi/core`. Exports are in reading order. */
export type { PermessageDeflateOptions } from "./options.ts";
export { permessageDeflate } from "./permessage-deflate.ts";
// For applications that supply their own DEFLATE implementation.
export type { DeflateCodec, Deflater, DeflaterOptions, Inflater, InflaterOptions, WindowBits } from "./codec.ts";
export { portableCodec } from "./portable/portable-codec.ts";
