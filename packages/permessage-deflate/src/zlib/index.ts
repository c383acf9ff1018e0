/** `@hybi/permessage-deflate/zlib`: DEFLATE by node:zlib, for Node, Deno and Bun. */
export { zlibCodec } from "./zlib-codec.ts";
