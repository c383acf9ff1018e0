/** Prints whether the process is still alive after a while: only what is referenced keeps it, a socket, a stream or the server. */
import process from "node:process";
import { connect, listen, WebSocketStream } from "../src/index.ts";

const [what] = process.argv.slice(2);
const server = await listen((opening) => void opening.accept().unref(), { host: "127.0.0.1" });
const client = await connect(server.url);
const stream = new WebSocketStream(server.url);
stream.unref();
await stream.opened;
server.unref();
client.unref();
if (what === "client") client.ref();
if (what === "stream") stream.ref();
if (what === "server") server.ref();
// A process that nothing keeps ends long before, however busy the machine is.
const patience = what === "nothing" ? 10_000 : 200;
const timer = setTimeout(() => {
  console.log("kept");
  process.exit();
}, patience);
Deno.unrefTimer(timer as unknown as number);
console.log(what);
