/**
 * The client judged by Autobahn's fuzzing server, in any runtime: asks for the number of cases, echoes messages in each
 * case until the server closes, and then has the reports written.
 *
 * `client.ts <url of the fuzzing server> <name in the reports>`
 */
import { permessageDeflate } from "@hybi/permessage-deflate/zlib";
import type { ClientSocketOptions, WebSocket } from "@hybi/websocket";

/** The parts used here that the adapters of all runtimes share. */
interface Adapter {
  connect(url: string, options: ClientSocketOptions): Promise<WebSocket>;
}

const runtime = "Deno" in globalThis ? "deno" : "Bun" in globalThis ? "bun" : "node";
const { connect }: Adapter = await import(`@hybi/${runtime}`);
const [server = "", agent = ""] = process.argv.slice(2);

const options: ClientSocketOptions = {
  extensions: [permessageDeflate()],
};

/** Connects, calls `answer` for each message, and resolves when the connection has ended, however it ended. */
async function converse(path: string, answer: (data: string | ArrayBuffer, socket: WebSocket) => void): Promise<void> {
  const socket = await connect(`${server}/${path}`, options);
  socket.binaryType = "arraybuffer";
  await new Promise<void>((resolve) => {
    socket.onmessage = ({ data }) => answer(data as string | ArrayBuffer, socket);
    socket.onclose = () => resolve();
  });
}

let count = 0;
await converse("getCaseCount", (data) => {
  count = Number(data);
});
for (let index = 1; index <= count; index++) {
  await converse(`runCase?case=${index}&agent=${agent}`, (data, socket) => socket.send(data));
}
await converse(`updateReports?agent=${agent}`, () => {});
process.exit();
