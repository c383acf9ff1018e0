/** Prints whether the process is still alive after a while: a client over HTTP/2 keeps it, unless it is told not to. */
import { once } from "node:events";
import { createServer, type ServerHttp2Session } from "node:http2";
import type { AddressInfo } from "node:net";
import { connect, upgradeStream } from "../src/index.ts";

const [what] = process.argv.slice(2);
const server = createServer({ settings: { enableConnectProtocol: true } });
server.on("session", (session: ServerHttp2Session) => session.unref());
server.on("stream", (stream, headers) => upgradeStream(stream, headers, (opening) => void opening.accept()));
server.listen(0, "127.0.0.1");
await once(server, "listening");
const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`;
const client = await connect(url, { transportOptions: { http2: true } });
server.unref();
client.unref();
if (what === "client") client.ref();
// A process that nothing keeps ends long before, however busy the machine is.
const patience = what === "nothing" ? 10_000 : 200;
setTimeout(() => {
  console.log("kept");
  process.exit();
}, patience).unref();
console.log(what);
