/**
 * WebSocket over the standard input and output of another program, as a pair of Web Streams. A language server, a plugin or a
 * process on another machine behind `ssh` is reached in the same way: `npx pnpm example over-streams/main.ts`.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { Readable, Writable } from "node:stream";
import { createWebSocketClass, fromStreams } from "@hybi/websocket";

const child = spawn(process.execPath, [...process.execArgv, new URL("program.ts", import.meta.url).pathname], {
  stdio: ["pipe", "pipe", "inherit"],
});

/** Node's chunks are views of memory that it does not reuse, so their ownership may be passed on. */
const readable = Readable.toWeb(child.stdout) as ReadableStream<Uint8Array>;
const writable = Writable.toWeb(child.stdin) as WritableStream<Uint8Array>;

// The URL appears only in the opening request.
const WebSocket = createWebSocketClass(() => fromStreams({ readable, writable }));
const socket = new WebSocket("ws://program.local/", { binaryType: "arraybuffer" });
socket.onopen = () => {
  socket.send("hello");
  socket.send(Uint8Array.of(1, 2, 3));
};
socket.onmessage = ({ data }) => {
  if (typeof data === "string") return console.log(data);
  console.log(`and bytes unchanged: ${new Uint8Array(data as ArrayBuffer).join()}`);
  socket.close(1000, "enough");
};
socket.onclose = ({ code, wasClean }) => console.log(`closed: ${code}, ${wasClean ? "clean" : "not clean"}`);

const [exitCode] = await once(child, "exit");
console.log(`the program has exited: ${exitCode}`);
