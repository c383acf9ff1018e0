/** The codec that runs on every JavaScript runtime. */
import type { DeflateCodec } from "../codec.ts";
import { PortableDeflater } from "./portable-deflater.ts";
import { PortableInflater } from "./portable-inflater.ts";

/** DEFLATE in plain JavaScript, for browsers, Workers and other runtimes without a faster codec. */
export const portableCodec: DeflateCodec = {
  createDeflater: (options) => new PortableDeflater(options),
  createInflater: (options) => new PortableInflater(options),
};
