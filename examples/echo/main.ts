/**
 * An echo server for load generators and conformance suites: text comes back as text and binary as binary, until it is
 * killed. Not on the WebSocket interface but on the pump beneath it, so that what is measured is the protocol.
 *
 * `pnpm echo:node --port 9001 --deflate --tls --max-message 67108864`; all of them may be left out.
 */
import { parseArgs } from "node:util";
import { permessageDeflate } from "@hybi/permessage-deflate";
import { zlibCodec } from "@hybi/permessage-deflate/zlib";
import { selfSigned } from "../../packages/node/tests/support/certificate.ts";
import { openEchoServer } from "./server.ts";

const { values } = parseArgs({
  options: {
    port: { type: "string", default: "0" },
    deflate: { type: "boolean", default: false },
    tls: { type: "boolean", default: false },
    "max-message": { type: "string", default: String(64 * 1_048_576) },
  },
});

const port = await openEchoServer({
  port: Number(values.port),
  tls: values.tls ? selfSigned() : undefined,
  maxMessage: Number(values["max-message"]),
  extensions: values.deflate ? [permessageDeflate({ codec: zlibCodec })] : [],
});
console.log(`listening on ${values.tls ? "wss" : "ws"}://127.0.0.1:${port}`);
