/** `@hybi/permessage-deflate`: RFC 7692 as an extension of `@hybi/core`. In reading order. */
export type { PermessageDeflateOptions } from "./options.ts";
export { permessageDeflate } from "./permessage-deflate.ts";
// For those who bring DEFLATE of their own.
export type { DeflateCodec, Deflater, DeflaterOptions, Inflater, InflaterOptions, WindowBits } from "./codec.ts";
export { portableCodec } from "./portable/portable-codec.ts";
