/** `@hybi/permessage-deflate/zlib`: DEFLATE using node:zlib, for Node, Deno and Bun. */
export { zlibCodec } from "./zlib-codec.ts";
