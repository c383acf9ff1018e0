/**
 * An echo server for load generators and conformance suites: text comes back as text and binary as binary, until it is
 * killed. Not on the WebSocket interface but on the pump beneath it, so that what is measured is the protocol.
 *
 * `pnpm echo:node --port 9001 --deflate --tls --max-message 67108864`; all of them may be left out. `echo:deno` and
 * `echo:bun` are the same in Deno and in Bun.
 */
import { announce, readFlags } from "./flags.ts";
import { openEchoServer } from "./server.ts";

const options = await readFlags(process.argv.slice(2));
announce(options, await openEchoServer(options));
