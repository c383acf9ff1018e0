/** The codec that runs everywhere. */
import type { DeflateCodec } from "../codec.ts";
import { PortableDeflater } from "./portable-deflater.ts";
import { PortableInflater } from "./portable-inflater.ts";

/** DEFLATE in plain JavaScript, for browsers, Workers and wherever nothing faster is at hand. */
export const portableCodec: DeflateCodec = {
  createDeflater: (options) => new PortableDeflater(options),
  createInflater: (options) => new PortableInflater(options),
};
