/** `@hybi/conformance/inspect`: annotated dumps of the bytes of a WebSocket conversation. */

export { type DumpPassage, readDump } from "./read-dump.ts";
export { type DumpOptions, WireDump } from "./wire-dump.ts";
