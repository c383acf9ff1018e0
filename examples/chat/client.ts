/** Chats from a terminal: `npx pnpm example chat/client.ts <name> [url]`. Sends each line; leaves at the end of input. */
import { createInterface } from "node:readline";
import { connect } from "@hybi/node";
import { printable } from "./printable.ts";

const [name = "somebody", url = "ws://127.0.0.1:8080/rooms/lobby"] = process.argv.slice(2);

const socket = await connect(url.replace(/^http/, "ws"));
socket.send(name);

const input = createInterface({ input: process.stdin });
input.on("line", (line) => socket.send(line));
input.on("close", () => socket.close(1000));

socket.onclose = ({ code, reason }) => {
  if (code !== 1000) console.log(`* the end: ${code} ${printable(reason)}`);
  // Stop waiting for input.
  input.close();
};
for await (const message of socket) {
  console.log(typeof message === "string" ? printable(message) : "* a message that is not text");
}
