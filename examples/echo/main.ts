/**
 * An echo server for load generators and conformance suites: text is echoed as text and binary as binary, until it is
 * killed. It uses the pump below the WebSocket interface, so that measurements show the cost of the protocol.
 *
 * `pnpm echo:node --port 9001 --deflate --tls --max-message 67108864`; all flags are optional. `echo:deno` and `echo:bun` are
 * the same in Deno and Bun.
 */
import { announce, readFlags } from "./flags.ts";
import { openEchoServer } from "./server.ts";

const options = await readFlags(process.argv.slice(2));
announce(options, await openEchoServer(options));
