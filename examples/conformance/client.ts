/**
 * Runs a client through `hybi-conformance client`, or through the Autobahn testsuite, which use the same protocol: asks for
 * the number of cases, runs each by echoing messages, and asks for the report. It runs in any runtime, with our WebSocket for
 * that runtime.
 *
 * `tsx --conditions=@hybi/source examples/conformance/client.ts ws://127.0.0.1:9001`
 */
import type { WebSocket } from "@hybi/node";

const runtime = "Deno" in globalThis ? "deno" : "Bun" in globalThis ? "bun" : "node";
const own = `@hybi/${runtime}`;
const { connect, permessageDeflate }: typeof import("@hybi/node") = await import(own);
const [server = "ws://127.0.0.1:9001", agent = `hybi in ${runtime}`] = process.argv.slice(2);
const extensions = [permessageDeflate()];
const limits = { message: 64 * 1_048_576 };

/** Echoes messages until the connection is closed. Returns the last text. */
async function echo(path: string): Promise<string> {
  let socket: WebSocket;
  try {
    socket = await connect(`${server}${path}`, { extensions, limits, binaryType: "arraybuffer" });
  } catch {
    // The case of an opening handshake that no client may accept.
    return "";
  }
  let last = "";
  return new Promise((resolve) => {
    socket.onmessage = ({ data }) => {
      if (path.startsWith("/runCase")) socket.send(data);
      else last = String(data);
    };
    socket.onclose = () => resolve(last);
  });
}

const count = Number(await echo("/getCaseCount"));
for (let index = 1; index <= count; index++) await echo(`/runCase?case=${index}&agent=${encodeURIComponent(agent)}`);
await echo(`/updateReports?agent=${encodeURIComponent(agent)}`);
process.exit();
